"""What happened to the stock: verb, subject and reason to one action, or a direction left open.

Buying and selling differ by who acts, and in four of five languages by a syllable. So a direction
is taken only from a form that the word lists hold, and only where the subject agrees with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from edge_adapter.grammar.clauses import names_before_verb
from edge_adapter.grammar.lexemes import Kind
from edge_adapter.grammar.lexicon import lexicon

if TYPE_CHECKING:
    from collections.abc import Set

    from edge_adapter.grammar.clauses import Clause
    from edge_adapter.grammar.pieces import Piece

OPEN = "unknown"
_SETTINGS = {
    "price": "set_price",
    "selling_price": "set_price",
    "reorder_level": "set_reorder_level",
    "new_product": "add_product",
    "stock": "count",
    "pack": "set_pack",
}
_HEADS = frozenset((Kind.VERB, Kind.REASON))
_MOST_VERBS = 8  # in one clause; what holds more is no sentence
_PREPOSITIONS = frozenset((Kind.TO, Kind.FROM, Kind.BY, Kind.FOR))
_WHENCE = frozenset((Kind.TO, Kind.FROM, Kind.BY))
_PERSONS = frozenset((Kind.SELF, Kind.THEY))
_SOMEBODY = frozenset((Kind.CONTENT, Kind.PARTY, Kind.THEY))
_RETURNS = frozenset(("return", "return_in", "return_out", "take_back"))
_BRINGERS = frozenset((Kind.PARTY, Kind.THEY))
_BUYERS = frozenset(("buyer", "caller", "outsider"))
_OTHERS = frozenset(("customer", "buyer", "household", "other"))
_FETCHING = ({"buy"}, {"receive"}, {"open"})
_COUNTED = [Kind.NUMBER]
_FRONT = frozenset((Kind.DATE, Kind.FILLER, Kind.GREETING))
_PASSED = frozenset((Kind.FILLER, Kind.ARTICLE))
_GOING = frozenset((Kind.TO, Kind.FROM, Kind.BY, Kind.PARTY, Kind.THEY, Kind.SELF, Kind.PLACE))
_MATTER = frozenset((Kind.CONTENT, Kind.NUMBER, Kind.SIZE, Kind.MONEY))


class Deed(NamedTuple):
    """`blocked` says why it must not be booked, `doubt` why it should be asked about first.

    A `heading` stands over a list ("Sales:"); without a list it asks for that report. `takes` says
    that something left, whoever for, `trails` that the verb came after its items, `awaits` that it
    may be an auxiliary whose verb comes later, `exact` that no typo was mended to read it, `owed`
    what it is if it was "on the book".
    """

    action: str
    reason: str = ""
    blocked: str = ""
    doubt: str = ""
    heading: str = ""
    takes: bool = False
    trails: bool = False
    awaits: bool = False
    exact: bool = True
    owed: str = ""


def deed_of(clause: Clause) -> Deed | None:
    """What a clause says was done; None where it has no verb of its own."""
    pieces, kinds = clause.pieces, clause.kinds
    main, reasons = _heads(clause)
    blocked = _blocked(clause, kinds, main + reasons)
    if not main and not reasons and Kind.LEFT not in kinds:
        return _setting(clause, kinds, blocked) or (
            Deed(OPEN, blocked=blocked) if blocked else None
        )
    action, reason = _action(clause, kinds, main, reasons)
    heads = main or reasons or clause.of(Kind.LEFT)
    first = heads[0]
    return Deed(
        action,
        reason,
        blocked,
        "not_done" if any(_is_unfinished(clause, head, action) for head in heads) else "",
        _heading(first),
        action == OPEN and {head.value for head in heads} == {"open"} and Kind.CREDIT not in kinds,
        pieces.index(first) > _first_matter(pieces),
        _reading(first) == "auxiliary" and Kind.LEFT not in kinds,
        all(head.lexeme for head in heads),
        _on_credit(clause, main, reason) if action == OPEN and main else "",
    )


def blocked_by(clause: Clause) -> str:
    """Why a clause must not be booked: `negated`, `intended`, `question`; empty if it may be."""
    main, reasons = _heads(clause)
    return _blocked(clause, clause.kinds, main + reasons)


def _heads(clause: Clause) -> tuple[list[Piece], list[Piece]]:
    """The verbs and the reasons. "have" is only a verb where there is no other and no reason."""
    heads = [piece for piece in clause.pieces if piece.kind in _HEADS]
    if not heads:
        return [], []
    verbs = [head for head in heads if head.kind is Kind.VERB]
    reasons = [head for head in heads if head.kind is Kind.REASON]
    main = [verb for verb in verbs if verb.value != "have"]
    return main or ([] if reasons else verbs[:1]), reasons


def _heading(head: Piece) -> str:
    if head.kind is Kind.LEFT:
        return "stock"
    if head.kind is Kind.VERB and _reading(head) == "noun":
        return {"sell": "sales", "count": "stocktake"}.get(head.value, "list")
    return ""


def _reading(piece: Piece) -> str:
    return piece.lexeme.reading or "done" if piece.lexeme else "done"


def _is_unfinished(clause: Clause, head: Piece, action: str) -> bool:
    """Going on now, or an order to buy or bring: perhaps a wish. An order to sell is how some book,
    what goes on over a list was done, a customer who "buys" has bought, as have we who "buy from
    Makro" or "buy today"; who "bring 5 bread today" brought them.
    """
    match _reading(head), head.value:
        case "ongoing", _:
            place = clause.pieces.index(head)
            beside = [piece.kind for piece in clause.pieces[max(place - 1, 0) : place + 2]]
            past = Kind.DATE in clause.kinds and Kind.WAS in beside[:1]
            return Kind.LINK not in beside[1:] and not past
        case "order", "buy" if action != "sell":
            own = clause.has(Kind.FROM, Kind.DATE) and _subject(clause, head) == "own"
            return not own and not _is_paid(clause)
        case "order", "deliver":
            return Kind.DATE not in clause.kinds
    return False


def _is_paid(clause: Clause) -> bool:
    """ "Purchase 10 kg carrots R80 total", and no "please"."""
    paid = clause.has(Kind.TOTAL) or (clause.has(Kind.FOR) and clause.has(Kind.MONEY))
    return paid and all(piece.value != "please" for piece in clause.pieces)


def _first_matter(pieces: list[Piece]) -> int:
    for place, piece in enumerate(pieces):
        if piece.kind in _MATTER:
            return place
    return len(pieces)


def _blocked(clause: Clause, kinds: Set[Kind], verbs: list[Piece]) -> str:
    readings = {_reading(verb) for verb in verbs}
    if Kind.NOT in kinds or "denied" in readings:
        return "negated"
    if Kind.INTENT in kinds or Kind.FUTURE in kinds or "intended" in readings:
        return "intended"
    return "question" if clause.asked else ""


def _setting(clause: Clause, kinds: Set[Kind], blocked: str) -> Deed | None:
    topics = [topic.value for topic in clause.of(Kind.TOPIC)]
    for topic in topics:
        if topic == "stock" and _party_after(clause, Kind.FROM):
            return Deed("receive", blocked=blocked, heading="list")
        if topic == "stock" and (Kind.BY in kinds or _counts_next(clause)):
            return Deed(OPEN, blocked=blocked)  # "increase stock by 10", "stock 10 bread"
        if action := _SETTINGS.get(topic):
            return Deed(action, blocked=blocked, heading=topic)
    if _is_shelf(clause):
        return Deed("count", blocked=blocked, heading="list")
    if Kind.MONEY not in kinds or Kind.NUMBER in kinds or Kind.FOR in kinds:
        return None
    if "setting" in topics or (Kind.COPULA in kinds and Kind.AT not in kinds):
        return Deed("set_price", blocked=blocked)
    return None


def _counts_next(clause: Clause) -> bool:
    """Does a number follow the topic at once? "Stock 10 bread" may well be a wish."""
    pieces = clause.pieces
    place = next(place for place, piece in enumerate(pieces) if piece.kind is Kind.TOPIC)
    after = pieces[place + 1 : place + 3]
    return [piece.kind for piece in after] == [Kind.NUMBER, Kind.CONTENT]


def _is_shelf(clause: Clause) -> bool:
    """ "In the fridge: 12 coke": a place heads what is there."""
    place = None
    for piece in clause.pieces:
        if place is not None:
            return piece.kind is Kind.LINK and piece.text == ":"
        if piece.kind is Kind.PLACE:
            place = piece
        elif piece.kind not in (Kind.FILLER, Kind.ARTICLE):
            return False
    return False


def _action(
    clause: Clause, kinds: Set[Kind], verbs: list[Piece], reasons: list[Piece]
) -> tuple[str, str]:
    """The action, and for losses and returns the reason."""
    actions = {verb.value for verb in verbs}
    why = reasons[0].value if reasons else ""
    if Kind.CREDIT in kinds:
        unpaid = any(piece.value == "unpaid" for piece in clause.of(Kind.CREDIT))
        return OPEN if unpaid else _on_credit(clause, verbs, why), ""
    if Kind.LEFT in kinds:
        if bringer := _bringer(clause):
            return ("receive" if bringer.value == "supplier" else OPEN), ""
        if not verbs and clause.actor and clause.actor.value == "supplier":
            return OPEN, ""  # "the truck was here and 3 cases left": on the shelf, or by them?
        counts = actions <= {"have", "receive", "count"} and not why and _is_of_stock(clause)
        return ("count" if counts else OPEN), ""
    actors = [*clause.of(Kind.THEY), *([clause.actor] if clause.actor else [])]
    if not verbs or actions == {"write_off"}:
        eaten = why == "own_use" and any(piece.value == "cause" for piece in actors)
        return "write_off", "damaged" if eaten else why or "other"
    if actions == {"open", "transfer"}:
        return "transfer", why  # "ngisuse ama-coke e-shop ngawafaka e-storeroom"
    if len(actions) > 1:
        if len(verbs) > _MOST_VERBS:
            return OPEN, ""
        said = {_DIRECTIONS.get(verb.value, _as_named)(clause, verb) for verb in verbs}
        return (said.pop() if len(said) == 1 and not why else OPEN), ""
    verb, action = verbs[0], verbs[0].value
    if action == "open" and any(piece.value == "thief" for piece in actors):
        return "write_off", "stolen"
    if why and action not in _RETURNS:
        return ("write_off", why) if action == "open" and not clause.has(Kind.TO) else (OPEN, "")
    return _DIRECTIONS.get(action, _as_named)(clause, verb), why


def _on_credit(clause: Clause, verbs: list[Piece], why: str) -> str:
    """What others take "on the book" is sold, what we do is received."""
    if why or len(verbs) != 1:
        return OPEN
    verb = verbs[0]
    match verb.value, _subject(clause, verb):
        case "sell", _:
            return _sell(clause, verb)
        case "open", subject if _reading(verb) == "taken":
            return "sell" if subject in _OTHERS or subject == "named" else OPEN
        case "buy", subject if subject != "supplier" and not _party_after(clause, Kind.FROM):
            return {"": OPEN, "own": "receive"}.get(subject, "sell")
        case "buy" | "receive" | "deliver", _:
            return _DIRECTIONS[verb.value](clause, verb)
    return OPEN


def _bringer(clause: Clause) -> Piece | None:
    """Who "left 20 bread": brought or forgot them, and no count."""
    kinds = [piece.kind for piece in clause.pieces]
    place = kinds.index(Kind.LEFT)
    if kinds[place + 1 : place + 2] != _COUNTED:
        return None
    before = clause.pieces[place - 1] if place else clause.actor
    return before if before and before.kind in _BRINGERS else None


def _is_of_stock(clause: Clause) -> bool:
    return all(topic.value == "stock" for topic in clause.of(Kind.TOPIC))


def _as_named(_clause: Clause, verb: Piece) -> str:
    return verb.value


def _have(clause: Clause, verb: Piece) -> str:
    """What others have is not on our shelf: "the truck has 20 bread"."""
    before = clause.pieces[: clause.pieces.index(verb)]
    others = any(
        piece.kind in _BRINGERS and not _is_governed(before[:place])
        for place, piece in enumerate(before)
    )
    return OPEN if others else "count"


def _open(clause: Clause, verb: Piece) -> str:
    """What we take from a supplier comes in, what a customer takes is bought, what goes from one of
    our places to another is moved; where else it goes nobody can tell.
    """
    if _is_between_places(clause.pieces):
        return "transfer"
    if _reading(verb) != "taken":
        return OPEN
    subject = _subject(clause, verb)
    if subject in ("", "own") and _party_after(clause, Kind.FROM) == "supplier":
        return "receive"
    return "sell" if subject == "customer" and not clause.has(Kind.TO, Kind.FROM) else OPEN


def _is_between_places(pieces: list[Piece]) -> bool:
    """ "Vat 10 coke van die stoor na die yskas"."""
    ends = []
    for place, piece in enumerate(pieces):
        if piece.kind in (Kind.FROM, Kind.TO):
            behind = [one for one in pieces[place + 1 :] if one.kind not in _PASSED][:1]
            if behind and behind[0].kind is Kind.PLACE and _closes(pieces, behind[0]):
                ends.append(piece.kind)
    return {Kind.FROM, Kind.TO} <= set(ends)


def _go(clause: Clause, _verb: Piece) -> str:
    """Goods that "went" were sold, where nobody else went, nor they to anybody: "zihambile"."""
    return OPEN if clause.has(*_GOING) or clause.actor else "sell"


def _subject(clause: Clause, verb: Piece) -> str:
    """Who acts: `own`, `customer`, `supplier`, `buyer` (somebody who comes to a shop to buy),
    `household`, `other`, `named` (an unknown word) or nobody.
    """
    before = [*clause.lead, *clause.pieces[: clause.pieces.index(verb)]]
    for place, piece in enumerate(before):
        if piece.kind is Kind.PARTY and not _is_governed(before[:place]):
            return piece.value
    somebody = ""
    for place in range(len(before) - 1, -1, -1):
        piece = before[place]
        if piece.kind in _PERSONS and (
            piece.value == "to" or _is_governed(before[:place], _WHENCE)
        ):
            continue  # "sy het by ons 4 coke gekoop"
        if piece.kind is Kind.SELF or piece.value == "exist_ours":
            return somebody or "own"
        if piece.kind is Kind.QUERY:
            return "other"
        if piece.kind is Kind.THEY:  # of "bomme ba rekile" the noun says who
            somebody = _role(piece)
            if somebody != "other":
                ours = verb.lexeme is not None and verb.lexeme.person == "own"
                return "other" if ours else somebody
    if somebody:  # "a man came, he bought 3 coke"
        return _role(clause.actor) if clause.actor else somebody
    person = verb.lexeme.person if verb.lexeme else ""
    if person:
        customers = [piece for piece in clause.of(Kind.PARTY) if piece.value == "customer"]
        return "customer" if customers and person == "other" else person
    if names_before_verb(clause) or any(piece.kind is Kind.CONTENT for piece in clause.lead):
        return "named"
    actor = clause.actor
    if actor is None or verb.value == "sell":
        return ""
    return "own" if actor.kind is Kind.SELF else _role(actor)


def _role(person: Piece) -> str:
    """Who somebody else is to the shop."""
    if person.kind is Kind.PARTY:
        return person.value
    if person.value in _BUYERS:
        return "buyer"
    return "household" if person.value == "household" else "other"


def _is_governed(before: list[Piece], prepositions: Set[Kind] = _PREPOSITIONS) -> bool:
    """Does a preposition stand in front ("from the supplier")?"""
    for piece in reversed(before):
        if piece.kind in prepositions:
            return True
        if piece.kind not in (Kind.ARTICLE, Kind.FILLER):
            return False
    return False


def _party_after(clause: Clause, *prepositions: Kind) -> str:
    """Which party follows one of the prepositions, "named" for any other word, "" for none."""
    pieces = [*clause.lead, *clause.pieces, *clause.tail]
    for place, piece in enumerate(pieces[:-1]):
        if piece.kind in prepositions:
            for after in pieces[place + 1 :]:
                if after.kind is Kind.PARTY:
                    return after.value
                if after.kind in (Kind.SELF, Kind.THEY):
                    return after.kind
                if after.kind is Kind.PLACE and after.value != "inner" and _closes(pieces, after):
                    return "self"
                if after.kind is Kind.CONTENT:
                    return "named"
                if after.kind not in (Kind.FILLER, Kind.ARTICLE):
                    break
    return ""


def _is_inverted(clause: Clause, verb: int) -> bool:
    """ "Vandag verkoop ek 3 brood": a subject behind its verb, since a day stands in front."""
    if clause.pieces[verb + 1].value != "subject":
        return False
    front = {piece.kind for piece in clause.pieces[:verb]}
    return front <= _FRONT and (Kind.DATE in front or clause.joined_by(Kind.BREAK))


def _is_for_us(before: list[Piece]) -> bool:
    """ "Albany het ons 3 brood verkoop": somebody, an auxiliary, then us."""
    for place, piece in enumerate(before[1:], start=1):
        after = before[place + 1 : place + 2]
        inverted = piece.kind is Kind.VERB and bool(after) and after[0].kind is Kind.SELF
        if inverted or piece.value == "exist_ours":
            front = {one.kind for one in before[:place]}
            return bool(front & _SOMEBODY) and Kind.NUMBER not in front  # "3 brood het ek verkoop"
    return False


def _closes(pieces: list[Piece], piece: Piece) -> bool:
    """Does a phrase end here ("to the shop", not "to the shop next door")?"""
    place = pieces.index(piece)
    return all(after.kind is not Kind.CONTENT for after in pieces[place + 1 : place + 2])


def _sell(clause: Clause, verb: Piece) -> str:
    subject = _subject(clause, verb)
    if subject == "supplier":
        return "receive"
    place = clause.pieces.index(verb)
    behind = clause.pieces[place + 1 :]
    sold_to_us = any(
        piece.kind is Kind.SELF
        and (piece.value == "to" or (piece is behind[0] and not _is_inverted(clause, place)))
        for piece in behind
    )
    sold_by_another = _party_after(clause, Kind.BY) in ("they", "supplier")
    if verb.lexeme and verb.lexeme.given and _party_behind(clause, verb) == "supplier":
        return OPEN
    if sold_to_us or sold_by_another or _party_after(clause, Kind.TO) in ("self", "supplier"):
        return OPEN
    passive = place > 0 and clause.pieces[place - 1].kind is Kind.WAS
    if subject == "own" and passive and _reading(verb) != "ongoing":
        return OPEN  # "we were sold 3 bread"
    if any(piece.value == "outsider" for piece in clause.pieces[:place]):
        return OPEN  # "my neighbour sold 5 coke"
    if _is_for_us([*clause.lead, *clause.pieces[:place]]):
        return OPEN
    return OPEN if subject == "customer" else "sell"


def _buy(clause: Clause, verb: Piece) -> str:
    by = _party_after(clause, Kind.BY)
    subject = by or _subject(clause, verb)
    if subject == "customer":
        return "sell"
    from_us = any(piece.value == "to" for piece in clause.of(Kind.SELF))  # "uthenge kum"
    sold_by = "self" if from_us else _party_after(clause, Kind.FROM)
    named = any(piece.value == "customer" for piece in clause.of(Kind.PARTY))
    if named and not subject and sold_by != "customer":
        return OPEN
    if sold_by == "self":
        return "sell" if subject in _OTHERS or subject == "named" else OPEN
    if subject == "buyer" and not sold_by:
        fetches = _party_after(clause, Kind.FOR) == "self"  # "for the shop"
        elsewhere = clause.of(Kind.PARTY) or _party_after(clause, Kind.TO)  # "uthenge ku-Sipho"
        return OPEN if fetches or elsewhere else "sell"
    fetched = {"household": ("supplier", "named"), "named": ("supplier",)}
    if sold_by in fetched.get(subject, ()):
        return "receive"  # fetched for us: "my husband bought 10 bread from Makro"
    to_customer = any(
        piece.value == "customer" and not _is_governed(clause.pieces[:place])
        for place, piece in enumerate(clause.pieces)
        if piece.kind is Kind.PARTY
    )
    if to_customer or _may_be_who(clause, verb):
        return OPEN
    return "receive" if subject in ("own", "self", "") else OPEN


def _may_be_who(clause: Clause, verb: Piece) -> bool:
    """ "Two tourists bought 3 bread": a number before the verb, of no goods we know, and another
    behind it.
    """
    place = clause.pieces.index(verb)
    before, behind = clause.pieces[:place], clause.pieces[place + 1 :]
    if not any(piece.kind is Kind.NUMBER for piece in before):
        return False
    goods = lexicon().nouns
    known = any(
        piece.kind in (Kind.SIZE, Kind.UNIT) or piece.lexeme is not None or piece.word in goods
        for piece in before
        if piece.kind in (Kind.CONTENT, Kind.SIZE, Kind.UNIT)
    )
    return not known and any(piece.kind is Kind.NUMBER for piece in behind)


def _receive(clause: Clause, verb: Piece) -> str:
    subject = _subject(clause, verb)
    if subject == "supplier" and verb.lexeme and verb.lexeme.person == "own":
        return OPEN  # "the driver collected 5 bread"
    if _reading(verb) == "noun" and _party_after(clause, Kind.TO) not in ("", "self", "supplier"):
        return OPEN  # "delivery to school 5 bread"
    if any(piece.value == "inner" for piece in clause.of(Kind.PLACE)):
        return OPEN  # "restocked the fridge with 24 coke": from a supplier, or from the back?
    given_by_us = _party_after(clause, Kind.FROM) == "self" and subject != "own"
    named = any(piece.value == "customer" for piece in (*clause.lead, *clause.pieces))
    if verb.word in lexicon().getting and (
        _may_be_who(clause, verb)
        or (subject == "buyer" and _party_after(clause, Kind.FROM) != "supplier")
    ):
        return OPEN  # "the women got 3 bread"
    return OPEN if named or given_by_us else "receive"


def _deliver(clause: Clause, verb: Piece) -> str:
    """Whoever delivers brings it to us, unless we do, or it goes to somebody, or from one of our
    places to another.
    """
    if _is_between_places(clause.pieces):
        return "transfer"
    customers = any(piece.value == "customer" for piece in (*clause.lead, *clause.pieces))
    if customers or _subject(clause, verb) == "own":
        return OPEN
    return "receive" if _party_after(clause, Kind.TO) in ("", "self") else OPEN


def _take_back(clause: Clause, verb: Piece) -> str:
    """A supplier takes back what we return; we what a customer does, or to whom we bought from."""
    match _subject(clause, verb):
        case "supplier":
            return "return_out"
        case "customer" | "buyer" | "household" | "other":
            return OPEN
    return _return(clause, verb)


def deliverer_of(clause: Clause) -> list[Piece]:
    """The words in front of a verb of delivering, or of buying from us, that name who came, and no
    goods that we know.
    """
    verbs = {verb.value for verb in clause.of(Kind.VERB)} - {"have"}
    if verbs != {"deliver"} and not _is_for_the_shop(clause, verbs):
        return []
    named = clause.pieces[: names_before_verb(clause)]
    came = any(piece.lexeme and piece.lexeme.person == "came" for piece in clause.of(Kind.VERB))
    if came or any(piece.kind in (Kind.THEY, Kind.PARTY) for piece in named):
        return named  # "the coke guy"
    goods = lexicon().nouns
    return [] if any(piece.word in goods for piece in named) else named


def _is_for_the_shop(clause: Clause, verbs: Set[str]) -> bool:
    """Does somebody buy from us or on the book, bring back what its verb says another did ("uSipho
    ubuyise"), or fetch from a supplier what we stock?
    """
    if verbs == {"return"}:
        return any(verb.lexeme and verb.lexeme.person == "other" for verb in clause.of(Kind.VERB))
    if verbs not in _FETCHING:
        return False
    if clause.has(Kind.CREDIT) or _party_after(clause, Kind.FROM) == "supplier":
        return True
    return verbs == {"buy"} and _party_after(clause, Kind.FROM) == "self"


def _return(clause: Clause, verb: Piece) -> str:
    giver = _party_after(clause, Kind.FROM, Kind.BY)
    if giver in ("", "self"):  # "die klant het by ons 3 brood teruggebring"
        giver = _subject(clause, verb) or giver
    taker = _party_after(clause, Kind.TO)
    if verb.lexeme and verb.lexeme.given and not taker:
        taker = _party_behind(clause, verb)
    if giver in _OTHERS and taker in ("", "self"):
        return OPEN if clause.has(Kind.REASON) else "return_in"
    if taker in ("supplier", "named") and giver not in _OTHERS | {"supplier"}:
        return "return_out"
    return OPEN


def _party_behind(clause: Clause, verb: Piece) -> str:
    """The party right behind a verb of giving: "ke kgutliseditse mofani bohobe"."""
    behind = clause.pieces[clause.pieces.index(verb) + 1 :]
    if behind and behind[0].kind is Kind.THEY and behind[0].lexeme is None:
        return "named"
    return behind[0].value if behind and behind[0].kind is Kind.PARTY else ""


_DIRECTIONS = {
    "sell": _sell,
    "buy": _buy,
    "receive": _receive,
    "deliver": _deliver,
    "go": _go,
    "have": _have,
    "open": _open,
    "return": _return,
    "take_back": _take_back,
}
