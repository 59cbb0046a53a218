"""What is said beside the business: who speaks, who came, for whose party, while who was out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from edge_adapter.grammar.lexemes import Kind, Lexeme

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edge_adapter.grammar.lexicon import Lexicon
    from edge_adapter.grammar.pieces import Piece

_ENDS = frozenset((Kind.COMMA, Kind.LINE, Kind.STOP, Kind.ASK, Kind.BREAK, Kind.AND))
_CLOSES = frozenset((Kind.COMMA, Kind.LINE, Kind.STOP, Kind.LINK))
_ASIDE = frozenset(
    (
        Kind.CONTENT,
        Kind.FILLER,
        Kind.SELF,
        Kind.THEY,
        Kind.PARTY,
        Kind.WAS,
        Kind.COPULA,
        Kind.ARTICLE,
        Kind.PLACE,
        Kind.TO,
        Kind.AT,
        Kind.LAST,
        Kind.CORRECT,
    )
)
_INTRODUCES = frozenset(
    (Kind.CONTENT, Kind.THEY, Kind.FILLER, Kind.GREETING, Kind.COMMA, Kind.COPULA, Kind.SELF)
)
_GOODS = frozenset((Kind.CONTENT, Kind.NUMBER, Kind.UNIT, Kind.SIZE))
_NOON = 12
_MIDNIGHT = 24
_DEEDS = frozenset((Kind.VERB, Kind.REASON))
_PAST = frozenset((Kind.WAS, Kind.REASON, Kind.CORRECT))
_MOMENT = _ASIDE | {Kind.REASON, Kind.UNIT}
_DOING = _ASIDE | {Kind.DATE, Kind.UNIT}
_SAID = frozenset((Kind.CONTENT, Kind.CORRECT, Kind.UNIT))
_WHERE = frozenset((Kind.ARTICLE, Kind.FILLER, Kind.CONTENT))
_COUNTED = frozenset((Kind.CONTENT, Kind.UNIT, Kind.SIZE))
_ORDERED = frozenset((Kind.NUMBER, Kind.ARTICLE, Kind.UNIT, Kind.SIZE))
_COUNTING = frozenset((Kind.NUMBER, Kind.UNIT, Kind.SIZE, Kind.OF, Kind.CONTENT))
_FIGURES = frozenset((Kind.NUMBER, Kind.SIZE, Kind.MONEY, Kind.PACK))
_DETERMINES = frozenset((Kind.ARTICLE, Kind.FILLER))
_BEFORE_CALLERS = _ENDS | {Kind.FROM, Kind.BY, Kind.GREETING}
_DELIVER = Lexeme(Kind.VERB, "deliver", "order")
_OPEN = Lexeme(Kind.VERB, "open", "done")
_BOUGHT = Lexeme(Kind.VERB, "buy", "done")
_SENTENCE_ENDS = frozenset((Kind.LINE, Kind.STOP, Kind.ASK))
_ACTORS = frozenset((Kind.SELF, Kind.THEY, Kind.PARTY, Kind.QUERY))
_PREPOSITIONS = frozenset((Kind.TO, Kind.FROM, Kind.BY, Kind.FOR))
_TAKEN = frozenset(
    (
        Kind.AND,
        Kind.ARTICLE,
        Kind.AT,
        Kind.EACH,
        Kind.FOR,
        Kind.MONEY,
        Kind.COMMA,
        Kind.CONTENT,
        Kind.DATE,
        Kind.FILLER,
        Kind.LINKER,
        Kind.NUMBER,
        Kind.OF,
        Kind.SIZE,
        Kind.UNIT,
    )
)
_PAYMENT = frozenset((Kind.MONEY, Kind.EACH, Kind.FILLER, Kind.DATE, Kind.GREETING, Kind.COMMA))
_HAVING = frozenset(("have", "exist_ours", "exist"))  # "het ek" may begin a question
_DUE = frozenset(
    ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "this_month")
)
_VISITORS = frozenset((Kind.THEY, Kind.PARTY))
_BEFORE_TRIPS = frozenset((Kind.FILLER, Kind.SELF, Kind.GREETING, Kind.DATE, Kind.COMMA, Kind.LAST))
_TOLD = frozenset((Kind.VERB, Kind.REASON, Kind.NUMBER, Kind.SIZE, Kind.MONEY, Kind.STOP, Kind.ASK))
_AFTER_TRIPS = _TOLD | {Kind.COMMA, Kind.AND, Kind.BREAK, Kind.LINE}
_BEFORE_DEEDS = frozenset((Kind.THEY, Kind.FILLER))
_JOINTS = _BEFORE_DEEDS | {Kind.AND, Kind.BREAK, Kind.COMMA}
_ADDRESSES = frozenset((Kind.GREETING, Kind.FILLER))
_PAUSES = frozenset((Kind.COMMA, Kind.STOP, Kind.LINE))
_BUYERS = frozenset(("customer", "buyer", "caller", "outsider"))
_BEFORE_NAMES = frozenset((Kind.FILLER, Kind.GREETING, Kind.COMMA, Kind.STOP, Kind.SELF))
_COMING = frozenset(("receive", "deliver"))
_ON_ITS_WAY = frozenset(
    (Kind.FROM, Kind.PARTY, Kind.CONTENT, Kind.DATE, Kind.FILLER, Kind.COPULA, Kind.BY)
)
_ARRIVES = frozenset((Kind.VERB, Kind.LEFT))


def _drop_clause(atoms: list[Piece], place: int, _entries: Lexicon) -> None:
    """ "Sold 4 lays while I was out": names no goods, if it counts and tells nothing. Nor does what
    it was done to: "broke 3 eggs stacking the big crates".
    """
    end = place + 1
    while end < len(atoms) and atoms[end].kind not in _ENDS:
        if atoms[end].kind not in _DOING:
            if atoms[place].value == "doing":
                atoms[place].kind = Kind.CONTENT  # "we were unpacking the 20 bread"
            return
        end += 1
    _silence(atoms[place + 1 : end])


def _drop_hour(atoms: list[Piece], place: int) -> None:
    """ "Ngo-3 ntambama ngidayise …": when, if it is said before anything; else perhaps a price."""
    hour = atoms[place - 1]
    if place < 2 or hour.kind is not Kind.NUMBER or atoms[place - 2].kind is not Kind.WITH:
        return
    if hour.number is None or hour.number > _NOON:
        return
    if any(atom.kind in _GOODS for atom in atoms[: place - 2]):
        hour.number, hour.doubt = None, "time"
    else:
        hour.kind = atoms[place - 2].kind = Kind.FILLER


def _drop_time(atoms: list[Piece], place: int) -> None:
    """ "Om 9 uur vanoggend": no amount of anything."""
    hour = atoms[place - 1] if place else None
    if hour and hour.kind is Kind.NUMBER and hour.number and hour.number <= _MIDNIGHT:
        hour.kind = Kind.FILLER


def _drop_speaker(atoms: list[Piece], place: int, entries: Lexicon) -> None:
    """ "Gogo here. The van brought 10 sugar": who writes, where nothing was said yet."""
    if atoms[place].value == "clock":
        _drop_time(atoms, place)
    elif atoms[place].value == "hour":
        _drop_hour(atoms, place)
    elif atoms[place].value == "owner" and place:
        owned = atoms[place - 1]  # "i-delivery yakwa-Coke ifikile": whose it was
        if owned.kind is Kind.PARTY or owned.value == "receive":
            atoms[place + 1].kind = Kind.FILLER
    _find_person(atoms, place, entries)
    after = atoms[place + 1] if place + 1 < len(atoms) else None
    if atoms[place].value != "here" or after is None or after.kind not in _CLOSES:
        return
    before = atoms[:place]
    if any(atom.word.startswith(entries.authority) for atom in before):
        return
    if all(atom.kind in _INTRODUCES and atom.word not in entries.nouns for atom in before):
        _silence(before)


def _drop_introduction(atoms: list[Piece], place: int, entries: Lexicon) -> None:
    """ "Hi dis Shireen. Verkoop 3 brood": who writes, where nothing was said yet."""
    if any(atom.kind not in _BEFORE_NAMES for atom in atoms[:place]):
        return
    end = place + 1
    while end < len(atoms) and _is_name(atoms[end], entries, spoken=True):
        end += 1
    if place + 1 < end < len(atoms) and atoms[end].kind in _CLOSES:
        for atom in atoms[place:end]:
            atom.kind = Kind.FILLER


def _silence(atoms: Sequence[Piece]) -> None:
    for atom in atoms:
        if atom.kind in _SAID:
            atom.kind = Kind.FILLER


def _find_person(atoms: list[Piece], place: int, entries: Lexicon) -> None:
    """ "Gogo Dlamini", "customer Sipho": the name behind a title; "Naidoo's son": whose he is."""
    person = atoms[place]
    title = person.word.rpartition(" ")[2]
    if person.kind is Kind.FILLER and title not in entries.called:
        return
    counted = place and atoms[place - 1].kind in _COUNTING
    if counted and atoms[place - 1].kind is Kind.NUMBER and _buys_next(atoms, place):
        person.kind, person.value = Kind.THEY, "buyer"
        atoms[place - 1].kind = Kind.FILLER
        return
    written = title in entries.addressed
    end = place + 1
    _drop_description(atoms, place, entries)
    if (written or title in entries.titles) and not counted:
        spoken = written or person.kind is Kind.FILLER
        while end < len(atoms) and _is_name(atoms[end], entries, spoken=spoken):
            if written and _is_counted(atoms[end + 1 : end + 2]):
                break  # "ngidayisele ugogo i-Dettol eyodwa"
            atoms[end].kind = Kind.FILLER
            end += 1
        if end > place + 1 and person.kind is not Kind.PARTY:
            person.kind, person.value = Kind.THEY, "buyer"
    if person.kind is Kind.THEY and (" " not in person.word or title in entries.titles):
        _find_addressed(atoms, place, end)
    if title in entries.kin and place:
        whose = place - 1
        if atoms[whose].word in entries.possessives and whose:
            whose -= 1
        named = atoms[whose].word.endswith("'s") or whose < place - 1
        titled = whose and atoms[whose].kind is Kind.FILLER and atoms[whose - 1].kind is Kind.THEY
        if whose < place - 1 and (titled or atoms[whose].kind in _VISITORS):
            person.kind, person.value = Kind.THEY, "buyer"  # "tannie Sarie se seun"
        elif named and _is_name(atoms[whose], entries, spoken=False):
            for atom in atoms[whose:place]:
                atom.kind = Kind.FILLER
            person.kind, person.value = Kind.THEY, "buyer"


def _buys_next(atoms: list[Piece], place: int) -> bool:
    """ "Two ladies bought 3 bread", unless it was that much for each of them."""
    person, verb = atoms[place], atoms[place + 1 : place + 2]
    somebody = person.kind in (Kind.FILLER, Kind.THEY) and person.value != "household"
    if not somebody or not verb or verb[0].kind is not Kind.VERB or verb[0].value != "buy":
        return False
    return all(atom.kind is not Kind.EACH for atom in atoms[place + 2 :])


def _find_addressed(atoms: list[Piece], place: int, end: int) -> None:
    """ "Hi gogo, bought 10 bread" is said to her; "hi gogo bought 10 bread" may be, too."""
    start = place
    while start and atoms[start - 1].kind in _ADDRESSES:
        start -= 1
    opens = start == 0 or atoms[start - 1].kind in _SENTENCE_ENDS
    greeted = any(atom.kind is Kind.GREETING for atom in atoms[start:place])
    pauses = end < len(atoms) and atoms[end].kind in _PAUSES
    if not opens or not (greeted or pauses):
        return
    if greeted and pauses:
        atoms[place].kind = Kind.FILLER
    else:
        atoms[place].value = "addressed"


def _is_counted(after: Sequence[Piece]) -> bool:
    return any(atom.kind is Kind.LINKER or atom.follows for atom in after)


def _drop_description(atoms: list[Piece], place: int, entries: Lexicon) -> None:
    """ "Izingane zesikole zithenge": which children, between them and a verb that agrees."""
    end = place + 1
    while end < len(atoms) and atoms[end].kind is Kind.CONTENT:
        if atoms[end].word in entries.known and atoms[end].word not in entries.qualities:
            return
        end += 1
    verb = atoms[end] if place + 1 < end < len(atoms) else None
    if verb and verb.kind is Kind.VERB and verb.lexeme and verb.lexeme.person == "other":
        for atom in atoms[place + 1 : end]:
            atom.kind = Kind.FILLER


def _is_name(piece: Piece, entries: Lexicon, *, spoken: bool) -> bool:
    """May it be a name? Behind what may also only address the shop, if it is written like one."""
    if piece.kind is not Kind.CONTENT or piece.word in entries.nouns or piece.lexeme:
        return False
    if piece.word in entries.known and piece.text.islower():
        return False  # but "Nkosi", a lord in another language
    return not piece.text.islower() if spoken else piece.word.isalpha() or "'" in piece.word


def _find_deliverer(atoms: list[Piece], place: int, entries: Lexicon) -> None:
    """ "The bread guy came": the goods before "guy" say who it was."""
    goods = atoms[place - 1] if place else None
    _find_person(atoms, place, entries)
    if atoms[place].value == "cause":
        _drop_cause(atoms, place)
    if atoms[place].value != "caller" or goods is None or goods.word not in entries.nouns:
        return
    before = place - 2
    while before >= 0 and atoms[before].kind in _DETERMINES:
        before -= 1
    if before < 0 or atoms[before].kind in _BEFORE_CALLERS:
        goods.kind = Kind.FILLER
        atoms[place].kind, atoms[place].value = Kind.PARTY, "supplier"


def _drop_cause(atoms: list[Piece], place: int) -> None:
    """ "Rain got in, 2 sugar got wet": what came was no goods."""
    verb = place + 1
    while verb < len(atoms) and atoms[verb].kind is Kind.FILLER:
        verb += 1
    end = verb
    while end < len(atoms) and atoms[end].kind not in _ENDS:
        if atoms[end].kind in _FIGURES:
            return
        end += 1
    if verb < end < len(atoms) and atoms[verb].kind is Kind.VERB:
        atoms[verb].kind = Kind.FILLER
        for atom in atoms[verb + 1 : end]:
            atom.kind = Kind.FILLER


def _find_carrier(atoms: list[Piece], place: int, entries: Lexicon) -> None:
    """ "The coke truck was here": the name before who came says whose it was."""
    _find_person(atoms, place, entries)
    first = place
    while first and atoms[first - 1].kind is Kind.CONTENT:
        first -= 1
    before = first - 1
    while before >= 0 and atoms[before].kind in _DETERMINES:
        before -= 1
    if first == place or (before >= 0 and atoms[before].kind not in _BEFORE_CALLERS):
        return
    behind = [*atoms[place + 1 : place + 3], None, None]
    came = behind[0] is not None and behind[0].kind in _ARRIVES
    was = behind[0] is not None and behind[0].kind is Kind.WAS
    here = was and behind[1] is not None and behind[1].value == "here"
    if atoms[place].value == "supplier" and (came or here):
        _silence(atoms[first:place])


def _find_purpose(atoms: list[Piece], place: int, entries: Lexicon) -> None:
    """ "A case for R384 to a guy for his party" was for somebody, like "to"."""
    _drop_whereabouts(atoms, place, entries)
    if atoms[place].kind is Kind.FILLER:
        return  # "for the wedding"
    if any(atom.value == "own_use" for atom in atoms[:place]):
        end = place + 1
        while end < len(atoms) and atoms[end].kind in _WHERE:
            end += 1
        if end == len(atoms) or atoms[end].kind in _ENDS:
            _silence(atoms[place + 1 : end])  # "used 1 oil for the kotas"
            atoms[place].kind = Kind.FILLER
            return
    whose, what = [*atoms[place + 1 : place + 3], None, None][:2]
    if whose is None or what is None or what.kind is not Kind.CONTENT:
        return
    if whose.kind is Kind.THEY or whose.value == "whose":
        atoms[place].kind = Kind.TO


def _drop_whereabouts(atoms: list[Piece], place: int, entries: Lexicon) -> None:
    """ "Sold 8 scones at the market": where nobody keeps stock, so that it changes nothing."""
    end = place + 1
    while end < len(atoms) and atoms[end].kind in _WHERE and atoms[end].word not in entries.public:
        end += 1
    if end < len(atoms) and atoms[end].word in entries.public:
        for atom in atoms[place : end + 1]:
            atom.kind = Kind.FILLER


def _drop_moment(atoms: list[Piece], place: int) -> None:
    """ "8 eggs broken when the tray fell": what was then says why, if it counts nothing."""
    told = any(atom.kind in _DEEDS for atom in atoms[:place])
    end = place + 1
    while end < len(atoms) and atoms[end].kind not in _ENDS:
        end += 1
    then = atoms[place + 1 : end]
    past = any(atom.kind in _PAST for atom in then)
    if told and past and all(atom.kind in _MOMENT for atom in then):
        for atom in atoms[place:end]:
            atom.kind = Kind.FILLER


def _is_for_the_book(behind: Sequence[Piece]) -> bool:
    """ "Can you write that I sold 3 bread" wants no more than to have it written down."""
    for place, atom in enumerate(behind):
        if atom.value == "book" or atom.kind is Kind.LAST:  # "a record"
            return any(one.kind in _DEEDS for one in behind[place:])
        if atom.kind is not Kind.FILLER:
            return False
    return False


def _find_bringer(atoms: list[Piece], place: int, _entries: Lexicon) -> None:
    """ "Supplier bring me 20 paraffin": told, if perhaps a wish, where "bring me" alone is one."""
    if atoms[place].value == "when":
        _drop_moment(atoms, place)
    elif atoms[place].value == "ordered":
        _find_arrival(atoms, place)
    elif atoms[place].value == "had_to":
        _find_loss(atoms, place)
    elif atoms[place].value == "ask" and _is_for_the_book(atoms[place + 1 :]):
        atoms[place].kind = Kind.FILLER
        return
    before = place - 1
    while before >= 0 and atoms[before].kind is Kind.FILLER and atoms[before].value != "please":
        before -= 1
    if atoms[place].value != "order" or before < 0:
        return
    giver = atoms[before]
    if giver.kind is Kind.THEY or giver.value == "supplier":
        atoms[place] = replace(
            atoms[place], kind=Kind.VERB, value="deliver", lexeme=_DELIVER, number=None
        )


def _find_refund(atoms: list[Piece], place: int, _entries: Lexicon) -> None:
    """ "Customer gave back 2 castle, I refunded R16 each": the price of what came back. "They were
    selling" corrects nothing.
    """
    lexeme = atoms[place].lexeme
    if lexeme is None:
        return
    if lexeme.reading == "infinitive":
        _find_modal(atoms, place, lexeme)
        return
    paid = lexeme.reading == "paid" or (lexeme.value == "receive" and _is_paid_for(atoms, place))
    if paid and any(atom.kind is Kind.MONEY for atom in atoms[place + 1 : place + 2]):
        atoms[place].kind = Kind.TOTAL
    elif lexeme.reading == "ongoing" and atoms[place - 1].kind is Kind.CORRECT:
        atoms[place - 1].kind = Kind.WAS
    elif lexeme.value == "buy" and _is_somebody(atoms[:place]):
        atoms[place - 1].kind, atoms[place - 1].value = Kind.THEY, "buyer"
    elif lexeme.value == "receive" and _is_visit(atoms, place):
        atoms[place].kind = Kind.FILLER
    elif lexeme.reading == "taken" and _is_bought(atoms, place):
        atoms[place] = replace(atoms[place], value="buy", lexeme=_BOUGHT)
    elif lexeme.value == "open":
        _drop_trip(atoms, place)


def _find_arrival(atoms: list[Piece], place: int) -> None:
    """ "Die bestelling van Makro is hier: 10 rys" is no wish."""
    for atom in atoms[place + 1 :]:
        if atom.kind is Kind.VERB and atom.value in _COMING:
            atoms[place].kind = Kind.FILLER
            return
        if atom.kind not in _ON_ITS_WAY and atom.value != "have":
            return


def _find_loss(atoms: list[Piece], place: int) -> None:
    """ "Ek moes 3 brood weggooi" tells what "ek moes 3 brood koop" does not."""
    for verb in atoms[place + 1 :]:
        if verb.kind in _SENTENCE_ENDS:
            return
        if verb.kind is Kind.VERB and verb.value != "have":
            if verb.value == "write_off":
                atoms[place].kind = Kind.FILLER
            return


def _find_modal(atoms: list[Piece], place: int, lexeme: Lexeme) -> None:
    """ "Ek het 10 brood gaan haal" was done, "gaan haal 10 brood" was not."""
    reading = "intended"
    for atom in reversed(atoms[:place]):
        if atom.kind in _SENTENCE_ENDS:
            break
        if atom.value in _HAVING:
            reading = "done"
            break
    atoms[place].lexeme = replace(lexeme, reading=reading)


def _is_bought(atoms: list[Piece], place: int) -> bool:
    """ "Customer took 2 bread and paid R40": all of it, and nobody else did."""
    taker = place - 1
    while taker >= 0 and atoms[taker].kind not in _ACTORS:
        if atoms[taker].kind in _SENTENCE_ENDS:
            return False
        taker -= 1
    if taker < 0 or atoms[taker].value not in _BUYERS:
        return False
    if any(atom.kind in _PREPOSITIONS for atom in atoms[max(taker - 2, 0) : place]):
        return False
    paid = place + 1
    while paid < len(atoms) and atoms[paid].value != "paid":
        if atoms[paid].kind not in _TAKEN:
            return False
        paid += 1
    end = paid + 1
    while end < len(atoms) and atoms[end].kind not in _SENTENCE_ENDS:
        end += 1
    payment = [atom.kind for atom in atoms[paid + 1 : end]]
    return paid < len(atoms) and Kind.DATE not in payment[:1] and _PAYMENT.issuperset(payment)


def _is_visit(atoms: list[Piece], place: int) -> bool:
    """Did somebody only come to do what follows: "a man came he bought 8 bananas"?"""
    if not place or atoms[place - 1].kind not in _VISITORS:
        return False
    after, person = place + 1, atoms[place - 1]
    joints = _JOINTS if person.kind is Kind.THEY or person.value == "customer" else _BEFORE_DEEDS
    while after < len(atoms) and atoms[after].kind in joints:
        after += 1
    return after < len(atoms) and atoms[after].kind is Kind.VERB and atoms[after].value != "have"


def _drop_trip(atoms: list[Piece], place: int) -> None:
    """ "Went to Makro this morning bought 10 omo": from where, or aside from what was done."""
    to = place + 1
    if to == len(atoms) or atoms[to].kind is not Kind.TO:
        return
    if any(atom.kind not in _BEFORE_TRIPS for atom in atoms[:place]):
        return
    then = to
    while then < len(atoms) and atoms[then].kind not in _AFTER_TRIPS:
        then += 1
    told = next((atom for atom in atoms[then:] if atom.kind in _TOLD), None)
    if told is None or told.kind is not Kind.VERB:
        return
    atoms[place].kind = Kind.FILLER
    if told.value in ("buy", "receive"):
        atoms[to].kind = Kind.FROM
    else:
        for atom in atoms[to:then]:
            if atom.kind is not Kind.DATE:
                atom.kind = Kind.FILLER


def _is_paid_for(atoms: list[Piece], place: int) -> bool:
    """ "Sold 2 bread got R38": money for what was sold, and nothing else."""
    behind = atoms[place + 2 : place + 3]
    if behind and behind[0].kind not in _ENDS and behind[0].kind is not Kind.FILLER:
        return False
    return any(atom.kind is Kind.VERB and atom.value == "sell" for atom in atoms[:place])


def _is_somebody(before: Sequence[Piece]) -> bool:
    """ "Another one bought a coke": one that counts no goods is who bought."""
    lexeme = before[-1].lexeme if before else None
    if lexeme is None or lexeme.number is None or lexeme.number.value != 1:
        return False
    return all(atom.kind not in _COUNTED for atom in before[-2:-1])


def _find_dropper(atoms: list[Piece], place: int, _entries: Lexicon) -> None:
    """ "The Simba guy dropped 4 boxes": off, or on the floor?"""
    lexeme = atoms[place].lexeme
    if lexeme is None or lexeme.reading != "brought":
        return
    if place and atoms[place - 1].value == "supplier":
        atoms[place] = replace(atoms[place], kind=Kind.VERB, value="open", lexeme=_OPEN)


def _drop_due_day(atoms: list[Piece], place: int, _entries: Lexicon) -> None:
    """ "She will pay on Friday": no day on which anything was done."""
    due = place + 1
    while due < len(atoms) and atoms[due].kind is Kind.FILLER:
        due += 1
    if due < len(atoms) and atoms[due].kind is Kind.DATE and atoms[due].value in _DUE:
        atoms[due].kind = Kind.FILLER


def _find_order(atoms: list[Piece], place: int, entries: Lexicon) -> None:
    """ "Give me the sales" asks, "give me 10 bread" orders."""
    if atoms[place].word in entries.relatives and place and atoms[place - 1].kind in _VISITORS:
        atoms[place].kind = Kind.FILLER  # "die mense wat langsaan bou"
    if atoms[place].value != "give":
        return
    atoms[place].value = "what"
    if any(atom.kind in _ORDERED for atom in atoms[place + 1 : place + 2]):
        atoms[place].kind = Kind.INTENT


def _drop_refusal(atoms: list[Piece], place: int, _entries: Lexicon) -> None:
    """ "Umthengi ubuyise i-jik enye, akayifuni": brought back, since it was not wanted."""
    if atoms[place].value == "wanted" and any(atom.value == "return" for atom in atoms[:place]):
        atoms[place].kind = Kind.FILLER


def _drop_old_price(atoms: list[Piece], place: int, _entries: Lexicon) -> None:
    """ "Change bread from R19 to R20": what it was is gone."""
    kinds = [atom.kind for atom in atoms[place + 1 : place + 4]]
    if kinds == [Kind.MONEY, Kind.TO, Kind.MONEY] and any(
        atom.kind is Kind.TOPIC for atom in atoms[:place]
    ):
        atoms[place].kind = atoms[place + 1].kind = Kind.FILLER


ASIDES: dict[Kind, Callable[[list[Piece], int, Lexicon], None]] = {
    Kind.ASIDE: _drop_clause,
    Kind.AT: _drop_whereabouts,
    Kind.COPULA: _drop_introduction,
    Kind.CREDIT: _drop_due_day,
    Kind.FILLER: _drop_speaker,
    Kind.FOR: _find_purpose,
    Kind.FROM: _drop_old_price,
    Kind.INTENT: _find_bringer,
    Kind.NOT: _drop_refusal,
    Kind.PARTY: _find_carrier,
    Kind.QUERY: _find_order,
    Kind.REASON: _find_dropper,
    Kind.THEY: _find_deliverer,
    Kind.VERB: _find_refund,
}
"""What may turn out to be an aside: each is given all pieces, its place there and the words."""
