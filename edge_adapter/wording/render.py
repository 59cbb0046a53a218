"""A structured result → the reply a person reads, in their language.

Wording is data (`<language>.toml`); money and numbers are written by Babel as that language does.
Results: the answers of `private.apply_form` in `supabase/migrations/*_conversation.sql`.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any, Final

from babel.numbers import format_currency, format_decimal

LONGEST_LIST: Final = 20  # lines of one reply


@dataclass(frozen=True, slots=True)
class Option:
    """One answer a person may tap: `id` comes back from WhatsApp; `description`: the full name."""

    id: str
    title: str
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """Words, the answers offered with them, and the title of the button that opens a list."""

    text: str
    options: tuple[Option, ...] = ()
    list_button: str = ""


def render(result: Mapping[str, Any], language: str) -> Reply:
    """Word one result. Never raises for a code it does not know: each has an `other`."""
    wording = _wording(result.get("language") or language)
    match result["outcome"]:
        case "posted":
            return _posted(wording, result)
        case "question":
            return _question(wording, result["question"])
        case "answered" if "answers" in result:
            return Reply("\n".join(_answer(wording, answer) for answer in result["answers"]))
        case outcome:
            return Reply(wording.coded(outcome, result.get("code"), result.get("details") or {}))


class Wording:
    """One language: its words by dotted name, and its way of writing numbers."""

    def __init__(self, table: dict[str, Any]) -> None:
        self._table = table
        self._locale: str = table["locale"]

    def say(self, name: str, **values: str) -> str:
        """The words of a dotted name, filled."""
        words: Any = self._table
        for part in name.split("."):
            words = words[part]
        return str(words).format_map(values)

    def coded(self, outcome: str, code: str | None, details: Mapping[str, Any]) -> str:
        """The words for a code of an outcome, or that outcome's `other`."""
        table = self._table["answer" if outcome == "answered" else outcome]
        words = table.get(code) or table["other"]
        values = defaultdict(str, {key: _plain(value) for key, value in details.items()})
        return str(words).format_map(values)

    def number(self, text: str) -> str:
        """A decimal string as this language writes it."""
        return format_decimal(Decimal(text).normalize(), locale=self._locale)

    def money(self, text: str) -> str:
        """A decimal string of rands as this language writes money."""
        return format_currency(Decimal(text), "ZAR", locale=self._locale)

    def amount(self, quantity: str, unit: str) -> str:
        """A quantity in its base unit: `3`, `1,5 kg`, `R50,00`."""
        if unit == "rand":
            return self.money(quantity)
        return self.number(quantity) if unit == "each" else f"{self.number(quantity)} {unit}"


@cache
def _wording(language: str) -> Wording:
    folder = resources.files(__package__)
    file = folder.joinpath(f"{language}.toml")
    if not file.is_file():
        file = folder.joinpath("en.toml")
    return Wording(tomllib.loads(file.read_text(encoding="utf-8")))


def _plain(value: Any) -> str:
    """Text that came from a person, on one line and of a readable length."""
    return " ".join(str(value).split())[:80]


# --- booked ---------------------------------------------------------------------------------------


def _posted(wording: Wording, result: Mapping[str, Any]) -> Reply:
    operation = result["operation"]
    lines = [_line(wording, line) for line in operation["lines"]]
    if operation["kind"] == "reversal":
        return Reply("\n".join([wording.say("posted.reversed"), *lines]))
    low = [
        wording.say("posted.negative", product=line["product"])
        for line in operation["lines"]
        if Decimal(line["balance"]) < 0 and Decimal(line["quantity"]) < 0
    ]
    undo = Option(f"op:{operation['id']}:undo", wording.say("undo_button"))
    return Reply("\n".join([*lines, *dict.fromkeys(low)]), (undo,))


def _line(wording: Wording, line: Mapping[str, Any]) -> str:
    unit = line["unit"]
    moved = Decimal(line["quantity"])
    quantity = wording.amount(str(abs(moved)), unit)
    if line["typed_unit"] not in (None, unit, "each"):
        quantity = f"{wording.number(line['typed_quantity'])} {line['typed_unit']} ({quantity})"
    sign = "+" if moved > 0 else "−" if moved < 0 else "±"
    signed = f"{sign}{wording.amount(str(abs(moved)), unit)}"
    return wording.say(
        f"posted.{line['kind']}",
        quantity=quantity,
        product=line["product"],
        money=_money(wording, line),
        balance=wording.amount(line["balance"], unit),
        difference=signed,
        signed=signed,
        reason=wording.say(f"reason.{line.get('reason') or 'other'}"),
    )


def _money(wording: Wording, line: Mapping[str, Any]) -> str:
    """The price as it can be said exactly: each where it divides into cents, else for all."""
    if line["amount"] is None or line["unit"] == "rand":
        return ""
    total = wording.money(line["amount"])
    if abs(Decimal(line["quantity"])) == 1:
        return wording.say("money.one", total=total)
    price = Decimal(line["unit_price"])
    if line["typed_unit"] in (None, "each") and price == price.quantize(Decimal("0.01")):
        return wording.say("money.each", price=wording.money(line["unit_price"]))
    return wording.say("money.total", total=total)


# --- asked ----------------------------------------------------------------------------------------


def _question(wording: Wording, question: Mapping[str, Any]) -> Reply:
    details = question["details"]
    values = {key: _plain(value) for key, value in details.items() if isinstance(value, str)}
    if "quantity" in values:
        values["quantity"] = wording.number(values["quantity"])
    if "price" in values:
        values["price"] = wording.money(values["price"])
    values.setdefault("quantity", "")
    text = wording.say(f"question.{question['kind']}", **values).strip()
    if question["kind"] == "confirm_draft":
        drafts = [_draft(wording, action) for action in details["actions"]]
        text = "\n".join([*drafts, text])
    elif question["kind"] == "undo_more":
        text = "\n".join([text, *(_line(wording, line) for line in details["operation"]["lines"])])
    options = tuple(_option(wording, question["id"], option) for option in question["options"])
    return Reply(text, options, wording.say("choose_button"))


def _draft(wording: Wording, action: Mapping[str, Any]) -> str:
    quantity = wording.number(action["quantity"]) if action.get("quantity") else ""
    unit = action.get("unit")
    return "• " + wording.say(
        f"draft.{action['action']}",
        quantity=f"{quantity} {unit}" if unit else quantity,
        product=_plain(action.get("product") or ""),
    )


def _option(wording: Wording, question_id: str, option: Mapping[str, Any]) -> Option:
    label = option.get("label")
    title = label or wording.say(f"option.{option['key']}")
    return Option(f"q:{question_id}:{option['key']}", title, label)


# --- answered -------------------------------------------------------------------------------------


def _answer(wording: Wording, answer: Mapping[str, Any]) -> str:
    rows = answer["rows"]
    if answer["said"] and not rows and answer["action"] != "low_stock":
        said = _plain(answer["said"])
        if answer.get("near"):
            return wording.say("answer.stock_near", said=said, near=", ".join(answer["near"]))
        return wording.say("answer.stock_none", said=said)
    if answer["said"] and answer["action"] == "stock" and len(rows) == 1:
        quantity = wording.amount(rows[0]["quantity"], rows[0]["unit"])
        return wording.say("answer.stock_one", product=rows[0]["product"], quantity=quantity)
    lines = [_row(wording, answer["action"], row) for row in rows[:LONGEST_LIST]]
    if len(rows) > LONGEST_LIST:
        lines.append(wording.say("answer.stock_more", count=str(len(rows) - LONGEST_LIST)))
    if answer["action"] == "low_stock":
        if not rows:
            return wording.say("answer.low_none")
        lines.insert(0, wording.say("answer.low_head"))
    elif not rows:
        return wording.say("answer.stock_empty")
    elif not answer["said"]:
        lines.insert(0, wording.say("answer.stock_head", count=str(len(rows))))
    return "\n".join(lines)


def _row(wording: Wording, action: str, row: Mapping[str, Any]) -> str:
    product = row["product"]
    if action == "price":
        if row["price"] is None:
            return wording.say("answer.price_none", product=product)
        return wording.say("answer.price_line", product=product, price=wording.money(row["price"]))
    quantity = wording.amount(row["quantity"], row["unit"])
    if action == "low_stock":
        level = wording.amount(row["reorder_level"], row["unit"])
        return wording.say("answer.low_line", product=product, quantity=quantity, level=level)
    return wording.say("answer.stock_line", product=product, quantity=quantity)
