"""What the bot asks: a question row's `kind` and `details` as words, its options as titles.

Shapes: `private.ask` and its callers in `supabase/migrations`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, get_args

from edge_adapter.interpretation import Certainty
from edge_adapter.wording.deeds import booked_deed, deed
from edge_adapter.wording.language import Wording, plain
from edge_adapter.wording.reply import Option, Reply
from edge_adapter.wording.titles import titles

_DIFFERENCES_SHOWN: Final = 12
_DRAFTED_SHOWN: Final = 60  # every line that a yes would book, and the headings between them

Details = Mapping[str, Any]


def question(wording: Wording, asked: Mapping[str, Any]) -> Reply:
    """One question with its answers."""
    kind = asked["kind"]
    options = asked.get("options") or ()
    details = asked.get("details") or {}
    if several := details.get("lines"):
        lines = [
            *wording.listed([f"• {_doubted(wording, kind, one)}" for one in several]),
            wording.say("at_once", kind),
        ]
        kind = f"{kind}_all"
    else:
        lines = _text(wording, kind, details, options)
    return Reply(
        "\n".join(lines),
        _options(wording, kind, asked["id"], options),
        wording.say("common", "choose_button"),
    )


def _text(
    wording: Wording, kind: str, details: Details, options: Sequence[Mapping[str, Any]]
) -> list[str]:
    match kind:
        case "confirm_draft":
            return _draft(wording, details)
        case "undo_more":
            lines = details["operation"].get("lines") or ()
            said = [f"• {booked_deed(wording, line)}" for line in lines]
            said += [f"• {deed(wording, change)}" for change in details.get("changes") or ()]
            return [wording.say("question", kind), *wording.listed(said)]
        case "stocktake_count":
            return _stocktake_count(wording, details)
        case "stocktake_book":
            return _stocktake_book(wording, details["differences"])
        case "unknown_product" if not any(option.get("product_id") for option in options):
            kind = "unknown_product_new"
        case "name_product" if details.get("said"):
            kind = "name_product_said"
        case "stocktake_resume":
            counted = {key: wording.number(details[key]) for key in ("counted", "places")}
            return [wording.say("question", kind, **counted)]
        case "how_many" if details.get("action") in ("receive", "count"):
            kind = f"how_many_{details['action']}"
        case "odd_price" if details.get("action") in ("receive", "return_out"):
            kind = "odd_price_paid"
    return [wording.say("question", kind, **_values(wording, details))]


def _doubted(wording: Wording, kind: str, details: Details) -> str:
    """One of several things that are asked about at once."""
    if kind == "odd_price" and details.get("action") in ("receive", "return_out"):
        kind = "odd_price_paid"
    return wording.say("doubted", kind, **_values(wording, details))


def _values(wording: Wording, details: Details) -> dict[str, str]:
    """Every placeholder of the plain questions."""
    unit = details.get("unit")
    quantity = details.get("quantity")
    balance = details.get("balance")
    said = plain(details.get("said"))
    product = plain(details.get("product"))
    amount = wording.amount(quantity, unit) if quantity else ""
    return {
        "said": said,
        "product": product,
        "what": " ".join(filter(None, (amount, said or product))),
        "unit": wording.unit(unit) if unit else "",
        "price": _price(wording, details),
        "usual": wording.price_per(details["usual"], unit) if details.get("usual") else "",
        "balance": wording.amount(balance, unit) if balance else "",
        "deed": deed(wording, details),
    }


def _price(wording: Wording, details: Details) -> str:
    """As it was said; beside the usual one, like that: of one base unit."""
    price = details.get("price")
    if price is None:
        return ""
    return wording.price_per(price, details["unit"]) if "usual" in details else wording.money(price)


# --- drafts ---------------------------------------------------------------------------------------


def _draft(wording: Wording, details: Details) -> list[str]:
    """The actions to confirm; what was heard or seen is told apart by certainty. Where there is a
    doubt, how a line is put right.
    """
    by_certainty: dict[Certainty, list[str]] = {certainty: [] for certainty in get_args(Certainty)}
    for action in details.get("actions") or ():
        by_certainty[action.get("certainty", "sure")].append(f"• {deed(wording, action)}")
    lines: list[str] = []
    tiered = bool(by_certainty["unsure"] or by_certainty["unread"])
    for certainty, deeds in by_certainty.items():
        if deeds and tiered:
            lines.append(wording.say("certainty", certainty))
        lines += deeds
    if supplier := plain(details.get("supplier")):
        lines.insert(0, f"{supplier}:")
    asked = wording.say(
        "doubt",
        details.get("reason"),
        total=wording.money(details.get("document_total") or "0"),
        sum=wording.money(details.get("lines_total") or "0"),
    )
    shown = wording.listed(lines, _DRAFTED_SHOWN)
    if tiered or details.get("reason") == "total_differs":
        shown += _draft_hint(wording, details)
    return [*shown, asked]


def _draft_hint(wording: Wording, details: Details) -> list[str]:
    """About the line that is doubted most, by its name; one of many numbers is no example."""
    named = [
        action
        for action in details.get("actions") or ()
        if len(re.findall(r"\d+", action.get("product") or "1 1")) < 2
    ]
    named.sort(key=lambda action: action.get("certainty") not in ("unread", "unsure"))
    return [
        wording.say("common", "draft_hint", product=plain(action["product"]))
        for action in named[:1]
    ]


# --- stocktake ------------------------------------------------------------------------------------


def _stocktake_count(wording: Wording, details: Details) -> list[str]:
    asked = wording.say(
        "question",
        "stocktake_count",
        place=wording.number(details["place"]),
        places=wording.number(details["places"]),
        product=wording.measured(plain(details["product"]), details.get("unit")),
    )
    if details["place"] == "1":
        return [wording.say("common", "stocktake_start"), asked]
    return [asked]


def _stocktake_book(wording: Wording, counted: Sequence[Mapping[str, Any]]) -> list[str]:
    """How many agreed, each that did not with its worth in rand, and the worth of all."""
    different = [row for row in counted if Decimal(row["difference"]) != 0]
    lines = [
        wording.say(
            "common",
            "stocktake_head",
            count=wording.number(str(len(counted))),
            same=wording.number(str(len(counted) - len(different))),
        )
    ]
    lines += wording.listed([_difference(wording, row) for row in different], _DIFFERENCES_SHOWN)
    amounts = [Decimal(row["amount"]) for row in different if row["amount"] is not None]
    if len(amounts) > 1:
        total = wording.signed_money(str(sum(amounts))) or wording.money("0")
        lines.append(wording.say("common", "stocktake_total", amount=total))
    return [*lines, wording.say("question", "stocktake_book")]


def _difference(wording: Wording, row: Mapping[str, Any]) -> str:
    """`Coca-Cola 2L: 16 → 14 (-2, -R50,00)`"""
    unit = row["unit"]
    change = wording.signed(row["difference"], unit)
    if row["amount"] is not None and unit != "rand":
        change = f"{change}, {wording.signed_money(row['amount'])}"
    expected, found = (wording.amount(row[name], unit) for name in ("expected", "counted"))
    return f"{plain(row['product'])}: {expected} → {found} ({change})"


# --- answers to tap -------------------------------------------------------------------------------


def _options(
    wording: Wording, kind: str, question_id: str, options: Sequence[Mapping[str, Any]]
) -> tuple[Option, ...]:
    names = [
        plain(option["label"]) if option.get("label") else wording.option(kind, option["key"])
        for option in options
    ]
    return tuple(
        Option(f"q:{question_id}:{option['key']}", title, None if title == name else name)
        for option, name, title in zip(options, names, titles(names), strict=True)
    )
