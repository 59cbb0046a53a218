"""What was written: bookings, what was taken back or corrected, changes of the catalogue.

Shapes: `private.operation_answer`, `private.apply_catalogue` and `private.restore_catalogue` in
`supabase/migrations`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from edge_adapter.wording.deeds import booked_deed, booked_money, booked_quantity
from edge_adapter.wording.language import Wording, plain
from edge_adapter.wording.reply import Option

_COUNTS_SHOWN: Final = 3  # counts as expected that are named one by one

Line = Mapping[str, Any]


def posted(wording: Wording, result: Mapping[str, Any]) -> list[str]:
    """Lines of text for everything a message wrote."""
    told = [_changed(wording, change) for change in result.get("changes") or ()]
    restored = [_restored(wording, change) for change in result.get("restored") or ()]
    if operation := result.get("operation"):
        told += _booked(wording, operation, restored)
        asked = (result.get("question") or {}).get("details") or {}
        told += _below_zero(wording, operation, asked.get("product"))
        told += _running_low(wording, operation)
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


def _booked(wording: Wording, operation: Mapping[str, Any], restored: Sequence[str]) -> list[str]:
    lines = operation.get("lines") or []
    told = [_line(wording, line, there) for line, there in _paired(_worth_saying(lines))]
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


def _below_zero(wording: Wording, operation: Mapping[str, Any], asked: str | None) -> list[str]:
    """What went or stayed below zero, but for the product that a question asks about."""
    lines = operation.get("lines") or ()
    last = {(line["product"], line.get("location")): line for line in lines}
    taken = {line["product"] for line in lines if Decimal(line["quantity"]) < 0}
    short = dict.fromkeys(
        plain(product)
        for (product, _), line in last.items()
        if Decimal(line["balance"]) < 0 and product in taken and product != asked
    )
    if not short:
        return []
    return [wording.say("common", "below_zero", products=", ".join(short))]


def _running_low(wording: Wording, operation: Mapping[str, Any]) -> list[str]:
    """What this booking brought down to its level; what is below zero has been told already."""
    low = [
        plain(one["product"])
        for one in operation.get("low_stock") or ()
        if Decimal(one["quantity"]) >= 0
    ]
    if not low:
        return []
    return [wording.say("common", "running_low", products=", ".join(low))]


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
