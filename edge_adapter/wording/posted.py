"""What was written: bookings, what was taken back or corrected, changes of the catalogue.

Shapes: `private.operation_answer`, `private.apply_catalogue` and `private.restore_catalogue` in
`supabase/migrations`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any, Final, Literal

from edge_adapter.wording.deeds import booked_deed, booked_money, booked_quantity
from edge_adapter.wording.language import Wording, plain
from edge_adapter.wording.reply import Option
from edge_adapter.wording.titles import titles

_COUNTS_SHOWN: Final = 3  # counts as expected that are named one by one
_SHORT_NAME: Final = 20
_NAMES_SHOWN: Final = 3  # what runs low or is below zero, where there is little room

Line = Mapping[str, Any]

# A sentence for each line; a heading for those of a kind and a row for each; rows without prices,
# each of which shows for itself whether it is below zero; those with short names.
Brevity = Literal["sentences", "rows", "bare rows", "short rows"]
BREVITIES: Final[tuple[Brevity, ...]] = ("sentences", "rows", "bare rows", "short rows")


def posted(
    wording: Wording, result: Mapping[str, Any], brevity: Brevity = "sentences"
) -> list[str]:
    """Lines of text for everything a message wrote."""
    told = [_changed(wording, change) for change in result.get("changes") or ()]
    low = [
        f"{plain(change['product'])} ({wording.amount(change['balance'], change['base_unit'])})"
        for change in result.get("changes") or ()
        if change.get("balance")
    ]
    told += _noticed(wording, "running_low", low, None)
    restored = [_restored(wording, change) for change in result.get("restored") or ()]
    if operation := result.get("operation"):
        told += _booked(wording, operation, restored, brevity)
        asked = (result.get("question") or {}).get("details") or {}
        shown = None if brevity == "sentences" else _NAMES_SHOWN
        told += _noticed(wording, "below_zero", _below_zero(operation, asked.get("product")), shown)
        told += _noticed(wording, "running_low", _running_low(operation), shown)
    told += [
        wording.say("common", "taught", said=plain(one["alias"]), product=plain(one["product"]))
        for one in result.get("taught") or ()
    ]
    return told or [wording.say("posted", "done")]


def undo(wording: Wording, result: Mapping[str, Any]) -> tuple[Option, ...]:
    """The button that takes a booking back; a reversal has none."""
    operation = result.get("operation")
    if not operation or operation.get("kind") == "reversal":
        return ()
    return (Option(f"op:{operation['id']}:undo", wording.say("common", "undo_button")),)


def _booked(
    wording: Wording, operation: Mapping[str, Any], restored: Sequence[str], brevity: Brevity
) -> list[str]:
    lines = operation.get("lines") or []
    told = _lines(wording, _worth_saying(lines), brevity)
    if rest := len(lines) - len(_worth_saying(lines)):
        told.append(wording.say("posted", "count_rest", count=wording.number(str(rest))))
    if day := operation.get("day"):
        told = _headed(f"{wording.day(day)}:", told)
    if operation.get("kind") == "reversal":
        if not (told or restored):
            return [wording.say("common", "nothing_left")]
        return _headed(wording.say("common", "taken_back"), [*told, *restored])
    if operation.get("replaces") and told:
        return _headed(wording.say("common", "corrected"), told)
    return told


def _headed(head: str, lines: Sequence[str]) -> list[str]:
    return [f"{head} {lines[0]}"] if len(lines) == 1 else [head, *lines]


def _worth_saying(lines: Sequence[Line]) -> list[Line]:
    """All of them; of a long count only those that found a difference."""
    same = [line for line in lines if line["kind"] == "count" and Decimal(line["quantity"]) == 0]
    if len(same) <= _COUNTS_SHOWN:
        return list(lines)
    return [line for line in lines if line not in same]


def _paired(lines: Sequence[Line]) -> Iterator[tuple[Line, Line | None]]:
    """Each line, a transfer's leaving line together with its arriving one."""
    place = 0
    while place < len(lines):
        line = lines[place]
        following = lines[place + 1] if place + 1 < len(lines) else None
        arrives = following if line["kind"] == "transfer" and following else None
        yield line, arrives
        place += 2 if arrives else 1


def _lines(wording: Wording, lines: Sequence[Line], brevity: Brevity) -> list[str]:
    told: list[str] = []
    for day, of_day in groupby(lines, lambda line: line.get("day")):
        of_kinds = _of_a_day(wording, list(of_day), brevity)
        told += _headed(f"{wording.day(day)}:", of_kinds) if day else of_kinds
    return told


def _of_a_day(wording: Wording, lines: Sequence[Line], brevity: Brevity) -> list[str]:
    told: list[str] = []
    for kind, same in groupby(_paired(lines), lambda pair: pair[0]["kind"]):
        pairs = list(same)
        if brevity == "sentences" or len(pairs) == 1 or kind == "transfer":
            told += [_line(wording, line, there) for line, there in pairs]
        else:
            told.append(wording.say("common", "rows_head", deed=wording.say("option", kind)))
            names = {line["product"]: plain(line["product"]) for line, _ in pairs}
            if brevity == "short rows":
                short = titles(list(names.values()), _SHORT_NAME)
                names = dict(zip(names, short, strict=True))
            told += [
                _row(wording, line, names[line["product"]], priced=brevity == "rows")
                for line, _ in pairs
            ]
    return told


def _row(wording: Wording, line: Line, product: str, *, priced: bool) -> str:
    """A line under a heading that names its kind: `3 Coca-Cola 2L for R75,00 → 9`."""
    balance = wording.amount(line["balance"], line["unit"])
    if line["kind"] == "count":
        return f"{product} {wording.signed(line['quantity'], line['unit'])} → {balance}"
    reason = f" ({wording.say('reason', line['reason'])})" if line.get("reason") else ""
    money = booked_money(wording, line) if priced else ""
    return f"{booked_quantity(wording, line)} {product}{reason}{money} → {balance}"


def _line(wording: Wording, line: Line, there: Line | None) -> str:
    unit = line["unit"]
    kind = line["kind"]
    if kind == "count" and Decimal(line["quantity"]) == 0:
        kind = "count_same"
    undone = line.get("reversed")
    return wording.say(
        "posted",
        kind,
        quantity=booked_quantity(wording, line),
        product=plain(line["product"]),
        what=booked_deed(wording, {**line, "kind": undone, "balance": line["typed_quantity"]})
        if undone
        else f"{plain(line['product'])} {wording.signed(line['quantity'], unit)}",
        money=booked_money(wording, line),
        balance=wording.amount(line["balance"], unit),
        difference=wording.signed(line["quantity"], unit),
        reason=wording.say("reason", line.get("reason") or "other"),
        here=_place(wording, "here", line),
        there=_place(wording, "there", there),
    )


def _place(wording: Wording, name: str, line: Line | None) -> str:
    """What is in one place: `Storeroom: 12`."""
    if line is None:
        return ""
    place = plain(line.get("location")) or wording.say("common", name)
    return f"{place}: {wording.amount(line['balance'], line['unit'])}"


def _below_zero(operation: Mapping[str, Any], asked: str | None) -> list[str]:
    """What went or stayed below zero, but for the product that a question asks about."""
    lines = operation.get("lines") or ()
    last = {(line["product"], line.get("location")): line for line in lines}
    taken = {line["product"] for line in lines if Decimal(line["quantity"]) < 0}
    return [
        plain(product)
        for (product, _), line in last.items()
        if Decimal(line["balance"]) < 0 and product in taken and product != asked
    ]


def _running_low(operation: Mapping[str, Any]) -> list[str]:
    """What this booking brought down to its level; what is below zero has been told already."""
    return [
        plain(one["product"])
        for one in operation.get("low_stock") or ()
        if Decimal(one["quantity"]) >= 0
    ]


def _noticed(wording: Wording, key: str, products: Sequence[str], shown: int | None) -> list[str]:
    """A sentence about products, where there are any."""
    names = list(dict.fromkeys(products))
    if not names:
        return []
    if shown is not None and len(names) > shown:
        more = wording.say("common", "more", count=wording.number(str(len(names) - shown)))
        names = [*names[:shown], more]
    return [wording.say("common", key, products=", ".join(names))]


def _restored(wording: Wording, change: Mapping[str, Any]) -> str:
    """A change of the catalogue that was taken back, as it is now."""
    level, price, quantity = (change.get(name) for name in ("reorder_level", "price", "quantity"))
    kind = change.get("action")
    now = {"set_price": price, "set_reorder_level": level, "set_pack": quantity}
    if kind in now and now[kind] is None:
        kind = f"{kind}_none"
    return wording.say(
        "restored",
        kind,
        product=plain(change.get("product")),
        price=wording.money(price) if price else "",
        level=wording.amount(level, change.get("base_unit")) if level else "",
        unit=wording.unit(change["unit"]) if change.get("unit") else "",
        quantity=wording.number(quantity) if quantity else "",
        said=plain(change.get("said")),
    )


def _changed(wording: Wording, change: Mapping[str, Any]) -> str:
    unit = change.get("unit")
    level = change.get("reorder_level")
    quantity = change.get("quantity")
    price = change.get("price")
    kind = change.get("action")
    if kind == "add_product" and price:
        kind = "add_product_priced"
    return wording.say(
        "changed",
        kind,
        product=plain(change.get("product")),
        price=wording.money(price) if price else "–",
        level=wording.amount(level, change.get("base_unit")) if level else "–",
        quantity=wording.number(quantity) if quantity else "",
        unit=wording.unit(unit) if unit else "",
    )
