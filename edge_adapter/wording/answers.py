"""What a person asked and the shop's books say: one answer, as lines of text.

Shapes: `private.answer` in `supabase/migrations/*_answers.sql`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from edge_adapter.wording.language import LONGEST_LIST, Wording, plain

LONGEST_QUOTE: Final = 60  # characters of a message that a history repeats
WHOLE_STOCK: Final = 100  # lines: who asks for all stock or prices wants what a message holds
BESIDE_A_CHART: Final = 10  # lines: the caption of a picture is short

Row = Mapping[str, Any]


def answer(wording: Wording, given: Mapping[str, Any]) -> list[str]:
    """One answer. The shortest that is still whole; long lists end in how many more there are."""
    rows: Sequence[Row] = given.get("rows") or ()
    said = plain(given.get("said"))
    if "near" in given:
        return [_unknown(wording, said, given["near"])]
    action = given["action"]
    when = wording.when(given.get("when") or "today")
    match action:
        case "low_stock":
            return _low_stock(wording, rows)
        case "price" if rows:
            return wording.listed([_price(wording, row) for row in rows], WHOLE_STOCK)
        case "sales":
            return _sales(
                wording, rows, when, BESIDE_A_CHART if given.get("days") else LONGEST_LIST
            )
        case "profit":
            return _profit(wording, rows, when)
        case "value":
            return _value(wording, rows)
        case "history" if rows and "at" in rows[0]:
            return _history(wording, rows)
        case "history" if rows:
            which = wording.say("answer", "history_which")
            return [which, *wording.listed([_how_many(wording, row) for row in rows])]
        case "history" if said:
            return [wording.say("answer", "history_none", said=said)]
        case "stock" | "price" | "history":
            return _stock(wording, rows, said)
    return [wording.say("answer", action)]


def _unknown(wording: Wording, said: str, near: Sequence[str]) -> str:
    if near:
        return wording.say("answer", "near", said=said, near=", ".join(map(plain, near)))
    return wording.say("answer", "unknown", said=said)


# --- stock and prices -----------------------------------------------------------------------------


def _stock(wording: Wording, rows: Sequence[Row], said: str) -> list[str]:
    if not rows:
        return [wording.say("answer", "stock_empty")]
    if said and len(rows) == 1:
        return [
            wording.say(
                "answer",
                "stock_one",
                product=plain(rows[0]["product"]),
                quantity=_left(wording, rows[0]),
            )
        ]
    lines = [_how_many(wording, row) for row in rows]
    if not said:
        head = wording.say("answer", "stock_head", count=wording.number(str(len(rows))))
        return [head, *wording.listed(lines, WHOLE_STOCK)]
    return wording.listed(lines)


def _how_many(wording: Wording, row: Row) -> str:
    return f"{plain(row['product'])}: {_left(wording, row)}"


def _left(wording: Wording, row: Row) -> str:
    return wording.amount(row["quantity"], row["unit"])


def _low_stock(wording: Wording, rows: Sequence[Row]) -> list[str]:
    if not rows:
        return [wording.say("answer", "low_none")]
    lines = [
        wording.say(
            "answer",
            "low_line",
            product=plain(row["product"]),
            quantity=_left(wording, row),
            level=wording.amount(row["reorder_level"], row["unit"]),
        )
        for row in rows
    ]
    return [wording.say("answer", "low_head"), *wording.listed(lines)]


def _price(wording: Wording, row: Row) -> str:
    product = plain(row["product"])
    if row.get("price") is None:
        return wording.say("answer", "price_none", product=product)
    return f"{product}: {wording.money(row['price'])}"


# --- sales, profit, value -------------------------------------------------------------------------


def _total(rows: Iterable[Row], name: str) -> Decimal:
    return sum((Decimal(row[name]) for row in rows if row[name] is not None), Decimal())


def _sales(wording: Wording, rows: Sequence[Row], when: str, most: int) -> list[str]:
    if not rows:
        return [wording.say("answer", "sales_none", when=when)]
    total = wording.money(str(_total(rows, "amount")))
    lines = []
    for row in rows:
        sold = _how_many(wording, row)
        if row["amount"] is not None and row["unit"] != "rand":
            sold = f"{sold}, {wording.money(row['amount'])}"
        lines.append(sold)
    head = wording.say("answer", "sales_head", when=when, amount=total)
    return [head, *wording.listed(lines, most)]


def _profit(wording: Wording, rows: Sequence[Row], when: str) -> list[str]:
    """Profit where the cost is known; what has none is said, not guessed."""
    known = [row for row in rows if row["margin"] is not None]
    if not rows:
        return [wording.say("answer", "sales_none", when=when)]
    lines = [
        wording.say(
            "answer",
            "profit_head",
            when=when,
            profit=wording.money(str(_total(known, "margin"))),
            amount=wording.money(str(_total(known, "amount"))),
        )
    ]
    if len(known) > 1:
        best = sorted(known, key=lambda row: Decimal(row["margin"]), reverse=True)
        lines += wording.listed(
            [f"{plain(row['product'])}: {wording.money(row['margin'])}" for row in best]
        )
    if missing := len(rows) - len(known):
        lines.append(wording.say("answer", "without_cost", count=wording.number(str(missing))))
    return lines


def _value(wording: Wording, rows: Sequence[Row]) -> list[str]:
    if not rows:
        return [wording.say("answer", "stock_empty")]
    lines = [
        wording.say(
            "answer",
            "value_head",
            cost=wording.money(str(_total(rows, "at_cost"))),
            price=wording.money(str(_total(rows, "at_price"))),
        )
    ]
    if len(rows) > 1:
        lines += wording.listed(
            [f"{plain(row['location'])}: {wording.money(row['at_cost'])}" for row in rows]
        )
    if missing := _total(rows, "without_cost"):
        lines.append(wording.say("answer", "without_cost", count=wording.number(str(missing))))
    return lines


# --- why it is what it is -------------------------------------------------------------------------


def _history(wording: Wording, rows: Sequence[Row]) -> list[str]:
    """The last count and what moved since, each with who said it and in which words."""
    last = rows[-1]
    head = wording.say(
        "answer",
        "history_head",
        product=plain(last["product"]),
        balance=wording.amount(last["balance"], last["unit"]),
    )
    lines = [head]
    for row in rows:
        lines.append(_moved(wording, row))
        if left_out := row.get("left_out"):
            lines.append(wording.say("common", "more", count=wording.number(left_out)))
    return lines


def _moved(wording: Wording, row: Row) -> str:
    """`18 Nov 14:05 sold 3 → 7, Thandi: “sold 3 coke”`"""
    unit = row["unit"]
    balance = wording.amount(row["balance"], unit)
    what = wording.say(
        "moved",
        row["kind"],
        quantity=wording.amount(str(abs(Decimal(row["quantity"]))), unit),
        signed=wording.signed(row["quantity"], unit),
        balance=balance,
    )
    line = f"{wording.moment(row['at'])} {what}"
    if row["kind"] != "count":
        line = f"{line} → {balance}"
    who = plain(row.get("member"), 24)
    said = plain(row.get("said"), LONGEST_QUOTE)
    told = ": ".join(part for part in (who, f"“{said}”" if said else "") if part)
    return f"{line}, {told}" if told else line
