"""Pieces to what they mean side by side: numbers in words, days, money, small words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from edge_adapter.grammar.asides import ASIDES
from edge_adapter.grammar.concords import settle_concords
from edge_adapter.grammar.lexemes import Kind, Lexeme
from edge_adapter.grammar.lexicon import Lexicon
from edge_adapter.grammar.numbers import NumberWord, words_to_number
from edge_adapter.grammar.pieces import Piece

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge_adapter.interpretation import Language

_MEASURES = frozenset(("kg", "g", "l", "ml"))
_OWN_NOUN = frozenset((Kind.CONTENT, Kind.UNIT, Kind.SIZE, Kind.CURRENCY))
_COUNTED = _OWN_NOUN | {Kind.LEFT, Kind.REASON}  # "ditapole di bodile tse 3"
_BOUNDS = frozenset((Kind.AND, Kind.BREAK, Kind.COMMA, Kind.LINE, Kind.STOP, Kind.VERB))
_SENTENCES = frozenset((Kind.BREAK, Kind.LINE, Kind.STOP, Kind.COMMA))
_SENTENCE_ENDS = frozenset((Kind.LINE, Kind.STOP, Kind.ASK))
_PARTS = _BOUNDS - {Kind.VERB} | _SENTENCE_ENDS
_DEEDS = frozenset((Kind.VERB, Kind.REASON))
_WHEREABOUTS = frozenset((Kind.FILLER, Kind.ARTICLE, Kind.CONTENT, Kind.PARTY))
_STATES = frozenset(("expired", "damaged", "stolen", "lost"))
_AFTER_NO = frozenset(
    (Kind.COMMA, Kind.CORRECT, Kind.SORRY, Kind.WAS, Kind.STOP, Kind.NUMBER, Kind.LINE, Kind.UNDO)
)
_PAUSES = frozenset((Kind.COMMA, Kind.STOP, Kind.LINE, Kind.FILLER, Kind.LINK))
_COUNTS = frozenset((Kind.NUMBER, Kind.SIZE))
_TOWARDS = frozenset((Kind.TO, Kind.FROM))
_TITLES = frozenset((Kind.THEY, Kind.PARTY, Kind.FILLER))
_OWNED = frozenset((Kind.CONTENT, Kind.PARTY, Kind.PLACE, Kind.THEY))
_PEOPLE = frozenset((Kind.THEY, Kind.PARTY))
_TO_SOMEBODY = ({"sell"}, {"return"})
_ON_THE_WAY = frozenset((Kind.FROM, Kind.PARTY, Kind.PLACE, Kind.DATE, Kind.FILLER))
_OTHERS = frozenset((Kind.THEY, Kind.PARTY, Kind.CONTENT, Kind.QUERY, Kind.VERB))
_BROUGHT = Lexeme(Kind.VERB, "receive", "done", "own")
_DELIVERED = Lexeme(Kind.VERB, "deliver", "done")
_SUBJECTS = frozenset((Kind.SELF, Kind.THEY, Kind.PARTY, Kind.FILLER))
_FINITE = frozenset((Kind.VERB, Kind.INTENT, Kind.CONTENT))  # "gooi" of "gooi … weg"
_UNFINISHED = frozenset(("order", "ongoing"))
_GOODS = frozenset((Kind.CONTENT, Kind.NUMBER, Kind.SIZE, Kind.MONEY, Kind.UNIT))
_TAKEN = _GOODS | {Kind.AND, Kind.LINKER, Kind.FILLER}
_NAMES = frozenset((Kind.CONTENT, Kind.AND, Kind.FILLER, Kind.COMMA))
_NAMED = frozenset((Kind.CONTENT, Kind.OF))
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SETTLED = ASIDES.keys() | {Kind.AGREES, Kind.AND, Kind.LINK, Kind.NO, Kind.TO}
_SETTLED_VALUES = frozenset(("agent", "along", "greeting", "me", "place"))
_CONCORDS: frozenset[Language] = frozenset(("zu", "xh", "st"))


def settle(atoms: list[Piece], entries: Lexicon, language: Language) -> list[Piece]:
    """Settle what the little words do.

    "le" is "and" or ties a number to its noun ("lebese le 2"), as others always do ("tse 10");
    "no" answers, or denies what follows; "yi-" behind a verb says who did it; "e-" before a place
    says where from, or to where something went back; "môre," greets, else it means tomorrow; "left"
    and "came" may be followed by "with", spelled like "and"; "add" may only tell the book to take
    down what another verb says; what "turned" sour is sour.
    """
    _join_apart(atoms, entries)
    if concords := entries.concords.get(language):
        settle_concords(atoms, concords, entries.known)
    if language in _CONCORDS:
        _find_whither(atoms, entries)
    _find_receiver(atoms, entries)
    _find_dative(atoms, entries)
    for place, atom in enumerate(atoms):
        if (
            atom.kind not in _SETTLED
            and atom.value not in _SETTLED_VALUES
            and atom.word not in entries.agreement
        ):
            continue
        if aside := ASIDES.get(atom.kind):
            aside(atoms, place, entries)
            atom = atoms[place]
        after = atoms[place + 1] if place + 1 < len(atoms) else None
        counted = after is not None and after.kind in _COUNTS
        if atom.kind is Kind.COPULA and place and _is_agent(atoms[place - 1], atom, after):
            atom.kind = Kind.BY
            if after and after.kind is Kind.CONTENT:
                after.kind = Kind.THEY
        elif atom.kind is Kind.VERB:
            if atom.lexeme and atom.lexeme.reading == "entry":
                _settle_entry(atoms, place)
        elif atom.kind is Kind.AT:
            if after and after.kind in _WHEREABOUTS and _is_fetched(atoms, place):
                atom.kind = Kind.FROM
        elif atom.kind is Kind.REASON:
            if place and _became(atoms[:place], atom, entries):
                atoms[place - 1].kind = Kind.FILLER
            elif atom.lexeme and atom.lexeme.reading == "intended" and _is_purpose(atoms, place):
                atom.lexeme = replace(atom.lexeme, reading="done")
        elif atom.kind is Kind.FROM and place and after and after.kind is Kind.FILLER:
            whole = atoms[place + 2] if place + 2 < len(atoms) else None
            if whole and whole.value == "noun" and atoms[place - 1].kind is Kind.NUMBER:
                atom.kind = Kind.FILLER  # "2 van die brode"
        elif atom.value == "agent" and place and after and atoms[place - 1].kind is Kind.VERB:
            if after.kind in _PEOPLE or _is_personal(after, entries):
                atom.kind = Kind.BY
                after.kind = after.kind if after.kind in _PEOPLE else Kind.THEY
        elif place == 0 and atom.value == "greeting" and after and after.kind in _PAUSES:
            atom.kind = Kind.GREETING
        elif atom.kind is Kind.TO and place and atoms[place - 1].kind in _TOWARDS:
            atom.kind = Kind.FILLER  # "ukusuka kwi-store"
        elif atom.kind is Kind.AND and place and atoms[place - 1].value == "with":
            atom.kind = Kind.FILLER
        elif atom.value == "me" and place and atoms[place - 1].kind in (Kind.FROM, Kind.VERB):
            if after is None or after.kind not in _OWNED:  # "by my", not "by my winkel"
                atom.kind = Kind.SELF
        elif _is_along(atom) and (came := _came(atoms[:place])):
            lexeme = _brought_back(atoms[:place]) if came.value == "came back" else _BROUGHT
            came.kind, came.value, came.lexeme = Kind.VERB, lexeme.value, lexeme
            atom.kind = Kind.FILLER
        elif atom.kind is Kind.LINK and atom.text == ":":
            for said in _heading(atoms, place):
                said.kind = Kind.FILLER
        elif atom.value == "place" and _is_whither(atoms, place):
            atom.kind = Kind.TO
        elif atom.kind is Kind.AND and atom.word == "na" and _ends(after):
            atom.kind = Kind.ASK  # "sisekhona na"
        elif atom.kind is Kind.NO and not (place == 0 and after and _answers(atom, after, atoms)):
            atom.kind = Kind.NOT
        elif atom.kind is Kind.AGREES:
            noun = place
            while noun and atoms[noun - 1].word in entries.agreement:
                noun -= 1
            if after is not None and after.kind is Kind.AGREES:  # "lebese le le 3"
                counted = any(one.kind in _COUNTS for one in atoms[place + 2 : place + 3])
            left = place > 0 and atoms[place - 1].kind is Kind.LEFT  # "ho setse le 3"
            tied = noun < place or left or _uncounted(atoms[:noun])  # "di setse di le 7"
            atom.kind = Kind.LINKER if counted and tied else Kind.AND
        elif counted and atom.word in entries.agreement:
            last = atoms[place - 1].kind if place else Kind.LINE
            tens = last is Kind.NUMBER and _multiplies(atoms[place - 1])
            if (last in _COUNTED or tens) and (len(atom.word) > 1 or language in _CONCORDS):
                atom.kind = Kind.LINKER
    return atoms


def _is_whither(atoms: Sequence[Piece], place: int) -> bool:
    """Does "e-" before a place say where goods went: back, or moved to the last place named?"""
    verbs = {one.value for one in atoms if one.kind is Kind.VERB}
    named = "place" in [one.value for one in atoms[place + 1 :]]
    return "return" in verbs or ("transfer" in verbs and not named)


def _became(before: Sequence[Piece], state: Piece, entries: Lexicon) -> bool:
    """Does a state follow "turned", or "they were" behind goods, which corrects nothing then?"""
    if before[-1].kind is Kind.CORRECT:
        return any(atom.kind in _GOODS for atom in before)
    return state.value in _STATES and before[-1].word in entries.becoming


def _is_fetched(atoms: Sequence[Piece], place: int) -> bool:
    """Does "at" say where we went to buy: "picked up 2 bags at the market"?"""
    return any(
        atom.kind is Kind.VERB
        and (atom.value == "buy" or (atom.lexeme and atom.lexeme.person == "own"))
        for atom in atoms[:place]
    )


def _settle_entry(atoms: list[Piece], place: int) -> None:
    """Drop "add" where it enters what another verb tells: "3 bread sold pls add", "add 3 sold".

    Behind goods of its own, after a verb that took goods out, it may mean either.
    """
    start, end = place, place + 1
    while start and atoms[start - 1].kind not in _PARTS:
        start -= 1
    while end < len(atoms) and atoms[end].kind not in _PARTS:
        end += 1
    entry, behind = atoms[place], atoms[place + 1 : end]
    told = next((at for at, piece in enumerate(behind) if _tells(piece)), None)
    if told is not None:
        own_goods = any(piece.kind in _GOODS for piece in behind[:told])
        if not own_goods or all(piece.kind is not Kind.NUMBER for piece in behind[told:]):
            entry.kind = Kind.FILLER
        return
    if any(piece.kind in _GOODS for piece in behind):
        return
    sentence = start
    while sentence and atoms[sentence - 1].kind not in _SENTENCE_ENDS:
        sentence -= 1
    earlier = [piece for piece in atoms[sentence:place] if _tells(piece)]
    if all(piece.kind not in _GOODS for piece in atoms[start:place]) and (earlier or behind):
        for piece in (entry, *behind):
            piece.kind = Kind.FILLER  # "loaded R1000 electricity, add it to stock"
        return
    if not earlier:
        return
    beside = [*atoms[place - 1 : place], *behind]
    asked = any(piece.value == "please" for piece in beside)
    if earlier[-1] in atoms[start:place] or asked or earlier[-1].value == entry.value:
        entry.kind = Kind.FILLER
    else:
        entry.value = "open"


def _tells(piece: Piece) -> bool:
    """Is it a word for what happened, and not for what there is?"""
    return piece.kind in _DEEDS and piece.value != "have"


def _join_apart(atoms: list[Piece], entries: Lexicon) -> None:
    """Put verbs together whose halves stand apart: "threw 3 milk away", "skryf 5 brood af"."""
    for place, atom in enumerate(atoms):
        if atom.value == "narrative":
            _tell_on(atoms, place)
        for tail, lexeme in entries.separable.get(atom.word, ()):
            end = place + 1
            while end < len(atoms) and (
                atoms[end].kind not in _SENTENCES or atoms[end].value == "narrative"
            ):
                if atoms[end].word == tail and end > place + 1:
                    atom.kind, atom.value, atom.lexeme = lexeme.kind, lexeme.value, lexeme
                    del atoms[end]
                    return
                end += 1


def _tell_on(atoms: list[Piece], place: int) -> None:
    """ "Ek koop toe 10 brood", "toe koop ek 10 brood": then I bought, whatever the verb's form."""
    before = place - 1
    while before >= 0 and atoms[before].kind in _SUBJECTS:
        before -= 1
    told = atoms[before] if before >= 0 else None
    if told and told.kind in _FINITE and not _is_counted_before(atoms, before):
        atoms[place].kind = Kind.FILLER
    else:
        told = atoms[place + 1] if place + 1 < len(atoms) else None
    if told is None or told.kind not in _FINITE:
        return
    if told.kind is Kind.VERB and told.lexeme and told.lexeme.reading in _UNFINISHED:
        told.lexeme = replace(told.lexeme, reading="done")
    elif told.value == "order":
        told.kind, told.value, told.lexeme = Kind.VERB, "deliver", _DELIVERED


def _is_counted_before(atoms: Sequence[Piece], place: int) -> bool:
    """Do goods stand before a verb in its sentence?"""
    while place and atoms[place - 1].kind not in _PARTS:
        place -= 1
        if atoms[place].kind in _COUNTS:
            return True
    return False


def _find_whither(atoms: list[Piece], entries: Lexicon) -> None:
    """A place where goods were moved from or to, by its form alone: "efrijini", "esitolo"."""
    if "transfer" not in [atom.value for atom in atoms]:
        return
    for place in range(len(atoms) - 1, 0, -1):
        atom, before = atoms[place], atoms[place - 1]
        if (
            atom.kind is Kind.PLACE
            and before.kind not in _TOWARDS
            and atom.word[:1] in entries.locatives
        ):
            atoms.insert(place, Piece(Kind.FROM, "e", atom.start, atom.start, value="place"))


def _find_receiver(atoms: list[Piece], entries: Lexicon) -> None:
    """A name between such a verb and the goods: "ngithengisele uMaDube izinkwa" (sold to her)."""
    given = [place for place, atom in enumerate(atoms) if atom.lexeme and atom.lexeme.given]
    for place in given:
        named = place + 1
        while named < len(atoms) and atoms[named].kind in _TITLES:
            named += 1
        goods = atoms[named + 1 : named + 2]
        if goods and goods[0].kind in _GOODS and _is_personal(atoms[named], entries):
            atoms[named].kind = Kind.THEY


def _find_dative(atoms: list[Piece], entries: Lexicon) -> None:
    """Whom it was sold or brought back to: "ek het vir ouma Sarie 2 brood verkoop"."""
    for place, atom in enumerate(atoms):
        if atom.value != "dative":
            continue
        verbs = {one.value for one in _sentence_around(atoms, place) if one.kind is Kind.VERB}
        if verbs - {"have"} not in _TO_SOMEBODY:
            continue
        named = place + 1
        while named < len(atoms) and atoms[named].kind in _TITLES:
            named += 1
        person = atoms[named] if named < len(atoms) else None
        if person and person.kind is Kind.CONTENT and person.word not in entries.known:
            atom.kind, person.kind = Kind.TO, Kind.THEY
        elif any(title.kind in _PEOPLE for title in atoms[place + 1 : named]):
            atom.kind = Kind.TO


def _sentence_around(atoms: Sequence[Piece], place: int) -> Sequence[Piece]:
    """The atoms from one mark to the next."""
    start = end = place
    while start and atoms[start - 1].kind not in _SENTENCES:
        start -= 1
    while end < len(atoms) and atoms[end].kind not in _SENTENCES:
        end += 1
    return atoms[start:end]


def _ends(after: Piece | None) -> bool:
    return after is None or after.kind in (Kind.ASK, Kind.STOP, Kind.LINE)


def _answers(first: Piece, after: Piece, atoms: Sequence[Piece]) -> bool:
    """Is a first "no" an answer: "cha, …", "cha i-fanta hhayi i-coke"?"""
    denied = any(atom.kind is Kind.NO and atom.word != first.word for atom in atoms)
    return denied or after.kind in _AFTER_NO


def _is_along(piece: Piece) -> bool:
    """Is it "with", which other languages spell like "and"?"""
    return piece.kind is Kind.AND or piece.value == "along"


def _came(before: Sequence[Piece]) -> Piece | None:
    """Who came "with" something brought it: "ngibuye e-Makro nezinkwa eziyi-10". In English only
    we do, and from a supplier: "came back from makro with 12 oil".
    """
    for place in range(len(before) - 1, -1, -1):
        piece = before[place]
        if piece.value == "back":
            fetched = {one.value for one in before[place:] if one.kind is Kind.PARTY}
            said = _sentence_around(before[: place + 1], place)
            others = any(one.kind in _OTHERS and one.value != "have" for one in said)
            return piece if fetched == {"supplier"} and not others else None
        if piece.value in ("came", "came back"):
            return piece
        named = place > 0 and before[place - 1].kind is Kind.FROM
        if piece.kind not in _ON_THE_WAY and not named:
            return None
    return None


def _brought_back(before: Sequence[Piece]) -> Lexeme:
    """A customer who came back with goods returns them, one of the house who had been somewhere
    fetched them; anybody else may have done either.
    """
    values = {piece.value for piece in before}
    if "customer" in values:
        return Lexeme(Kind.VERB, "return", "done", "other")
    fetched = {"household", "place"} <= values
    return _BROUGHT if fetched else Lexeme(Kind.VERB, "open", "done", "other")


def _is_purpose(atoms: Sequence[Piece], place: int) -> bool:
    """ "Ngithathe amaqanda ama-4 sizodla endlini": what we took is to be eaten, and is gone."""
    behind = atoms[place + 1 : place + 3]
    if atoms[place].value != "own_use" or any(one.kind in _GOODS for one in behind):
        return False
    for before in reversed(atoms[:place]):
        if before.kind is Kind.VERB:
            took = before.lexeme
            return took is not None and took.reading == "taken" and took.person == "own"
        if before.kind not in _TAKEN:
            return False
    return False


def _heading(atoms: Sequence[Piece], colon: int) -> Sequence[Piece]:
    """ "Kufike ubisi namaqanda: ubisi 12, amaqanda 60": what is said in front only names the list,
    if the list says every name again.
    """
    first = colon
    while first and atoms[first - 1].kind in _NAMES:
        first -= 1
    if not first or atoms[first - 1].kind is not Kind.VERB:
        return ()
    again = {atom.word for atom in atoms[colon + 1 :]}
    names = [atom for atom in atoms[first:colon] if atom.kind is Kind.CONTENT]
    return atoms[first:colon] if names and all(name.word in again for name in names) else ()


def _is_agent(verb: Piece, atom: Piece, after: Piece | None) -> bool:
    """Does a glued "yi-" behind a verb say who did it ("silethelwe yi-Clover")?"""
    if verb.kind is not Kind.VERB or after is None:
        return False
    return after.kind in (Kind.CONTENT, Kind.PARTY) and after.start == atom.start


def _is_personal(piece: Piece, entries: Lexicon) -> bool:
    """Is it written as a name is, and no word that the lists know?"""
    is_name = not piece.text.isupper() and not piece.text.islower()
    return piece.kind is Kind.CONTENT and is_name and piece.word not in entries.known


def _multiplies(piece: Piece) -> bool:
    number = piece.lexeme.number if piece.lexeme else None
    return number is not None and number.role == "times"


def _uncounted(before: Sequence[Piece]) -> bool:
    """Does the noun at the end still lack its number?"""
    if not before or before[-1].kind not in _OWN_NOUN:
        return False
    for place in range(len(before) - 1, -1, -1):
        piece = before[place]
        if piece.kind in _BOUNDS:
            return True
        if piece.kind is Kind.NUMBER:  # "bohobe bo 5 lebese le 3", not "5 lebese le 3 ..."
            return place > 0 and before[place - 1].kind is Kind.LINKER
    return True


def assemble(atoms: list[Piece], entries: Lexicon, today: date | None) -> list[Piece]:
    """Put figures together: numbers in words, money, weights, days, "3 x"."""
    out: list[Piece] = []
    place = 0
    names_month = not entries.months.keys().isdisjoint([atom.word for atom in atoms])
    while place < len(atoms):
        atom = atoms[place]
        used = 1
        if names_month and (found := _date(atoms, place, entries)):
            out.append(found[0])
            place += found[1]
            continue
        if atom.kind is Kind.NUMBER:
            piece, used = _number(atoms, place)
            after = atoms[place + used] if place + used < len(atoms) else None
            if after and after.kind is Kind.CURRENCY and not _is_counted(atoms, place + used + 1):
                piece.kind, piece.follows, piece.end = Kind.MONEY, False, after.end
                used += 1
            elif after and after.kind is Kind.UNIT and after.value in _MEASURES:
                text = f"{piece.text} {after.text}"
                piece = replace(piece, kind=Kind.SIZE, unit=after.value, end=after.end, text=text)
                used += 1
            elif after and after.kind is Kind.DAYS_AGO:
                piece = _days_ago(piece, after, today)
                used += 1
            if out and out[-1].kind is Kind.ARTICLE and used == 1 and _is_called_half(atoms, place):
                piece.kind, piece.number = Kind.CONTENT, None
            elif (
                out
                and out[-1].kind in _BEFORE_FIGURES
                and (out[-1].kind is Kind.LINKER or piece.kind is not Kind.SIZE or _is_part(atom))
            ):
                piece.follows = piece.follows or out[-1].kind is Kind.LINKER
                out.pop()
            if out and out[-1].kind is Kind.CURRENCY and piece.kind is Kind.NUMBER:
                piece.kind, piece.follows = Kind.MONEY, False
                out.pop()
            told = piece.kind is Kind.SIZE or _is_part(atom)  # "mme Mpho halofo ya kilo"
            if out and out[-1].kind in _PEOPLE and piece.follows and not told:
                place += used  # how many customers, not how much of what
                continue
            is_party = after is not None and after.kind in (Kind.PARTY, Kind.THEY)
            sold = bool(out) and out[-1].kind is Kind.VERB  # "sold 2 kids juice"
            if after and is_party and not sold and not piece.follows and used == 1:
                piece = replace(after, start=piece.start)
                used += 1
            out.append(piece)
        elif atom.value == "date" and (day := _numbered_day(atoms, place)):
            out.append(_day_of_month(day, today))
            used = atoms.index(day, place) - place + 1
        elif atom.kind is Kind.ORDINAL and _is_day(atoms, place):
            out.append(_day_of_month(atom, today))
        elif atom.kind is Kind.DATE:
            out.append(_last_weekday(atom, today))
            if place + 1 < len(atoms) and atoms[place + 1].word in entries.dayparts:
                used = 2  # "sunday night"
        elif atom.kind is Kind.SLANG_MONEY:
            atom.kind, atom.number, atom.doubt = Kind.MONEY, Decimal(atom.value), "slang_money"
            out.append(atom)
        elif atom.kind is Kind.SIZE and out and out[-1].kind is Kind.LINKER:
            atom.follows = True
            out[-1] = atom
        else:
            out.append(atom)
        place += used
    return _times(_ranges(out))


def _is_called_half(atoms: Sequence[Piece], place: int) -> bool:
    """ "A half bread" is one of what is called so; "half a bread" and "a half kg" are amounts."""
    after = atoms[place + 1 : place + 3]
    if not after or not _is_part(atoms[place]):
        return False
    if after[0].kind is Kind.UNIT:
        return after[0].value == "each" and not any(one.kind in _NAMED for one in after[1:])
    return after[0].kind is Kind.CONTENT


def _is_part(piece: Piece) -> bool:
    number = piece.lexeme.number if piece.lexeme else None
    return number is not None and number.role == "part"


def _ranges(pieces: list[Piece]) -> list[Piece]:
    """ "1 to 3", "3 of 4": two numbers that leave open which one holds."""
    for place, piece in enumerate(pieces[1:-1], start=1):
        if piece.kind in _BETWEEN:
            before, after = pieces[place - 1], pieces[place + 1]
            if before.kind is Kind.NUMBER and after.kind is Kind.NUMBER and not before.weak:
                before.number, before.doubt = None, "range"
                after.number, after.doubt = None, "range"
    return pieces


def _is_counted(atoms: Sequence[Piece], place: int) -> bool:
    """Does a number that belongs to the noun before it stand here ("amarandi ayi-18")?"""
    after = atoms[place : place + 2]
    if after and after[0].kind is Kind.LINKER:
        return len(after) > 1 and after[1].kind is Kind.NUMBER
    return bool(after) and after[0].kind is Kind.NUMBER and after[0].follows


_BETWEEN = frozenset((Kind.TO, Kind.OF, Kind.HEDGE))
_BEFORE_FIGURES = frozenset((Kind.LINKER, Kind.ARTICLE))
_SKIPPED_IN_NUMBERS = frozenset((Kind.ARTICLE, Kind.LINKER))
_IN_NUMBERS = _SKIPPED_IN_NUMBERS | {Kind.NUMBER, Kind.AND}


def _number(atoms: Sequence[Piece], place: int) -> tuple[Piece, int]:
    """The number in figures, words or both ("3 and a half") that starts here; how many atoms."""
    first = atoms[place]
    after = atoms[place + 1].kind if place + 1 < len(atoms) else None
    if first.number is not None and after not in _IN_NUMBERS:
        return first, 1
    words: list[NumberWord | None] = []
    for atom in atoms[place : place + 8]:
        if atom.kind is Kind.NUMBER and atom.lexeme is not None and atom.lexeme.number is not None:
            words.append(atom.lexeme.number)
        elif atom.kind is Kind.NUMBER and atom is first and atom.number is not None:
            words.append(NumberWord("unit", atom.number))
        elif atom.kind is Kind.AND and words:
            words.append(None)
        elif not words or atom.kind not in _SKIPPED_IN_NUMBERS:
            break
    read = words_to_number(words) if words else None
    if read is None or (read[1] == 1 and first.number is not None):
        return first, 1
    value, used = read
    if used == 1:
        first.number = value
        return first, 1
    length = _atoms_of(atoms, place, used)
    text = " ".join(atom.text for atom in atoms[place : place + length])
    piece = replace(first, number=value, text=text, end=atoms[place + length - 1].end)
    piece.follows = any(atom.follows for atom in atoms[place : place + length])
    return piece, length


def _atoms_of(atoms: Sequence[Piece], place: int, words: int) -> int:
    """How many atoms hold so many number words, counting skipped articles."""
    length = 0
    while words:
        if atoms[place + length].kind not in _SKIPPED_IN_NUMBERS:
            words -= 1
        length += 1
    return length


_DAY_OR_MONTH = frozenset((Kind.NUMBER, Kind.ORDINAL, Kind.CONTENT, Kind.INTENT))


def _date(atoms: Sequence[Piece], place: int, entries: Lexicon) -> tuple[Piece, int] | None:
    """ "3 nov", "3rd of november", "nov 3", each with or without a year."""
    first = atoms[place]
    if first.kind not in _DAY_OR_MONTH:
        return None
    if first.kind in (Kind.CONTENT, Kind.INTENT) and first.word not in entries.months:
        return None
    window = [
        (offset, atom)
        for offset, atom in enumerate(atoms[place : place + 5])
        if atom.kind not in (Kind.OF, Kind.FILLER, Kind.LINKER)
    ]
    if len(window) < 2:
        return None
    (_, one), (offset, two) = window[:2]
    month, day = entries.months.get(one.word), two
    if month is None:
        month, day = entries.months.get(two.word), one
    if month is None or day.kind not in (Kind.NUMBER, Kind.ORDINAL) or not day.text[:1].isdigit():
        return None
    number = Decimal(day.value) if day.kind is Kind.ORDINAL else day.number
    if number is None or not 1 <= number <= 31 or number != int(number):
        return None
    value, used = f"--{month:02}-{int(number):02}", offset + 1
    if len(window) > 2 and window[2][1].kind is Kind.NUMBER:
        year = window[2][1].number
        if year is not None and 2000 <= year < 2100 and len(window[2][1].text) == 4:
            value, used = f"{int(year)}{value[1:]}", window[2][0] + 1
    try:
        date.fromisoformat(f"2000{value[1:]}" if value.startswith("--") else value)
    except ValueError:
        return None
    last = atoms[place + used - 1]
    return Piece(Kind.DATE, f"{one.text} {two.text}", one.start, last.end, value=value), used


def _days_ago(number: Piece, words: Piece, today: date | None) -> Piece:
    """ "2 days ago": a named day, else a date counted from today, else a number nobody can read."""
    days = number.number
    piece = replace(number, kind=Kind.DATE, end=words.end)
    if days == 1:
        piece.value = "yesterday"
    elif days == 2:
        piece.value = "day_before_yesterday"
    elif today and days is not None and days == int(days) and days < 366:
        piece.value = (today - timedelta(days=int(days))).isoformat()
    else:
        return replace(number, number=None, doubt="date")
    return piece


def _last_weekday(day: Piece, today: date | None) -> Piece:
    """ "Last friday", said on a Friday, is a week ago; nobody can tell without today's date."""
    name = day.value.removeprefix("last_")
    if name == day.value or name not in _WEEKDAYS:
        return day
    if today is None:
        return replace(day, value=name, doubt="date")
    if today.weekday() != _WEEKDAYS.index(name):
        return replace(day, value=name)
    return replace(day, value=(today - timedelta(days=7)).isoformat())


def _is_day(atoms: Sequence[Piece], place: int) -> bool:
    """ "on the 20th" at the end of what is said, not "20th anniversary mug" nor "the 2nd one"."""
    after = atoms[place + 1] if place + 1 < len(atoms) else None
    closes = after is None or after.kind in _BOUNDS or after.kind is Kind.SELF
    before = atoms[place - 1] if place else None
    spoken = before is not None and before.kind is Kind.FILLER
    return closes and spoken and atoms[place].text[:1].isdigit() and len(atoms) > 3


def _numbered_day(atoms: Sequence[Piece], place: int) -> Piece | None:
    """The figure behind "ngomhla (ka-)", as the rank of a day."""
    after = [*atoms[place + 1 : place + 3], None, None]
    day = after[1] if after[0] and after[0].kind in (Kind.LINKER, Kind.WITH, Kind.OF) else after[0]
    if day is None or day.kind is not Kind.NUMBER or day.number is None or day.lexeme:
        return None
    day.value = f"{day.number:f}"
    return day


def _day_of_month(ordinal: Piece, today: date | None) -> Piece:
    """The last day of that number; nobody can tell which without today's date."""
    day = int(ordinal.value)
    unread = replace(ordinal, kind=Kind.NUMBER, number=None, doubt="date")
    if today is None or not 1 <= day <= 31:
        return unread
    month = today.replace(day=1)
    for _ in range(3):
        try:
            found = month.replace(day=day)
        except ValueError:
            found = None
        if found and found <= today:
            return replace(ordinal, kind=Kind.DATE, value=found.isoformat())
        month = (month - timedelta(days=1)).replace(day=1)
    return unread


def _times(pieces: list[Piece]) -> list[Piece]:
    """Mark what "x" multiplies as a quantity and drop the sign."""
    out: list[Piece] = []
    for place, piece in enumerate(pieces):
        if piece.kind is not Kind.TIMES:
            out.append(piece)
            continue
        after = pieces[place + 1] if place + 1 < len(pieces) else None
        before = out[-1] if out else None
        named = len(out) > 1 and out[-2].kind in (Kind.CONTENT, Kind.SIZE, Kind.CHOOSE)
        if before and before.kind is Kind.NUMBER and not (named and _is_number(after)):
            before.counts = True
        elif after and after.kind is Kind.NUMBER:
            after.counts = True
        elif before is None or before.kind not in (Kind.NUMBER, Kind.PACK):
            out.append(replace(piece, kind=Kind.CONTENT))
    return out


def _is_number(piece: Piece | None) -> bool:
    return piece is not None and piece.kind is Kind.NUMBER
