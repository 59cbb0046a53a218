"""Concords that are words of their own, in languages that write them apart: whose verb it is.

"Thabo o di rekile" names who bought ("o") and what ("di"); "castle tse 3 tseo a di rekileng" tells
more of goods that are the matter of another verb.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from edge_adapter.grammar.lexemes import Kind, Lexeme
from edge_adapter.grammar.pieces import Piece

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from edge_adapter.grammar.tokens import Token
    from edge_adapter.grammar.wordlists import WordList

_ENDS = frozenset((Kind.LINE, Kind.STOP, Kind.ASK, Kind.COMMA, Kind.BREAK))
_SENTENCE_ENDS = frozenset((Kind.LINE, Kind.STOP, Kind.ASK))
_DEEDS = frozenset((Kind.VERB, Kind.REASON, Kind.LEFT))
_CONCORDS = frozenset((Kind.THEY, Kind.FILLER, Kind.AND, Kind.AGREES, Kind.LINKER))
_SUBJECTS = frozenset((Kind.CONTENT, Kind.THEY, Kind.PARTY, Kind.OF, Kind.FILLER, Kind.GREETING))
_GROUP_DEEDS = frozenset(("buy", "return", "deliver"))
_ONE = Decimal(1)
_SHORT = 3
_LETTERS = "abdeiltsm"
_NAMING = frozenset((Kind.CONTENT, Kind.PARTY, Kind.OF, Kind.AGREES, Kind.AND))
_LONGEST_RELATIVE = 6
_MOVED = Lexeme(Kind.VERB, "transfer", "done")
_BETWEEN_MOVES = frozenset((Kind.WITH, Kind.SELF, Kind.FILLER, Kind.AGREES, Kind.COMMA))
_COUNTED = Lexeme(Kind.VERB, "count", "done")
_THERE = Lexeme(Kind.LEFT, "")
_TELLS = frozenset((Kind.VERB, Kind.REASON, Kind.LEFT, Kind.INTENT, Kind.NOT, Kind.FINISHED))
_RELATIVE = frozenset(
    (
        Kind.SELF,
        Kind.THEY,
        Kind.PARTY,
        Kind.FILLER,
        Kind.AGREES,
        Kind.AND,
        Kind.LINKER,
        Kind.WITH,
        Kind.CONTENT,
        Kind.LAST,
        Kind.ARTICLE,
        Kind.INTENT,
        Kind.VERB,
        Kind.REASON,
    )
)


class Concords(NamedTuple):
    """`objects` stand between one of `leaders` and one of `verbs`; `persons` and `groups` between
    who acted and the verb; `relatives` begin a clause whose verb ends in `relative_end`; a pack
    before `one_of` is one, unless it begins as a `plural`. What is said to be taken (`takes`) and
    then moved (`moves`) goes from one of `places` to another; names of `shops` end so.
    `counts` may be glued to a number.
    """

    objects: Collection[str]
    leaders: Collection[str]
    persons: Collection[str]
    groups: Collection[str]
    relatives: Collection[str]
    takes: Collection[str]
    moves: Collection[str]
    places: Collection[str]
    shops: Collection[str]
    counts: Collection[str]
    one_of: Collection[str]
    relative_end: str
    plural: tuple[str, ...]
    verbs: Collection[str]


def concords_of(data: Mapping[str, Any], words: WordList) -> Concords | None:
    """What a word list says of concords; None if its language writes none apart."""
    section = data.get("concords")
    if section is None:
        return None
    verbs = frozenset(
        phrase[-1]
        for phrase, lexeme in words.phrases.items()
        if lexeme.kind in _DEEDS and len(phrase[-1]) > _SHORT
    )
    return Concords(
        objects=frozenset(section["object"]),
        leaders=frozenset(section["leader"]),
        persons=frozenset(section["person"]),
        groups=frozenset(section["group"]),
        relatives=frozenset(section["relative"]),
        takes=frozenset(section["take"]),
        moves=frozenset(section["move"]),
        places=frozenset(section["place"]),
        shops=frozenset(section["shop"]),
        counts=frozenset(section["count"]),
        one_of=frozenset(section["one_of"]),
        relative_end=section["relative_end"],
        plural=tuple(section["plural"]),
        verbs=verbs,
    )


def without_objects(tokens: Sequence[Token], concords: Concords) -> list[Token]:
    """Drop what a verb says again of its object: "ke di rekisitse" is "ke rekisitse"."""
    last = len(tokens) - 1
    return [
        token
        for place, token in enumerate(tokens)
        if not (
            token.word in concords.objects
            and 0 < place < last
            and tokens[place - 1].word in concords.leaders
            and tokens[place + 1].word in concords.verbs
            and not tokens[place + 1].word.endswith(concords.relative_end)
        )
    ]


def settle_concords(atoms: list[Piece], concords: Concords, known: Collection[str]) -> None:
    """Settle who acted, what only tells more of goods, and where a customer bought."""
    _drop_relatives(atoms, concords)
    _settle_moves(atoms, concords)
    if any(atom.value == "reorder_level" for atom in atoms):
        _settle_level(atoms)
    for place, atom in enumerate(atoms):
        if atom.kind is Kind.UNIT:
            _settle_pack(atoms, place, concords)
        elif atom.value == "agent" or atom.kind is Kind.WITH:
            _settle_price(atoms, place)
        elif atom.value == "day" and place + 1 < len(atoms):
            _settle_day(atoms[place + 1])
        elif atom.kind is Kind.QUERY:
            _settle_amount(atoms, place)
        elif atom.kind is Kind.PARTY and atom.value == "supplier":
            _drop_whose(atoms, place)
        elif atom.value == "receive" or (atom.value == "stock" and _is_deed(atoms[:place][-1:])):
            _drop_source(atoms, place)
        elif atom.kind is Kind.CONTENT and atom.word[-1].isdigit() and place:
            _part_number(atom, atoms[place - 1], concords)
        elif atom.value == "other" and place and atom.text.istitle():
            atom.kind, atom.lexeme = Kind.THEY, None  # "mme Mpho", whose name is "gift"
        if atom.kind is Kind.AGREES and _is_deed(atoms[place + 1 : place + 2]):
            atom.kind = Kind.FILLER  # "lebese le 3 le fihlile"
        if atom.kind not in _DEEDS or not place:
            continue
        if atom.lexeme is not None and atom.lexeme.given:
            _settle_receiver(atoms, place)
        if atom.lexeme is not None and atom.lexeme.person == "found":
            _settle_found(atoms, place)
        if atom.value == "buy":
            _settle_shop(atoms, place)
            _find_shop(atoms, place, concords)
        elif atom.value == "deliver" and _is_for_us(atoms[:place]):
            atoms[place - 1].kind = Kind.FILLER
        _find_subject(atoms, place, concords, known)


def _drop_whose(atoms: list[Piece], place: int) -> None:
    """ "Koloi ya Clover e fihlile": the name behind who came says whose it was."""
    behind = atoms[place + 1 : place + 5]
    if behind and behind[0].kind is Kind.OF:
        for name in behind[1:]:
            if name.kind is not Kind.CONTENT:
                return
            name.kind = behind[0].kind = Kind.FILLER


def _drop_source(atoms: list[Piece], place: int) -> None:
    """ "Ke amohetse thepa ya Simba: lays 24", "ho fihlile lebese le mahe: lebese 12, mahe 60": what
    stands before the list only says whose it was, or what is in it.
    """
    behind = atoms[place + 1 : place + 6]
    end = next((at for at, atom in enumerate(behind) if atom.kind is Kind.LINK), 0)
    heading, words = behind[:end], {atom.word for atom in behind[end + 1 : end + 2]}
    whose = heading[:1] and heading[0].kind is Kind.OF
    repeated = any(atom.kind is Kind.CONTENT and atom.word in words for atom in heading)
    if (whose or repeated) and all(atom.kind in _NAMING for atom in heading):
        for atom in heading:
            atom.kind = Kind.FILLER


def _settle_amount(atoms: list[Piece], place: int) -> None:
    """ "Bohobe bo 5 bo sa le teng", "palo ya mahe ke 12": how many there are, if told."""
    start, end = place, place + 1
    while start and atoms[start - 1].kind not in _SENTENCE_ENDS:
        start -= 1
    while end < len(atoms) and atoms[end].kind not in _SENTENCE_ENDS:
        end += 1
    if end < len(atoms) and atoms[end].kind is Kind.ASK:
        return
    said, query = atoms[start:end], atoms[place]
    if any(atom.kind in _TELLS or (atom.kind is Kind.QUERY and atom is not query) for atom in said):
        return
    *before, last = said
    if query.value == "exist" and query is last and before:
        if before[-1].kind is Kind.NUMBER:
            query.kind, query.value, query.lexeme = Kind.LEFT, "", _THERE
        return
    heads = query.value == "many" and query is said[0] and last.kind is Kind.NUMBER
    if heads and before[-1].value == "agent":
        query.kind, query.value, query.lexeme = Kind.VERB, "count", _COUNTED
        before[-1].kind, before[-1].value = Kind.COPULA, ""


def _part_number(atom: Piece, noun: Piece, concords: Concords) -> None:
    """ "Mahe a12" is "mahe a 12"; "a4" behind another noun is a name."""
    digits = atom.word.lstrip(_LETTERS)
    concord = atom.word[: -len(digits)]
    if noun.kind is not Kind.CONTENT or not digits.isdecimal() or not concord:
        return
    if concord in concords.counts and (concord != "a" or noun.word.startswith("ma")):
        atom.kind, atom.number = Kind.NUMBER, Decimal(digits)


def _is_for_us(before: Sequence[Piece]) -> bool:
    """ "Clover e re tliseditse": "re" behind another concord is "us"."""
    return len(before) > 1 and before[-1].kind is Kind.SELF and before[-2].kind in _CONCORDS


def _settle_pack(atoms: list[Piece], place: int, concords: Concords) -> None:
    """ "Terei ya mahe" is one, "diterei tsa mahe" may be any number."""
    pack, of = atoms[place], atoms[place + 1] if place + 1 < len(atoms) else None
    if of is None or of.kind is not Kind.OF or of.word not in concords.one_of:
        return
    if not pack.word.startswith(concords.plural):
        pack.number = _ONE


def _settle_price(atoms: list[Piece], place: int) -> None:
    """ "Ka R66 ka terei", "terei ke R66", "kaofela ke R66": what it cost each, or in all."""
    before = atoms[place - 1] if place else None
    after = atoms[place + 1] if place + 1 < len(atoms) else None
    if before is None or after is None:
        return
    if after.kind is Kind.UNIT and before.kind is Kind.MONEY and atoms[place].kind is Kind.WITH:
        atoms[place].kind = Kind.EACH
        return
    if atoms[place].value == "agent" and not any(atom.kind in _DEEDS for atom in atoms):
        packed = after.kind is Kind.NUMBER and atoms[0].kind is Kind.UNIT
        if packed or (after.kind is Kind.MONEY and before.kind in (Kind.CONTENT, Kind.SIZE)):
            atoms[place].kind, atoms[place].value = Kind.COPULA, ""  # "bohobe ke R20"
            return
    if after.kind is not Kind.MONEY:
        return
    opens = place == 1 or atoms[place - 2].kind in _ENDS
    if before.kind in (Kind.EACH, Kind.TOTAL) or (before.kind is Kind.UNIT and opens):
        atoms[place].kind = Kind.AT
    elif before.lexeme and before.lexeme.number and before.lexeme.number.value == 1 and opens:
        before.kind, atoms[place].kind = Kind.EACH, Kind.AT


def _settle_level(atoms: Sequence[Piece]) -> None:
    """ "Ntsebise ha mahe a setse a 12" only says at what level."""
    for atom in atoms:
        if atom.kind is Kind.LEFT or (atom.kind is Kind.VERB and atom.value == "receive"):
            atom.kind = Kind.FILLER


def _settle_moves(atoms: list[Piece], concords: Concords) -> None:
    """ "Ke tlositse coke storeroom ka e isa shop": out of one place and into another."""
    for place in range(len(atoms) - 1, 0, -1):
        if atoms[place].word.rpartition(" ")[2] in concords.moves and _is_place(
            atoms[place + 1 :], concords
        ):
            _settle_move(atoms, place, concords)
    for place, atom in enumerate(atoms):
        if atom.value == "transfer" and atom.kind is Kind.VERB:
            _insert_whither(atoms, place, concords)
            return


def _is_place(after: Sequence[Piece], concords: Concords) -> bool:
    if not after or (len(after) > 1 and after[1].kind is Kind.CONTENT):
        return False
    return after[0].kind is Kind.PLACE or after[0].word in concords.places


def _settle_move(atoms: list[Piece], move: int, concords: Concords) -> None:
    taken = move - 1
    while taken >= 0 and atoms[taken].word not in concords.takes:
        if atoms[taken].kind in _SENTENCE_ENDS:
            return
        taken -= 1
    if taken < 0:
        return
    atoms[taken].kind, atoms[taken].value, atoms[taken].lexeme = Kind.VERB, "transfer", _MOVED
    atoms[move].kind = Kind.TO
    out = move - 1
    while out > taken and atoms[out].kind in _BETWEEN_MOVES:
        atoms[out].kind = Kind.FILLER
        out -= 1
    if out <= taken or not _is_place(atoms[out : out + 1], concords):
        return
    origin, before = atoms[out], atoms[out - 1]
    origin.kind = Kind.CONTENT
    if before.kind in (Kind.TO, Kind.FROM):
        before.kind = Kind.FROM
    else:
        atoms.insert(out, Piece(Kind.FROM, "", origin.start, origin.start))


def _insert_whither(atoms: list[Piece], verb: int, concords: Concords) -> None:
    """ "Ke isitse mahe a 30 storeroom": where to, if nothing else says it."""
    behind = _rest(atoms, verb)
    if any(atom.kind is Kind.TO for atom in behind):
        return
    for place, atom in enumerate(behind[1:], start=verb + 2):
        if atoms[place - 1].kind is not Kind.FROM and _is_place(atoms[place : place + 2], concords):
            atom.kind = Kind.CONTENT
            atoms.insert(place, Piece(Kind.TO, "", atom.start, atom.start))
            return


def _settle_day(number: Piece) -> None:
    """ "Ka la 20" is the 20th."""
    if number.kind is Kind.NUMBER and number.number is not None:
        number.kind, number.value = Kind.ORDINAL, f"{number.number:f}"


def _is_deed(after: Sequence[Piece]) -> bool:
    return bool(after) and after[0].kind in _DEEDS


def _settle_receiver(atoms: list[Piece], place: int) -> None:
    """ "Yoghurt tse 12 re di kgutliseditse Clover": whom the goods went to, by a name behind."""
    name, then = [*atoms[place + 1 : place + 3], None, None][:2]
    if name is None or name.kind is not Kind.CONTENT or name.lexeme or not name.text.istitle():
        return
    if then is not None and then.kind not in _SENTENCE_ENDS:
        return
    for before in reversed(atoms[:place]):
        if before.kind in _ENDS:
            return
        if before.kind is Kind.NUMBER:
            name.kind = Kind.THEY
            return


def _settle_found(atoms: list[Piece], place: int) -> None:
    """ "Ha ke bala ke fumana mahe a 6": what was found in counting was counted."""
    for before in reversed(atoms[:place]):
        if before.kind in _SENTENCE_ENDS:
            return
        if before.kind is Kind.VERB:
            if before.value == "count":
                atoms[place].value, atoms[place].lexeme = "count", _COUNTED
            return


def _settle_shop(atoms: list[Piece], place: int) -> None:
    """Where somebody bought is from where: "o rekile bohobe ho rona", "… lebenkeleng la ka"."""
    for at in range(place + 1, len(atoms)):
        atom = atoms[at]
        if atom.kind in _SENTENCE_ENDS or atom.kind in _DEEDS:
            return
        after = atoms[at + 1] if at + 1 < len(atoms) else None
        if atom.kind is Kind.TO and atom.value == "at":
            atom.kind = Kind.FROM
        elif after is None:
            return
        elif atom.kind is Kind.PLACE and after.value == "whose":
            atom.kind, after.kind = Kind.FROM, Kind.SELF
        elif atom.value == "here" and after.kind is Kind.PLACE:
            atom.kind = Kind.FROM


def _find_shop(atoms: list[Piece], place: int, concords: Concords) -> None:
    """ "Ke rekile ditapole Fresh Mart ka R120": where, by its name."""
    for at in range(place + 2, len(atoms)):
        name = atoms[at]
        if name.word in concords.shops and name.kind is Kind.CONTENT and name.text[0].isupper():
            name.kind, name.value = Kind.PARTY, "supplier"
            while atoms[at - 1].text.istitle() and at - 1 > place:
                at -= 1
                atoms[at].kind = Kind.FILLER
            return


def _find_subject(
    atoms: list[Piece], place: int, concords: Concords, known: Collection[str]
) -> None:
    """ "Bana ba sekolo ba rekile": names before a concord and its verb are who acted."""
    verb, concord = atoms[place], atoms[place - 1]
    if concord.kind not in _CONCORDS or verb.value == "sell":
        return  # "Thandi o rekisitse": hers or ours?
    if verb.lexeme and verb.lexeme.person == "thing":
        return
    person = concord.word in concords.persons
    if not person and not (concord.word in concords.groups and verb.value in _GROUP_DEEDS):
        return
    first = place - 1
    while first and atoms[first - 1].kind in _SUBJECTS and atoms[first - 1].word not in known:
        first -= 1
    named = [atom for atom in atoms[first : place - 1] if atom.kind is Kind.CONTENT]
    if not named or (first and atoms[first - 1].kind in (Kind.CONTENT, Kind.NUMBER, Kind.SIZE)):
        return
    if not any(atom.kind in (Kind.CONTENT, Kind.UNIT) for atom in _rest(atoms, place)):
        return
    for atom in (*named, concord):
        atom.kind = Kind.THEY


def _rest(atoms: Sequence[Piece], place: int) -> Sequence[Piece]:
    end = place + 1
    while end < len(atoms) and atoms[end].kind not in _ENDS:
        end += 1
    return atoms[place + 1 : end]


def _drop_relatives(atoms: list[Piece], concords: Concords) -> None:
    """ "… tseo a di rekileng maobane" only says which, where another verb tells what happened."""
    for place, atom in enumerate(atoms):
        if atom.kind is Kind.VERB and atom.word.split()[0] in concords.relatives:
            _drop_relative(atoms, place, place + 1)
            continue
        if atom.word not in concords.relatives:
            continue
        end = place + 1
        while end < len(atoms) and end - place < _LONGEST_RELATIVE:
            if atoms[end].kind not in _RELATIVE:
                break
            if _ends_relative(atoms[end], concords):
                _drop_relative(atoms, place, end + 1)
                break
            end += 1


def _ends_relative(atom: Piece, concords: Concords) -> bool:
    told = atom.kind in (Kind.VERB, Kind.CONTENT, Kind.INTENT)
    return told and atom.word.endswith(concords.relative_end)


def _drop_relative(atoms: list[Piece], start: int, end: int) -> None:
    said = start
    while said and atoms[said - 1].kind not in _SENTENCE_ENDS:
        said -= 1
    rest = end
    while rest < len(atoms) and atoms[rest].kind not in _SENTENCE_ENDS:
        rest += 1
    if not any(atom.kind in _DEEDS for atom in (*atoms[said:start], *atoms[end:rest])):
        return
    if end < len(atoms) and atoms[end].kind is Kind.DATE:
        end += 1
    for atom in atoms[start:end]:
        atom.kind = Kind.FILLER
