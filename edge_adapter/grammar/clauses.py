"""Pieces to clauses: one verb, its subject and its items each, in the order they were written."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from edge_adapter.grammar.lexemes import Kind
from edge_adapter.grammar.lexicon import lexicon

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edge_adapter.grammar.pieces import Piece

_SENTENCE_ENDS = frozenset((Kind.LINE, Kind.STOP, Kind.ASK))
_JOINTS = frozenset((Kind.COMMA, Kind.AND, Kind.BREAK))
_CARRYING = _JOINTS | {Kind.LINE}
_WAITING = frozenset(("have", "exist", "exist_ours"))  # "het ons" may begin a question
_HEADS = frozenset((Kind.VERB, Kind.REASON, Kind.LEFT))
_MATTER = frozenset((Kind.CONTENT, Kind.NUMBER, Kind.SIZE, Kind.MONEY, Kind.UNIT, Kind.PACK))
_NAMING = frozenset((Kind.CONTENT, Kind.UNIT))
_AUXILIARIES = frozenset(("own_use", "have"))
_MOVES = ("open", "transfer")  # "took 3 cases from the shop and put them in the storeroom"
_VERBS = frozenset((Kind.VERB, Kind.REASON))
_AMOUNTS = frozenset((Kind.NUMBER, Kind.SIZE, Kind.MONEY, Kind.PACK))
_ACTORS = frozenset((Kind.SELF, Kind.THEY, Kind.PARTY))
_PREPOSITIONS = frozenset((Kind.TO, Kind.FROM, Kind.BY, Kind.FOR))
_TOWARDS = frozenset((Kind.TO, Kind.FROM))
_BEFORE_VERBS = _ACTORS | {Kind.QUERY}  # "sold 3 coke to Sipho, who bought 2 bread"
_TELLING = frozenset((Kind.COPULA, Kind.WAS))
_ABOUT = frozenset((Kind.THEY, Kind.PARTY, Kind.SELF, Kind.PLACE))
_TALKING = frozenset((Kind.FILLER, Kind.ARTICLE, Kind.DATE, Kind.GREETING, Kind.LAST))
_LEADERS = frozenset(
    (
        Kind.FILLER,
        Kind.GREETING,
        Kind.SELF,
        Kind.LINK,
        Kind.ARTICLE,
        Kind.COPULA,
        Kind.INTENT,
        Kind.TO,
    )
)


@dataclass(slots=True)
class Clause:
    """`joint` is what stood before it, if anything; `asked` that it is (part of) a question;
    `actor` who acted in the clause before ("a client came and bought 3 coke"); `lead` what stood
    before the goods of that clause, if its verb was still to come ("sy het by ons 3 coke en 2 brood
    gekoop"); `tail` from or to whom its list ends ("returned 3 bread and 2 milk to Albany").
    """

    pieces: list[Piece] = field(default_factory=list)
    joint: Piece | None = None
    asked: bool = False
    actor: Piece | None = None
    lead: Sequence[Piece] = ()
    tail: Sequence[Piece] = ()

    @property
    def kinds(self) -> set[Kind]:
        """The kinds of its pieces as they are now: some change while a clause is read."""
        return {piece.kind for piece in self.pieces}

    def joined_by(self, kind: Kind) -> bool:
        return self.joint is not None and self.joint.kind is kind

    def has(self, *kinds: Kind) -> bool:
        for piece in self.pieces:  # noqa: SIM110 (a generator would cost more than all the rest)
            if piece.kind in kinds:
                return True
        return False

    def of(self, *kinds: Kind) -> list[Piece]:
        return [piece for piece in self.pieces if piece.kind in kinds]


def names_before_verb(clause: Clause) -> int:
    """How many pieces in front of the verb only name someone: "Sipho sold 3 coke", "die coke lorrie
    was hier".
    """
    named = titled = False
    for place, piece in enumerate(clause.pieces):
        if piece.kind in _VERBS:
            came = piece.lexeme is not None and piece.lexeme.person == "came"
            came = came or (titled and piece.value == "deliver")
            return place if named and (came or _names(clause.pieces[place:])) else 0
        titled = titled or piece.kind in _ACTORS
        if piece.kind in _AMOUNTS or piece.kind in _PREPOSITIONS:
            return 0
        named = named or piece.kind is Kind.CONTENT
    return 0


def _names(pieces: Iterable[Piece]) -> bool:
    return any(piece.kind is Kind.CONTENT for piece in pieces)


def clauses(pieces: Sequence[Piece]) -> list[Clause]:
    """Cut at lines, sentences, commas and "and", then wherever another day or verb starts."""
    found: list[Clause] = []
    sentence: list[Clause] = []
    clause = Clause()
    for piece in pieces:
        if piece.kind in _SENTENCE_ENDS:
            sentence.append(clause)
            _mark_question(sentence, ended_by_question=piece.kind is Kind.ASK)
            found += sentence
            sentence, clause = [], Clause(joint=piece)
        elif piece.kind in _JOINTS:
            sentence.append(clause)
            clause = Clause(joint=piece)
        else:
            clause.pieces.append(piece)
    sentence.append(clause)
    _mark_question(sentence, ended_by_question=False)
    found += sentence
    parts = [
        part
        for clause in found
        if clause.pieces
        for of_day in _by_day(clause)
        for part in _by_verb(of_day)
    ]
    if len(parts) > 1:
        _hush(parts)
    for before, part in pairwise(parts):
        if part.joint is None or part.joint.kind not in _CARRYING:
            continue
        part.lead = _lead_of(before)
        inherits = part.joint.kind in _JOINTS and (
            part.joint.kind is not Kind.COMMA or not _matters(before.pieces)
        )
        if part.lead or inherits:
            part.actor = _actor_of(before) or before.actor
            if not part.has(*_HEADS):
                before.tail = _tail_of(part.pieces)
    return parts


def _hush(parts: Sequence[Clause]) -> None:
    """Pass over what is only told beside the goods: "sold 12 beers, the people are thirsty"; but
    "you are the owner now" claims what nobody should book by.
    """
    talk = [part for part in parts if _is_talk(part)]
    talk += [before for before, part in pairwise(parts) if _is_heading(before, part)]
    if talk and any(piece.kind in _AMOUNTS for part in parts for piece in part.pieces):
        for part in talk:
            for piece in part.pieces:
                if piece.kind is Kind.CONTENT:
                    claims = piece.word.startswith(lexicon().authority)
                    piece.kind = Kind.HEDGE if claims else Kind.FILLER


def _is_heading(clause: Clause, below: Clause) -> bool:
    """ "Thabo's sales today:" over a list names none of its goods."""
    if not below.joined_by(Kind.LINE) or below.has(*_HEADS) or not below.has(*_AMOUNTS):
        return False
    if clause.has(*_AMOUNTS) or not clause.has(Kind.CONTENT):
        return False
    heads = clause.of(Kind.VERB)
    if not heads or any(head.lexeme is None or head.lexeme.reading != "noun" for head in heads):
        return False
    goods = lexicon().nouns
    return all(
        piece.lexeme is None and piece.word not in goods for piece in clause.of(Kind.CONTENT)
    )


def _is_talk(clause: Clause) -> bool:
    """Somebody and something about him, or what something was like: no number, no word for what
    is done with goods, none of goods that we know, no question, no wish, no denial.
    """
    words = told = about = 0
    for piece in clause.pieces:
        kind = piece.kind
        if kind is Kind.CONTENT:
            if piece.lexeme is not None or piece.word in lexicon().nouns:
                return False
            words += 1
        elif kind in _TELLING:
            told += words or about
        elif kind in _ABOUT:
            about += 1 if piece.value or kind is Kind.SELF else 2  # a pronoun says it all
        elif kind not in _TALKING:
            return False
    return words > 0 and not clause.asked and (told > 0 or words + about > 2)


def _tail_of(pieces: list[Piece]) -> Sequence[Piece]:
    """What a list ends with, from its first preposition of a party on."""
    for place, piece in enumerate(pieces):
        if piece.kind in _TOWARDS:
            return pieces[place:]
    return ()


def _actor_of(clause: Clause) -> Piece | None:
    """Who a clause starts with, if anybody."""
    for piece in clause.pieces:
        if piece.kind in _ACTORS:
            return piece
        if piece.kind not in _LEADERS:
            return None
    return None


def _lead_of(clause: Clause) -> Sequence[Piece]:
    """What stands before the goods of a clause that has no verb yet but an auxiliary."""
    if any(piece.kind in _HEADS and piece.value != "have" for piece in clause.pieces):
        return ()
    if not any(piece.value in _WAITING for piece in clause.pieces):
        return clause.lead
    goods = [place for place, piece in enumerate(clause.pieces) if piece.kind in _AMOUNTS]
    return clause.pieces[: goods[0]] if goods else ()


def _mark_question(sentence: list[Clause], *, ended_by_question: bool) -> None:
    """A question starts at its question word; without one, a question mark makes all of it one."""
    asked = False
    for clause in sentence:
        asked = asked or _opens_question(clause)
        clause.asked = asked
    if ended_by_question and not asked:
        for clause in sentence:
            clause.asked = True


def _opens_question(clause: Clause) -> bool:
    leading = True
    goes_on = clause.joined_by(Kind.BREAK)  # "toe het ons 3 brood verkoop"
    for piece in clause.pieces:
        asks = piece.kind is Kind.COPULA and piece.value != "now" and piece is not clause.pieces[-1]
        if asks and leading and clause.has(Kind.FINISHED, Kind.LEFT):
            return True  # "is the milk finished", not "now the milk is finished"
        if piece.lexeme is not None and piece.lexeme.reading == "asked":
            return True
        if goes_on and piece.value == "exist_ours":
            continue
        if piece.kind is Kind.QUERY and (leading or piece.value in ("many", "much", "cost", "why")):
            return True
        leading = leading and piece.kind in _LEADERS
    return False


def _by_day(clause: Clause) -> list[Clause]:
    """Cut "yesterday 3 bread today 4", "3 bread yesterday 4 today": each day with its goods."""
    if clause.asked or not clause.has(Kind.DATE):
        return [clause]
    pieces = clause.pieces
    days = [place for place, piece in enumerate(pieces) if piece.kind is Kind.DATE]
    if len({pieces[day].value for day in days}) < 2:
        return [clause]
    if _matters(pieces[: days[0]]):
        cuts = [day + 1 for day, other in pairwise(days) if _matters(pieces[day:other])]
    else:
        ends = (*days[2:], len(pieces))
        cuts = [
            day
            for before, day, end in zip(days, days[1:], ends, strict=False)
            if _matters(pieces[before:day]) and _matters(pieces[day:end])
        ]
    return _parts(clause, cuts)


def _by_verb(clause: Clause) -> list[Clause]:
    """Cut "sold 3 coke got 10 bread", "3 coke sold 10 bread received", "got 10 bread 2 broken"."""
    pieces = clause.pieces
    heads = [
        place
        for place, piece in enumerate(pieces)
        if piece.kind in _HEADS and piece.value not in _AUXILIARIES
    ]
    if len(heads) < 2 or clause.asked:
        return [clause]
    matter = [place for place, piece in enumerate(pieces) if piece.kind in _MATTER]
    if not matter:
        return [clause]
    cuts = (
        _cuts_before(pieces, heads) if heads[0] < matter[0] else _cuts_after(pieces, heads, matter)
    )
    return _parts(clause, cuts)


def _parts(clause: Clause, cuts: Sequence[int]) -> list[Clause]:
    if not cuts:
        return [clause]
    bounds = [0, *cuts, len(clause.pieces)]
    return [
        Clause(clause.pieces[start:end], None if start else clause.joint, clause.asked)
        for start, end in pairwise(bounds)
    ]


def _cuts_before(pieces: Sequence[Piece], heads: Sequence[int]) -> list[int]:
    """Places to cut where verbs come first."""
    cuts: list[int] = []
    for last, head, following in zip(heads, heads[1:], (*heads[2:], len(pieces)), strict=False):
        between = pieces[last + 1 : head]
        if not _matters(between):
            continue
        if pieces[head].kind is Kind.VERB:
            moves = (pieces[last].value, pieces[head].value) == _MOVES
            if moves or not _matters(pieces[head:following]):
                continue
            cut = head
            while pieces[cut - 1].kind in _BEFORE_VERBS:
                cut -= 1
            cuts.append(cut)
            continue
        cut = head
        while pieces[cut - 1].kind in (Kind.UNIT, Kind.COPULA, Kind.WAS, Kind.FILLER):
            cut -= 1
        number = pieces[cut - 1]
        if (
            number.kind is Kind.NUMBER
            and not number.follows
            and _matters(pieces[last + 1 : cut - 1])
        ):
            cuts.append(cut - 1)
        elif pieces[head].kind is Kind.LEFT and _next_is_number(pieces, head):
            cuts.append(head)
    return cuts


def _cuts_after(pieces: Sequence[Piece], heads: Sequence[int], matter: Sequence[int]) -> list[int]:
    """Places to cut where verbs come last: behind each verb of goods that is followed by more.

    "6 mouldy bread sent back" has no goods before "mouldy" and is one.
    """
    cuts: list[int] = []
    for head, following in pairwise(heads):
        named = any(
            pieces[place].kind in _NAMING for place in matter if (cuts or [0])[-1] <= place < head
        )
        if named and any(head < place < following for place in matter):
            cuts.append(head + 1)
    return cuts


def _matters(pieces: Iterable[Piece]) -> bool:
    return any(piece.kind in _MATTER for piece in pieces)


def _next_is_number(pieces: Sequence[Piece], place: int) -> bool:
    return place + 1 < len(pieces) and pieces[place + 1].kind is Kind.NUMBER
