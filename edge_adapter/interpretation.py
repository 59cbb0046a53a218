"""The closed form that every parser fills: what a message may say, and nothing else.

A parser (the grammar or a model) turns words into an `Interpretation`; the adapter adds where the
words came from (`Envelope`); the database resolves products, checks rights and books. It is sent on
as `envelope.model_dump(mode="json", exclude_none=True)`.

Which fields an action uses (all others stay empty):

    sell receive                 product quantity unit, one price, when
    return_in return_out         product quantity unit, one price, reason when
    count                        product quantity unit when
    write_off                    product quantity unit reason when
    transfer                     product quantity unit location to_location when
    undo                         product (only if one was named)
    correct                      product (which line) and what it should have been: quantity unit,
                                 one price, to_product, to_action, when. "that was 5": quantity
                                 alone. "that was wrong": every field empty, ask what it was.
    add_product                  name, unit_price (selling), quantity (opening stock), unit
    set_price                    product unit_price (selling), unit
    set_reorder_level            product quantity
    set_pack                     product unit quantity: one `unit` of `product` holds `quantity`
    stock price                  product (empty: all)
    history                      product (empty: all), quantity (the one asked about), when
    sales profit value           product when
    low_stock stocktake support undo reject                  nothing more
    help                         option: nothing, `thanks` ("thank you", "bye"), `me` ("who am I")
    confirm                      option: nothing, or `ok` for what may only be a nod ("ok", "cool")
    choose                       the answer to a question: option, or the fields of a bare amount
    language                     option: a `Language`
    notifications                option: `on` or `off`
    register switch_company      name
    unknown                      whatever was read; never booked, see below

A field that the message did not fill stays empty: "sold bread" is a sale without a quantity,
"sold 3" one without a product. Ask for it.

Direction left open. "30 bread R18" has no verb; "Sipho bought 3 coke" and "returned 2 bread" have
one that does not tell in from out; a typo can leave it open too. All become `unknown` with
`product` and `quantity` filled (and unit, price, when): ask what happened. `unknown` with a
`product` alone is a bare name ("coke"): the answer to an open question, else nothing. `unknown`
with no field is not understood. Beside other actions, either holds back the whole message.

A bare answer is `choose`: "2" → option "2"; "sold" → option "sell" (the action that the verb
names); "each", "total", "case" → option in that canonical word; "R12" → price; "R12 each" →
unit_price; "5 cases" → quantity and unit.

Units. `each` (also bottle, tin, loaf, single), `dozen` (twelve), `rand` (value items), the measures
`kg g l ml`, and packs: `case tray crate box carton bag packet pack bundle bale roll strip`, or
`6-pack`, `24-pack`: a pack whose size was said. No unit: nothing was said, the product's own.
A leading weight or volume is the quantity ("1.5kg potatoes": 1.5 kg); any other size is part of
`product` ("3 coke 2l"). Only the catalogue knows whether "10kg rice" is ten kilograms or one bag.

Prices are rands, at most one per action: `unit_price` per unit as written, `total_price` for all,
`price` where the message did not say which.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

Language: TypeAlias = Literal["en", "af", "zu", "xh", "st"]

ActionName: TypeAlias = Literal[
    "sell",
    "receive",
    "count",
    "write_off",
    "return_in",
    "return_out",
    "transfer",
    "undo",
    "correct",
    "add_product",
    "set_price",
    "set_reorder_level",
    "set_pack",
    "stock",
    "low_stock",
    "sales",
    "profit",
    "value",
    "history",
    "price",
    "stocktake",
    "choose",
    "confirm",
    "reject",
    "help",
    "language",
    "register",
    "switch_company",
    "notifications",
    "support",
    "unknown",
]

StockAction: TypeAlias = Literal[
    "sell", "receive", "count", "write_off", "return_in", "return_out", "transfer"
]

Reason: TypeAlias = Literal["expired", "damaged", "stolen", "lost", "own_use", "other"]
Certainty: TypeAlias = Literal["sure", "unsure", "unread"]
Source: TypeAlias = Literal["text", "voice", "photo", "button", "forwarded"]

_DECIMAL = r"^[0-9]{1,11}(\.[0-9]{1,6})?$"
_DATE = re.compile(r"^(?:(\d{4})-|--)(\d{2})-(\d{2})$")
_WHEN = (
    r"^(today|yesterday|day_before_yesterday|monday|tuesday|wednesday|thursday|friday|saturday"
    r"|sunday|this_week|last_week|this_month|last_month|\d{4}-\d{2}-\d{2}|--\d{2}-\d{2})$"
)


def _plain(number: str) -> str:
    """Drop leading zeros; keep the scale that was written."""
    return f"{Decimal(number):f}" if number[0] == "0" else number


def _existing_day(when: str) -> str:
    """Refuse the 30th of February; without a year, allow the 29th."""
    if parts := _DATE.match(when):
        year, month, day = parts.groups()
        date(int(year or 2000), int(month), int(day))
    return when


Number: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=_DECIMAL),
    AfterValidator(_plain),
    Field(description="A decimal number as a string of digits, such as '3' or '12.50'"),
]
Text: TypeAlias = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$"
    ),
]
Unit: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9 .-]{0,29}$"), Field(examples=["case", "kg"])
]
When: TypeAlias = Annotated[str, StringConstraints(pattern=_WHEN), AfterValidator(_existing_day)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Action(_Form):
    """One thing that a message says. Numbers are decimal strings, money in rands."""

    action: ActionName
    product: Text | None = None
    quantity: Number | None = None
    unit: Unit | None = None
    unit_price: Number | None = None
    total_price: Number | None = None
    price: Number | None = None
    to_product: Text | None = None
    to_action: StockAction | None = None
    reason: Reason | None = None
    when: When | None = None
    location: Text | None = None
    to_location: Text | None = None
    name: Text | None = None
    option: Text | None = None
    certainty: Certainty | None = None

    @model_validator(mode="after")
    def _one_reading(self) -> Self:
        prices = (self.unit_price, self.total_price, self.price)
        if len(prices) - prices.count(None) > 1:
            raise ValueError("at most one of unit_price, total_price and price")
        if self.action != "correct" and (self.to_product or self.to_action):
            raise ValueError("only correct has to_product and to_action")
        return self


class Interpretation(_Form):
    """What a parser read in one message: 1 to 40 actions, applied in order, all or none."""

    language: Language
    actions: Annotated[list[Action], Field(min_length=1, max_length=40)]
    transcript: Annotated[str, StringConstraints(max_length=4000)] | None = None
    document_total: Number | None = None
    supplier: Text | None = None


class Envelope(Interpretation):
    """An interpretation and where its words came from; `reply_to` is a quoted message's wamid."""

    source: Source
    reply_to: Annotated[str, StringConstraints(min_length=1, max_length=512)] | None = None
