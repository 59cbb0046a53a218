"""The items of a clause: how many, of what, at what price."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from edge_adapter.grammar.lexemes import Kind
from edge_adapter.grammar.lexicon import lexicon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge_adapter.grammar.pieces import Piece

_ONE = Decimal(1)
_LEADING_MEASURES = frozenset(("kg", "g", "l"))
_TRAILING_UNITS = frozenset(("case", "crate", "tray", "dozen", "carton", "pack", "packet", "bale"))
_AMOUNTS = (Kind.NUMBER, Kind.MONEY)
_NAMES = frozenset(
    (
        Kind.CONTENT,
        Kind.LANGUAGE,
        Kind.ORDINAL,
        Kind.OPTION,
        Kind.HOLDS,
        Kind.CHOOSE,
        Kind.TIMES,
        Kind.CURRENCY,
        Kind.DAYS_AGO,
    )
)

_NAMING = frozenset((*_NAMES, *_AMOUNTS, Kind.SIZE, Kind.UNIT, Kind.OF, Kind.WITH, Kind.AT))


_SAYS_ELSEWHERE = frozenset(
    (
        Kind.FILLER,
        Kind.GREETING,
        Kind.LAST,
        Kind.PARTY,
        Kind.QUERY,
        Kind.THEY,
        Kind.TOPIC,
        Kind.WRONG,
    )
)
_COUNTED_BY = frozenset((Kind.NUMBER, Kind.UNIT, Kind.OF, Kind.SIZE, Kind.PACK, Kind.ARTICLE))
_NAMED = _NAMES | {Kind.UNIT, Kind.SIZE}
_COUNTED_BY_ONE = _NAMES | {Kind.UNIT, Kind.PACK, Kind.SIZE}


@dataclass(slots=True)
class Item:
    """`price_kind` is the field the price belongs to; `lead` a size or sum in front of the name.

    `behind` says that the quantity came after the name, `closed` that the price did; `lump` that
    the price is "in total", of this item or of all before it, `heads` that it stands over a list.
    """

    quantity: Piece | None = None
    unit: str = ""
    unit_piece: Piece | None = None
    words: list[Piece] = field(default_factory=list)
    price: Piece | None = None
    price_kind: str = ""
    lead: Piece | None = None
    behind: bool = False
    closed: bool = False
    lump: bool = False
    heads: bool = False
    doubts: set[str] = field(default_factory=set)

    @property
    def product(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def is_bare(self) -> bool:
        return not (self.quantity or self.price or self.lead or self.unit)

    @property
    def is_empty(self) -> bool:
        return self.is_bare and not self.words


@dataclass(slots=True)
class Items:
    """What a clause lists, where it went or came from, and words that fit nowhere.

    `from_here` says that the origin is a place of the shop.
    """

    items: list[Item]
    to: str = ""
    origin: str = ""
    from_here: bool = False
    strays: list[Piece] = field(default_factory=list)


def _is_all_sizes(words: Sequence[Piece]) -> bool:
    return all(word.kind is Kind.SIZE for word in words)


def _is_all_numbers(words: Sequence[Piece]) -> bool:
    return all(word.lexeme is not None and word.lexeme.number is not None for word in words)


def _has_size(words: Sequence[Piece]) -> bool:
    return any(word.kind is Kind.SIZE for word in words)


def _is_weighed(piece: Piece) -> bool:
    """ "Wors 1.2kg": no pack is sold of that size."""
    number = piece.number
    if number is None or piece.unit not in _LEADING_MEASURES or number == int(number):
        return False
    return number not in lexicon().pack_weights


def items_of(pieces: Sequence[Piece]) -> Items:
    """Read the items among the pieces of a clause, passing over verbs and subjects."""
    return _Reader(pieces).read()


class _Reader:
    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.pieces = pieces
        self.place = 0
        self.item = Item()
        self.found = Items([])

    def read(self) -> Items:
        pieces = self.pieces
        while self.place < len(pieces):
            piece = pieces[self.place]
            self.place += 1
            handle = _HANDLERS.get(piece.kind)
            if self._is_in_name(piece):
                self.item.words.append(piece)
            elif handle:
                handle(self, piece)
        self.close()
        self._drop_strays()
        return self.found

    def _drop_strays(self) -> None:
        """A bare word behind an item that has its number behind it belongs to nothing."""
        items = self.found.items
        if len(items) > 1 and items[-2].behind and items[-1].is_bare:
            self.found.strays += items.pop().words

    def _is_in_name(self, piece: Piece) -> bool:
        """Is it between a number and its name, whatever else it may say: "2 kids juice"?"""
        if piece.kind not in _SAYS_ELSEWHERE or self.item.quantity is None or self.item.words:
            return False
        if piece.kind is Kind.FILLER and piece.word not in lexicon().namelike:
            return False
        before = self.pieces[self.place - 2]
        return before.kind in _COUNTED_BY and self.next_is(Kind.CONTENT)

    def peek(self, ahead: int = 0) -> Piece | None:
        place = self.place + ahead
        return self.pieces[place] if place < len(self.pieces) else None

    def _before(self) -> Piece | None:
        """The piece before the one being read."""
        return self.pieces[self.place - 2] if self.place > 1 else None

    def next_is(self, *kinds: Kind) -> bool:
        piece = self.peek()
        return piece is not None and piece.kind in kinds

    def close(self) -> None:
        item, self.item = self.item, Item()
        if item.is_empty:
            return
        self._settle_lead(item)
        if item.unit == "each" and item.unit_piece and _is_all_numbers(item.words):
            item.words, item.unit = [*item.words, item.unit_piece], ""  # "2 half loaves"
        self._name_by_unit(item)
        self._value(item)
        self._count_single(item)
        if not (item.quantity or item.price) and item.words and _is_all_sizes(item.words):
            last = self.found.items[-1] if self.found.items else None
            if last and last.words and not _has_size(last.words):
                last.words += item.words  # "10 cases coke, 2l"
                return
        self.found.items.append(item)

    def _name_by_unit(self, item: Item) -> None:
        """ "Bread 6, rolls 10": with its number behind it, a roll is what it is."""
        unit, count = item.unit_piece, item.quantity
        if unit is None or count is None or item.words or unit.word not in lexicon().unit_goods:
            return
        if unit.start < count.start:
            item.words, item.unit, item.unit_piece = [unit], "", None

    def _count_single(self, item: Item) -> None:
        """ "itreyi lamaqanda" (tray of eggs) is one, by its prefix; "amatreyi" may be any number.

        A number behind it may well tell what is in it: "itreyi lamaqanda angu-12".
        """
        pack, count = item.unit_piece, item.quantity
        if pack is None or not item.words:
            return
        if count is None and item.lead is None and pack.word in lexicon().singles:
            if pack.start < item.words[0].start:
                pack.weak, pack.number, item.quantity = True, _ONE, pack  # "sold dozen eggs"
            return
        if pack.number is None and pack.word not in lexicon().single_packs:
            return
        if pack.start > item.words[0].start or item.price_kind == "unit_price" or item.lead:
            return
        if count is None:
            pack.weak, pack.number, item.quantity = True, _ONE, pack
        elif item.behind and count.number != 1:
            item.doubts.add("size_or_quantity")

    def _value(self, item: Item) -> None:
        """Airtime is counted in rands: "airtime R10" is ten of it, "2 airtime" is not clear."""
        entries = lexicon()
        words = {word.word for word in item.words}
        if words.isdisjoint(entries.value_items):
            return
        if item.quantity is not None and not item.unit and words.isdisjoint(entries.vouchers):
            if item.quantity.number == 1 and item.price and item.price_kind != "unit_price":
                item.quantity.weak, item.quantity = True, None
            elif not any(word.kind is Kind.MONEY for word in item.words):
                item.doubts.add("size_or_quantity")
                item.behind = True
        if item.quantity is None and item.price_kind in ("price", "total_price"):
            item.quantity, item.unit = item.price, "rand"
            item.price, item.price_kind = None, ""

    def _settle_lead(self, item: Item) -> None:
        lead = item.lead
        if lead is None:
            return
        is_money = lead.kind is Kind.MONEY
        weighed = lead.unit in _LEADING_MEASURES and not item.unit  # a "5kg bag" is one bag
        if item.quantity is None and item.words and (is_money or weighed):
            item.quantity, item.unit = lead, "rand" if is_money else lead.unit
        elif not is_money or any(word.word in lexicon().value_items for word in item.words):
            item.words.insert(0, lead)
        elif item.price is None:
            item.price, item.price_kind = lead, "price"
        else:
            self.found.strays.append(lead)

    def fresh(self) -> None:
        """Begin another item if this one has all it can have."""
        item = self.item
        if item.closed or (item.words and item.quantity and item.behind):
            self.close()

    # One method per kind of piece.

    def word(self, piece: Piece) -> None:
        self.fresh()
        self.item.words.append(piece)

    def located(self, piece: Piece) -> None:
        """ "in the fridge" is where, "fridge magnet" is what."""
        before = self.pieces[self.place - 2] if self.place > 1 else None
        if (before is not None and before.kind is Kind.CONTENT) or self.next_is(Kind.CONTENT):
            self.word(piece)

    def of(self, piece: Piece) -> None:
        words = self.item.words
        if words and not _is_all_sizes(words) and self.next_is(Kind.CONTENT):
            words.append(piece)

    def link(self, piece: Piece) -> None:
        """ "Bought for R1200: 10 rice, 5 sugar"."""
        item = self.item
        item.heads = piece.text == ":" and item.price is not None and not item.words

    def article(self, piece: Piece) -> None:
        item = self.item
        one = self.next_is(*_COUNTED_BY_ONE) or self._is_voucher_of()
        if item.quantity is None and not item.words and one:
            piece.weak, piece.number = True, _ONE
            item.quantity = piece

    def _is_voucher_of(self) -> bool:
        """ "A R10 airtime voucher" is one, not ten rand of it."""
        following = (self.peek(ahead) for ahead in (1, 2))
        return self.next_is(Kind.MONEY) and any(
            piece is not None and piece.word in lexicon().vouchers for piece in following
        )

    def number(self, piece: Piece) -> None:
        item = self.item
        priced = item.price_kind == "price" and (item.closed or not item.words)
        if piece.follows and piece.number == 1 and priced:
            item.price_kind, piece.weak = "unit_price", True
        elif piece.follows and piece.number == 1 and item.behind and self.next_is(Kind.WITH):
            piece.weak = True
            self.place += 1
            self._amount(piece, "unit_price")
        elif self.next_is(Kind.EACH) and (item.words or item.quantity) and item.price is None:
            self.priced(piece, "unit_price")
        elif self.next_is(Kind.TOTAL) and item.words and item.quantity and item.price is None:
            self.priced(piece, "total_price")
        elif not item.words:
            self._number_in_front(piece)
        elif (
            item.closed and piece.counts and item.quantity and piece.number == item.quantity.number
        ):
            item.price_kind, piece.weak = "unit_price", True
        elif item.closed and self._is_linked() and self._agrees(piece):
            piece.weak = True  # "2 bread @ 19.00 = 38.00"
        elif item.closed:
            self.close()
            self.item.quantity = piece
        elif item.quantity is None and self._is_counted_next(piece):
            self.found.strays += item.words
            item.words, item.quantity = [], piece
        elif item.quantity is None:
            if not piece.counts and not piece.follows and self._name_goes_on():
                item.words.append(piece)
                return
            if item.lead is not None and self.next_is(Kind.CONTENT) and not piece.follows:
                self.close()
                self.item.quantity = piece
                return
            item.quantity, item.behind = piece, True
            if not self._is_linked() and not piece.counts and not piece.follows:
                self._doubt_size(piece)
        elif piece.counts and item.quantity.counts and not item.behind and self.next_is(*_NAMED):
            self.close()  # "6x russian 3x vienna"
            self.item.quantity = piece
        elif piece.counts or piece.follows:
            self._count_again(piece)
        elif piece.number == 0:
            item.words.append(piece)
        elif self._sounds_for(piece):
            piece.weak = True  # "1 huggies 4 R160"
            self._amount(replace(piece, kind=Kind.FOR), "total_price")
        elif self._is_pack_size():
            self.place += 1
            self._packed_by(piece)
        elif self.next_is(Kind.CONTENT, Kind.UNIT, Kind.SIZE, Kind.PACK, Kind.ARTICLE, Kind.OF):
            if piece.number in lexicon().usual_sizes:
                item.doubts.add("size_or_quantity")
            self.close()
            self.item.quantity = piece
        elif self._is_named(piece):
            item.words.append(piece)
        else:
            self.found.strays.append(piece)

    def _sounds_for(self, piece: Piece) -> bool:
        named = self.item.words[-1].kind is Kind.CHOOSE  # "pampers size 4"
        return self.next_is(Kind.MONEY) and not named and piece.word in lexicon().sounds_for

    def _is_pack_size(self) -> bool:
        """ "3 coke 6 pack": six in each, not six packs."""
        unit, beyond = self.peek(), self.peek(1)
        is_pack = unit is not None and unit.word == "pack" and self.item.unit in ("", "pack")
        return is_pack and (beyond is None or beyond.kind not in _NAMES | {Kind.OF})

    def _number_in_front(self, piece: Piece) -> None:
        item = self.item
        if item.quantity is None:
            item.quantity = piece
            return
        if piece.number == item.quantity.number and bool(piece.lexeme) != bool(
            item.quantity.lexeme
        ):
            piece.weak = True  # "3 (three) bread"
            return
        if item.unit_piece and (piece.counts or self._is_linked()):
            item.words, item.unit = [item.quantity, item.unit_piece], ""
            item.quantity, item.behind = piece, True
            return
        following = self.peek()
        if following and following.kind is Kind.UNIT and following.value == "pack":
            self.place += 1
            self._packed_by(piece)
        elif item.unit and (piece.number is None or piece.number >= 1):
            self.found.strays.append(piece)
        else:
            item.words.append(piece)

    def _is_linked(self) -> bool:
        before = self.pieces[self.place - 2] if self.place > 1 else None
        return before is not None and before.kind is Kind.LINK

    def _packed_by(self, piece: Piece) -> None:
        self.item.unit = piece.unit = f"{piece.number:f}-pack"
        piece.kind = Kind.PACK

    def _count_again(self, piece: Piece) -> None:
        """A sure quantity behind a name that had a number in front: "500 coke x 3"."""
        item = self.item
        if item.behind and item.quantity is not None and item.quantity.kind is Kind.SIZE:
            item.words.append(item.quantity)
            item.quantity, item.unit = piece, ""
            return
        if item.behind:
            self.found.strays.append(piece)
            return
        if item.quantity is not None and not item.quantity.weak:
            item.words.insert(0, item.quantity)
        item.quantity, item.behind = piece, True

    def _is_counted_next(self, piece: Piece) -> bool:
        """ "just 2 packs huggies": with a unit and a name behind it, the number counts those."""
        unit, name = self.peek(), self.peek(1)
        if piece.follows or unit is None or unit.kind is not Kind.UNIT or name is None:
            return False
        return name.kind in (Kind.CONTENT, Kind.OF) and not self._name_is_counted(2)

    def _name_is_counted(self, ahead: int) -> bool:
        """Does the name that starts so far ahead have a number of its own behind it?"""
        while (piece := self.peek(ahead)) and piece.kind in (Kind.CONTENT, Kind.SIZE, Kind.OF):
            ahead += 1
        return piece is not None and piece.kind is Kind.NUMBER

    def _name_goes_on(self) -> bool:
        """Is the number between a name and a later quantity part of the name?"""
        following, beyond = self.peek(), self.peek(1)
        if following is None:
            return False
        if following.kind is Kind.NUMBER:
            return not (beyond and beyond.kind is Kind.EACH)
        linked = following.kind is Kind.LINK and beyond is not None
        return linked and beyond is not None and beyond.kind is Kind.NUMBER

    def _doubt_size(self, piece: Piece) -> None:
        """ "coke 2", "coke 500": how many, or which bottle?"""
        if any(word.kind is Kind.SIZE for word in self.item.words) or self.item.lead:
            return
        if self._may_be_size(piece):
            self.item.doubts.add("size_or_quantity")

    def _may_be_size(self, piece: Piece) -> bool:
        entries = lexicon()
        sized = any(word.word in entries.sized for word in self.item.words)
        return piece.number in entries.usual_sizes or (
            sized and piece.number in entries.small_sizes
        )

    def _is_named(self, piece: Piece) -> bool:
        """Does the name take the number in: "eggs 30", "mageu number 1", "coke zero"?"""
        words, sizes = self.item.words, lexicon().sizes
        if words[-1].kind is Kind.CHOOSE or not piece.number or self._may_be_size(piece):
            return True
        return any(piece.number in sizes.get(word.word, ()) for word in words)

    def money(self, piece: Piece) -> None:
        item = self.item
        valued = any(word.word in lexicon().value_items for word in item.words)
        following = self.peek()
        worth = following is not None and following.word in lexicon().value_items
        if item.words and item.quantity and (worth or (valued and self.next_is(Kind.CONTENT))):
            item.words.append(piece)
            return
        if worth and item.words and item.quantity is None and item.lead is None:
            item.quantity, item.unit = piece, "rand"
            return
        if self.next_is(Kind.FOR) and not item.words:
            beyond = self.peek(1)
            if beyond and beyond.kind in (Kind.NUMBER, Kind.SIZE, Kind.ARTICLE, Kind.UNIT):
                self.place += 1
                self.priced(piece, "total_price")
                return
        if not item.words and item.lead is None and self._name_follows():
            item.lead = piece
            return
        self.priced(piece, "price")

    def _name_follows(self) -> bool:
        following = self.peek()
        if following and following.kind in (Kind.OF, Kind.TOTAL):
            following = self.peek(1)
        return following is not None and following.kind in _NAMES

    def priced(self, piece: Piece, kind: str) -> None:
        """Take a price; "each" or "in total" behind it decides what it is for."""
        if self.item.price is not None:
            if self._agrees(piece):
                return
            if self.item.words:
                self.close()
            else:
                self.found.strays.append(piece)
                return
        beyond = self.peek(1)
        a_unit = self.next_is(Kind.ARTICLE) and beyond is not None and beyond.kind is Kind.UNIT
        if a_unit or self._is_the_unit() or self.next_is(Kind.EACH):
            self.place += 1
            kind = "unit_price"
            self.item.doubts.discard("size_or_quantity")  # "coke 5 R14 each" are five
            self._per_what()
        elif (again := self.peek()) and self._names_itself(again):
            self.place += 1
            again.kind, kind = Kind.EACH, "unit_price"
            self._per_what()
        elif self.next_is(Kind.TOTAL):
            self.place += 1
            kind, self.item.lump = "total_price", True
        elif self.next_is(Kind.FOR) and (beyond := self.peek(1)) and beyond.kind is Kind.TOTAL:
            self.place += 2
            kind, self.item.lump = "total_price", True
        self.item.price, self.item.price_kind = piece, kind
        self.item.closed = bool(self.item.words)

    def _is_the_unit(self) -> bool:
        """ "R75 die kilo" and "R14 een" are for one, "R75 die boks coke" for what is named."""
        the, unit, name = self.peek(), self.peek(1), self.peek(2)
        if the and the.kind is Kind.NUMBER and the.lexeme and the.number == 1:
            the.weak = unit is None
            return the.weak
        if the is None or the.value != "the" or unit is None or unit.kind is not Kind.UNIT:
            return False
        return name is None or name.kind not in _NAMING

    def _agrees(self, piece: Piece) -> bool:
        """Of "R18 each, R54 in total" for three, the one price says no more than the other."""
        item = self.item
        counted, price = item.quantity, item.price
        if not item.words or counted is None or price is None:
            return False
        if None in (counted.number, price.number, piece.number):
            return False
        each, total = sorted((price, piece), key=lambda one: one.number or 0)
        if each.number is None or counted.number is None or counted.number <= 1:
            return False
        if each.number * counted.number != total.number:
            return False
        total.weak = True
        item.price, item.price_kind = each, "unit_price"
        return True

    def _names_itself(self, again: Piece) -> bool:
        """Does a price end with what it is for, once more ("2 trays eggs R66 tray")?"""
        beyond = self.peek(1)
        if beyond is not None and beyond.kind in _NAMING:
            return False
        if again.kind is Kind.UNIT:
            item = self.item
            return again.value == item.unit or item.is_empty or self._is_weighed(again)
        glosses = lexicon().glosses
        named = {glosses.get(word.word, word.word) for word in self.item.words}
        return again.kind is Kind.CONTENT and glosses.get(again.word, again.word) in named

    def _is_weighed(self, unit: Piece) -> bool:
        """Is a size at the end of the name how much it was: "chicken 2kg at R60 per kg"?"""
        words = self.item.words
        if self.item.quantity or self.item.lead or len(words) < 2 or words[-1].unit != unit.value:
            return False
        self.item.quantity = words.pop()
        self.item.unit = unit.value
        return True

    def _per_what(self) -> None:
        """Pass over what "per" counts by: "per case", "per bread"."""
        while self.next_is(Kind.ARTICLE, Kind.EACH):
            self.place += 1
        following = self.peek()
        if following is None:
            return
        if following.kind is Kind.UNIT:
            self._is_weighed(following)
        named = {word.word for word in self.item.words}
        if following.kind is Kind.UNIT or following.word in named or following.word + "s" in named:
            self.place += 1

    def _amount(self, piece: Piece, kind: str) -> None:
        """A preposition of price: takes the amount behind it, else it leads to a stray."""
        passed = [Kind.COPULA, Kind.WAS, Kind.LINK, Kind.WITH, Kind.LINKER]
        if piece.kind is not Kind.FOR:
            passed += [Kind.AT, Kind.FILLER]
        while self.next_is(*passed):
            self.place += 1
        following = self.peek()
        if following and following.kind in _AMOUNTS:
            self.place += 1
            self.priced(following, kind)
        elif piece.kind in (Kind.FOR, Kind.AT):
            self.stray_phrase()

    def at(self, piece: Piece) -> None:
        self._amount(piece, "unit_price")

    def for_(self, piece: Piece) -> None:
        before = self.pieces[self.place - 2] if self.place > 1 else None
        if before is not None and before.kind is Kind.TOPIC and not self.next_is(*_AMOUNTS):
            return
        self._amount(piece, "total_price")

    def with_(self, piece: Piece) -> None:
        self._amount(piece, "price")

    def each(self, piece: Piece) -> None:
        beyond = self.peek(1)
        if self.next_is(Kind.UNIT) and beyond is not None and beyond.kind in _AMOUNTS:
            self.place += 1  # "each crate R260"
        if self.next_is(Kind.NUMBER) and self.item.is_empty:
            self.found.strays.append(piece)  # "each bought 3"
        elif self.next_is(*_AMOUNTS, Kind.AT, Kind.FOR, Kind.WITH):
            self.place += self.next_is(Kind.WITH)
            self._amount(piece, "unit_price")
        elif self.item.price is not None and self.item.price_kind == "price":
            self.item.price_kind = "unit_price"
            self._per_what()
        elif self.item.quantity and not self.item.words and not self.item.unit:
            self.item.unit, self.item.unit_piece = "each", piece
        else:
            self.found.strays.append(piece)

    def total(self, piece: Piece) -> None:
        following, beyond = self.peek(), self.peek(1)
        counted = following is not None and following.kind is Kind.NUMBER
        if counted and following and (following.follows or (beyond and beyond.kind in _NAMED)):
            return  # "all 6 pies", "ama-coke wonke angu-40"
        if self.next_is(*_AMOUNTS, Kind.AT, Kind.WITH, Kind.LINK, Kind.LINKER, Kind.COPULA):
            self.item.lump = True
            self._amount(piece, "total_price")
        elif self.item.price is not None and self.item.price_kind == "price":
            self.item.price_kind, self.item.lump = "total_price", True

    def topic(self, piece: Piece) -> None:
        if piece.value in ("price", "selling_price"):
            self._amount(piece, "price")

    def size(self, piece: Piece) -> None:
        item = self.item
        counted = item.behind and item.quantity is not None and item.quantity is self._before()
        if piece.follows and counted and not item.closed:
            item.words.append(piece)  # "i-gas eyodwa engu-9kg"
            return
        self.fresh()
        item = self.item
        if self.next_is(Kind.OF) and item.words and (item.quantity or item.lead):
            self.close()  # "ten loaves of bread two litres of milk"
            item = self.item
        told = piece.follows or self._is_told(piece) or _is_weighed(piece)
        if told and item.words and item.quantity is None:
            item.quantity, item.unit, item.behind = piece, piece.unit, True
        elif not item.words and item.quantity is None and item.lead is None:
            item.lead = piece
        elif item.words and item.lead and item.quantity is None and self.next_is(*_NAMES):
            self.close()
            self.item.lead = piece
        else:
            item.words.append(piece)

    def _is_told(self, piece: Piece) -> bool:
        """ "Stock of sugar is 37kg": the last word is how much."""
        before = self.pieces[self.place - 2] if self.place > 1 else None
        told = before is not None and before.kind is Kind.COPULA
        return told and self.peek() is None and piece.unit in _LEADING_MEASURES

    def pack(self, piece: Piece) -> None:
        item = self.item
        if item.unit or (item.words and item.quantity is None):
            item.words.append(piece)
        else:
            item.unit, item.unit_piece = piece.unit, piece

    def loose(self, piece: Piece) -> None:
        if self.item.lead and self.next_is(Kind.CONTENT):
            self.word(piece)  # "3 litres of loose milk"
            return
        self.item.unit = self.item.unit or "each"

    def unit(self, piece: Piece) -> None:
        item = self.item
        after_article = self.place > 1 and self.pieces[self.place - 2].kind is Kind.ARTICLE
        if after_article and item.quantity and item.words and not item.behind and not item.price:
            self.found.strays.append(piece)  # "24 cokes in a case" tells what a case holds
            return
        before = self.pieces[self.place - 2] if self.place > 1 else None
        if before is not None and before.kind is Kind.FILLER and self.item.words:
            return
        if self._takes_unit(piece):
            self.item.unit, self.item.unit_piece = piece.value, piece
            count = self.item.quantity
            if piece.word == "pack" and count and count.number in lexicon().pack_sizes:
                self.item.doubts.add("size_or_quantity")
        else:
            self.word(piece)

    def _takes_unit(self, piece: Piece) -> bool:
        """Is it the unit of the item, or part of its name ("tea bags")?"""
        item = self.item
        if item.unit:
            return False
        if item.quantity and self.next_is(Kind.OF, Kind.CONTENT) and _is_all_sizes(item.words):
            return True
        if not item.words or (item.quantity and item.behind and not item.price):
            return True
        if item.quantity is None:
            number = self.peek()
            if number is None or number.kind is not Kind.NUMBER:
                return False
            return number.follows or piece.value in _TRAILING_UNITS
        contained = piece.value in _TRAILING_UNITS or piece.word in lexicon().containers
        return contained and not self.next_is(Kind.CONTENT)

    def to(self, piece: Piece) -> None:
        following = self.peek()
        if self.next_is(Kind.MONEY):
            self._amount(piece, "price")
        elif following and self._is_glued(piece):
            self.found.to = self._name()
        else:
            self.found.to = self._phrase() or self.found.to

    def from_(self, piece: Piece) -> None:
        before = self.pieces[self.place - 2] if self.place > 1 else None
        if self.found.to and before and before.kind in (Kind.THEY, Kind.PARTY):
            self._phrase()  # "aan die juffrou van die skool"
            return
        after = [piece.kind for piece in self.pieces[self.place : self.place + 2]]
        here = Kind.PLACE in after or Kind.SELF in after
        self.found.from_here = here and Kind.CONTENT not in after
        origin = self._name() if self._is_glued(piece) else self._phrase()
        self.found.origin = origin or self.found.origin

    def _name(self) -> str:
        """The word behind a prefix, and those that are written as if they went on with its name."""
        words = [self.pieces[self.place].text]
        self.place += 1
        while (more := self.peek()) and more.kind is Kind.CONTENT and more.text.istitle():
            self.place += 1
            words.append(more.text)
        return " ".join(words)

    def by(self, piece: Piece) -> None:
        if self._is_glued(piece):
            self.place += 1
        else:
            self._phrase()

    def _is_glued(self, piece: Piece) -> bool:
        """Is a preposition a prefix of the one word it governs ("ku-Albany", "yi-Clover")?"""
        following = self.peek()
        return following is not None and following.start == piece.start

    def _phrase(self) -> str:
        """The words up to the next number, price or preposition; "branch 2" keeps its number."""
        words: list[str] = []
        party = False
        while (following := self.peek()) and following.kind not in _PHRASE_ENDS:
            if party and following.kind is Kind.CONTENT:
                return " ".join(words)  # "ho mofani mahe": a party is named by one word
            party = following.kind is Kind.PARTY
            if following.kind not in (Kind.FILLER, Kind.ARTICLE):
                words.append(following.text)
            self.place += 1
        beyond = self.peek(1)
        ends = beyond is None or beyond.kind in _PHRASE_ENDS
        if words and following and following.kind is Kind.NUMBER and ends:
            words.append(following.text)
            self.place += 1
        return " ".join(words)

    def stray_phrase(self) -> None:
        while (following := self.peek()) and following.kind not in _PHRASE_ENDS:
            if following.kind is Kind.CONTENT:
                self.found.strays.append(following)
            self.place += 1


_PHRASE_ENDS = frozenset(
    (
        Kind.NUMBER,
        Kind.MONEY,
        Kind.SIZE,
        Kind.AT,
        Kind.FOR,
        Kind.WITH,
        Kind.TO,
        Kind.FROM,
        Kind.VERB,
        Kind.REASON,
        Kind.DATE,
        Kind.LINK,
        Kind.CREDIT,
    )
)

_HANDLERS = {
    **dict.fromkeys(_NAMES, _Reader.word),
    Kind.PLACE: _Reader.located,
    Kind.LINK: _Reader.link,
    Kind.OF: _Reader.of,
    Kind.ARTICLE: _Reader.article,
    Kind.NUMBER: _Reader.number,
    Kind.MONEY: _Reader.money,
    Kind.AT: _Reader.at,
    Kind.FOR: _Reader.for_,
    Kind.WITH: _Reader.with_,
    Kind.EACH: _Reader.each,
    Kind.TOTAL: _Reader.total,
    Kind.TOPIC: _Reader.topic,
    Kind.SIZE: _Reader.size,
    Kind.PACK: _Reader.pack,
    Kind.LOOSE: _Reader.loose,
    Kind.UNIT: _Reader.unit,
    Kind.TO: _Reader.to,
    Kind.FROM: _Reader.from_,
    Kind.BY: _Reader.by,
}
