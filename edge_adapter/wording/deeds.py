"""What happened or would happen, as one short phrase: `sold 3 bread at R18,00 each`.

Takes an action of an interpretation (`action` and what was typed) or a ledger line (`kind`).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from edge_adapter.wording.language import Wording, plain


def deed(wording: Wording, action: Mapping[str, Any]) -> str:
    """An action that waits for a yes, in the words of whoever sent it."""
    quantity = action.get("quantity")
    unit = action.get("unit")
    product = plain(action.get("product") or action.get("name"))
    when = action.get("when")
    held = action.get("action") == "set_pack"  # so many base units, not so many packs
    phrase = wording.say(
        "deed",
        action.get("action"),
        quantity=wording.amount(quantity, None if held else unit) if quantity else "",
        product=product,
        unit=wording.unit(unit) if unit else "",
        reason=wording.say("reason", action.get("reason") or "other"),
        money=_said_money(wording, action),
        price=_said_price(wording, action),
        to=_correction(wording, action, product),
    )
    return phrase if when in (None, "today") else f"{phrase} ({wording.when(when)})"


def booked_deed(wording: Wording, line: Mapping[str, Any]) -> str:
    """A ledger line as what was done, without what was left after it."""
    return wording.say(
        "deed",
        line.get("kind"),
        quantity=booked_quantity(wording, line),
        product=plain(line["product"]),
        reason=wording.say("reason", line.get("reason") or "other"),
        money=booked_money(wording, line),
    )


def booked_quantity(wording: Wording, line: Mapping[str, Any]) -> str:
    """How much moved, as it was typed, and in base units where those differ: `2 cases (12)`.

    Of a count: what was counted."""
    moved = abs(Decimal(line["balance"] if line.get("kind") == "count" else line["quantity"]))
    quantity = wording.amount(str(moved), line["unit"])
    typed, unit = line.get("typed_quantity"), line.get("typed_unit")
    if typed is None or unit in (None, "each", line["unit"]):
        return quantity
    said = wording.amount(typed, unit)
    return said if Decimal(typed) == moved else f"{said} ({quantity})"


def booked_money(wording: Wording, line: Mapping[str, Any]) -> str:
    """The price as it can be said exactly: each where it divides into cents, else for all."""
    if line.get("amount") is None or line.get("unit_price") is None or line["unit"] == "rand":
        return ""
    price = Decimal(line["unit_price"])
    moved = abs(Decimal(line["quantity"]))
    one = moved == 1
    in_packs = line.get("typed_unit") not in (None, "each", line["unit"]) and moved != Decimal(
        line["typed_quantity"]
    )
    if one or in_packs or price != price.quantize(Decimal("0.01")):
        total = wording.money(str(abs(Decimal(line["amount"]))))
        return f" {wording.say('money', 'total' if not one else 'one', price=total)}"
    return _each(wording, line["unit_price"], line["unit"])


def _each(wording: Wording, price: str, unit: str | None) -> str:
    money = wording.money(price)
    if unit in (None, "each"):
        return f" {wording.say('money', 'each', price=money)}"
    return f" {wording.say('money', 'per', price=money, unit=wording.unit(str(unit)))}"


def _said_money(wording: Wording, action: Mapping[str, Any]) -> str:
    if each := action.get("unit_price"):
        return _each(wording, each, action.get("unit"))
    if total := action.get("total_price"):
        return f" {wording.say('money', 'total', price=wording.money(total))}"
    price = action.get("price")
    return f" ({wording.money(price)})" if price else ""


def _said_price(wording: Wording, action: Mapping[str, Any]) -> str:
    price = action.get("unit_price") or action.get("price") or action.get("total_price")
    return wording.money(price) if price else ""


def _correction(wording: Wording, action: Mapping[str, Any], product: str) -> str:
    """What a correction changes: `bread → 5, R18,00`."""
    quantity = action.get("quantity")
    to_action = action.get("to_action")
    changed = (
        wording.say("option", to_action) if to_action else "",
        wording.amount(quantity, action.get("unit")) if quantity else "",
        plain(action.get("to_product")),
        _said_price(wording, action),
    )
    return " → ".join(part for part in (product, ", ".join(filter(None, changed))) if part)
