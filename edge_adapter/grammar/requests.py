"""What a message asks for rather than tells: questions, commands, bare answers."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from edge_adapter.grammar.forms import action_of
from edge_adapter.grammar.items import items_of
from edge_adapter.grammar.lexemes import Kind
from edge_adapter.grammar.lexicon import lexicon

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence, Set

    from edge_adapter.grammar.clauses import Clause
    from edge_adapter.grammar.pieces import Piece, Pieces
    from edge_adapter.interpretation import Action

_POLITE = frozenset((Kind.FILLER, Kind.GREETING, Kind.SORRY, Kind.COMMA, Kind.STOP, Kind.LINE))
_UNSAID = _POLITE | {Kind.ASK, Kind.LINK}
_COURTEOUS = _POLITE | {Kind.THEY}  # "thank you my friend"
_NAMING = frozenset((Kind.FILLER, Kind.SORRY, Kind.STOP, Kind.ARTICLE, Kind.CONTENT, Kind.SIZE))
_AMOUNTS = frozenset((Kind.NUMBER, Kind.MONEY, Kind.PACK))
_NOT_NAMES = frozenset((Kind.VERB, Kind.LANGUAGE, Kind.ASK))
_SAYING = frozenset((Kind.CONTENT, Kind.NUMBER, Kind.MONEY, Kind.SIZE, Kind.VERB))
_TELLING = frozenset(
    (
        Kind.NUMBER,
        Kind.MONEY,
        Kind.PACK,
        Kind.REASON,
        Kind.NOT,
        Kind.INTENT,
        Kind.FINISHED,
    )
)
_HEADS = frozenset((Kind.TOPIC, Kind.LEFT))
_PRICE_WORDS = (Kind.AT, Kind.FOR, Kind.WITH, Kind.EACH, Kind.TOTAL, Kind.COPULA)
_CONTRARY = frozenset((Kind.SORRY, Kind.CORRECT, Kind.NO, Kind.NOT))
_AGREED = frozenset(("confirm", "reject"))
_MOST_WORDS = 4
_VERB_ANSWERS = {
    "buy": "receive",
    "deliver": "receive",
    "have": "count",
    "return": "return_in",
    "go": "sell",
}


def command_of(message: Pieces) -> Action | None:
    """The action of a message that is a command and nothing else, politeness aside."""
    commands = lexicon().commands[message.language]
    pieces = message.pieces
    found = commands.get(message.words) or commands.get(tuple(dict.fromkeys(message.words)))
    if found is None:
        said = [piece for piece in pieces if piece.kind not in _UNSAID]
        words = _words(said)
        tries = [words]
        if Kind.THEY in message.kinds:
            tries.append(_words([piece for piece in said if piece.kind is not Kind.THEY]))
        if message.kinds <= _COURTEOUS:
            tries += [piece.word.split() for piece in pieces] or [[one] for one in message.words]
        found = next(filter(None, (commands.get(tuple(one)) for one in tries)), None)
        found = found or _said_twice(words, commands)
    if found is None:
        greets = Kind.GREETING in message.kinds and message.kinds <= _UNSAID
        wonders = not message.words and "?" in message.text
        return action_of({"action": "help"}) if greets or wonders else None
    action, option = found
    return action_of({"action": action, "option": option})


def _words(pieces: Sequence[Piece]) -> list[str]:
    return " ".join([piece.word for piece in pieces]).split()


def _said_twice(
    words: list[str], commands: Mapping[tuple[str, ...], tuple[str, str]]
) -> tuple[str, str] | None:
    """ "yes" and "that is right" say together what each says alone."""
    for place in range(1, len(words)):
        found = commands.get(tuple(words[:place]))
        if found and found[0] in _AGREED:
            again = commands.get(tuple(words[place:]))
            if again and again[0] == found[0]:
                return found
    return None


def opening_of(message: Pieces) -> Action | None:
    """A command whose name follows: "register Joe's Tuck Shop", "remove the milk"."""
    nameless = not message.kinds.isdisjoint(_NOT_NAMES)
    if nameless and not message.kinds.isdisjoint(_AMOUNTS):
        return None
    pieces = [piece for piece in message.pieces if piece.kind is not Kind.LINE]
    while pieces and pieces[0].kind in _POLITE:
        pieces.pop(0)
    words = " ".join([piece.word for piece in pieces]).split()
    found = lexicon().opening(tuple(words), message.language)
    if not found or (nameless and found[0] != "remove"):
        return None
    action, length = found
    for piece in pieces:
        length -= len(piece.word.split())
        if length == 0 and action == "remove":
            return _removal(pieces[pieces.index(piece) + 1 :])
        if length == 0:
            name = message.text[piece.end : pieces[-1].end].strip(" :=-\"'")
            return action_of({"action": action, "name": name}) if name else None
        if length < 0:
            break
    return None


def _removal(rest: Sequence[Piece]) -> Action | None:
    """What a draft should be without: a name and no number of it."""
    if any(piece.kind not in _NAMING for piece in rest):
        return None
    name = " ".join([piece.text for piece in rest if piece.kind in (Kind.CONTENT, Kind.SIZE)])
    return action_of({"action": "choose", "option": "remove", "product": name}) if name else None


def language_of(message: Pieces) -> Action | None:
    """ "English please", "praat Afrikaans": a language, and no word that says something else."""
    if Kind.LANGUAGE not in message.kinds or not message.kinds.isdisjoint(_SAYING):
        return None
    named = [piece for piece in message.pieces if piece.kind is Kind.LANGUAGE]
    if len(named) != 1:
        return None
    return action_of({"action": "language", "option": named[0].value})


def answer_of(message: Pieces) -> Action | None:
    """A bare answer: an option, an amount, a unit, a verb; a yes and its amount."""
    pieces = message.pieces
    commands = lexicon().commands[message.language]
    if (
        len(pieces) > 1
        and pieces[0].kind is not Kind.CORRECT
        and "confirm" in commands.get(tuple(pieces[0].word.split()), ())
    ):
        number = [piece for piece in pieces[1:] if piece.kind not in _POLITE]
        if len(number) == 1 and number[0].kind is Kind.NUMBER and number[0].number is not None:
            return action_of({"action": "confirm", "quantity": f"{number[0].number:f}"})
    kept = [piece for piece in pieces if piece.kind not in _POLITE and piece.kind is not Kind.ASK]
    if len(kept) > 2 and kept[0].kind is not Kind.MONEY:
        return None
    if len(kept) == 2 and (kept[0].kind is Kind.CHOOSE or _is_own_deed(kept)):
        kept.pop(0)
    kinds = [piece.kind for piece in kept]
    if not kept or any(piece.doubt or piece.kind in _CONTRARY for piece in pieces):
        return None
    first = kept[0]
    match kinds:
        case [Kind.NUMBER] if first.number is not None:
            return action_of({"action": "choose", "option": f"{first.number:f}"})
        case [Kind.ORDINAL, Kind.NUMBER] if kept[-1].number == 1:
            return action_of({"action": "choose", "option": first.value})
        case [Kind.ORDINAL] | [Kind.OPTION] | [Kind.ARTICLE, Kind.OPTION]:
            return action_of({"action": "choose", "option": kept[-1].value})
        case [Kind.SIZE, Kind.NUMBER] if kept[-1].number == 1:  # "the 2l one"
            return action_of({"action": "choose", "option": first.text})
        case [Kind.SIZE] | [Kind.PACK]:
            return action_of({"action": "choose", "option": first.text})
        case [Kind.UNIT] | [Kind.ARTICLE, Kind.UNIT]:
            return action_of({"action": "choose", "option": kept[-1].value})
        case [Kind.EACH]:
            return action_of({"action": "choose", "option": "each"})
        case [Kind.TOTAL]:
            return action_of({"action": "choose", "option": "total"})
        case [Kind.VERB]:
            return action_of(
                {"action": "choose", "option": _VERB_ANSWERS.get(first.value, first.value)}
            )
        case [Kind.REASON]:
            return action_of({"action": "choose", "option": first.value})
        case [Kind.MONEY, *_] | [Kind.NUMBER, Kind.UNIT]:
            return _amount_answer(kept)
        case [_, Kind.MONEY] if kinds[0] in _PRICE_WORDS or first.value == "price":
            return _amount_answer(kept)
    return None


def _is_own_deed(pieces: Sequence[Piece]) -> bool:
    """ "I sold", where the subject is a word of its own."""
    return pieces[0].kind is Kind.SELF and pieces[1].kind is Kind.VERB


def _amount_answer(kept: Sequence[Piece]) -> Action | None:
    found = items_of(kept)
    if len(found.items) != 1 or found.strays or found.items[0].words or found.items[0].lead:
        return None
    item = found.items[0]
    fields = {"action": "choose"}
    if item.quantity and item.quantity.number is not None:
        fields |= {"quantity": f"{item.quantity.number:f}", "unit": item.unit}
    if item.price and item.price.number is not None:
        fields |= {item.price_kind: f"{item.price.number:f}"}
    return action_of(fields)


def question_of(clause: Clause, when: str, last_product: str) -> Action | None:
    """What a question is about; None if it is about nothing this shop keeps."""
    topics = {piece.value for piece in clause.of(Kind.TOPIC)}
    queries = {piece.value for piece in clause.of(Kind.QUERY)}
    verbs = {piece.value for piece in clause.of(Kind.VERB)} - {"have"}
    if verbs and _supposes(clause):
        return None
    product, amount = _asked_about(clause)
    action = _topic(clause, topics, queries, verbs, named=bool(product))
    if not action:
        return None
    if action in ("low_stock", "value", "profit") and action in topics and not product:
        last_product = ""
    elif clause.has(Kind.LEFT) and not product and queries & {"many", "much"}:
        product = last_product
    fields = {"action": action}
    if product and action != "low_stock":
        fields["product"] = product
    if when and action in ("sales", "profit", "value", "history"):
        fields["when"] = when
    if amount and action == "history":
        fields["quantity"] = amount
    if len(product.split()) > _MOST_WORDS:
        return None
    return action_of(fields)


def _supposes(clause: Clause) -> bool:
    """ "How much would I make if", not "can you tell me how much"."""
    kinds = [piece.kind for piece in clause.pieces]
    if Kind.INTENT not in kinds:
        return False
    return Kind.QUERY not in kinds or kinds.index(Kind.QUERY) < kinds.index(Kind.INTENT)


def _topic(
    clause: Clause, topics: set[str], queries: set[str], verbs: set[str], *, named: bool
) -> str:
    if "why" in queries or "history" in topics:
        return "history"
    if "who" in queries:
        asked = "history" if named else "sales"
        return asked if verbs or clause.has(Kind.REASON) else ""
    for topic in ("low_stock", "profit", "value", "sales"):
        if topic in topics:
            return topic
    if "sell" in verbs:
        return "price" if named and _asks_price(clause, queries) else "sales"
    if verbs & {"buy", "receive", "deliver", "return", "transfer", "count", "write_off"}:
        return "history" if named else ""
    if clause.has(Kind.REASON):
        return "history" if named else ""
    if "stock" in topics and not named and ("price" in topics or "cost" in queries):
        return "value"
    if topics & {"price", "selling_price"}:
        return "price"
    if "stock" in topics or clause.has(Kind.LEFT):
        return "stock"
    if "cost" in queries:
        return "price" if named else ""
    if clause.has(Kind.FINISHED):
        return "stock" if named else "low_stock"
    if queries & {"many", "exist", "exist_ours"}:
        return "price" if named and _is_for(clause) else "stock"
    if "much" in queries:
        return _much(clause)
    if "what" in queries:
        return "stock" if clause.has(Kind.VERB) or clause.has(Kind.SELF) or named else ""
    return "stock" if named else ""


def _asks_price(clause: Clause, queries: set[str]) -> bool:
    """ "What do we sell bread for", "vir hoeveel verkoop ons brood", "re rekisa mahe ka bokae"."""
    pieces = clause.pieces
    if queries & {"much", "what"} and pieces[-1].kind is Kind.FOR:
        return True
    going = {verb.lexeme.reading for verb in clause.of(Kind.VERB) if verb.lexeme}
    if "cost" in queries and going == {"ongoing"}:
        return True  # "sidayisa ngamalini i-amstel", not "sidayise malini"
    return any(
        piece.kind in (Kind.AT, Kind.FOR) and after.kind is Kind.QUERY
        for piece, after in pairwise(pieces)
    )


def _is_for(clause: Clause) -> bool:
    """ "hoeveel vir 'n brood" asks a price."""
    kinds = [piece.kind for piece in clause.pieces]
    return Kind.QUERY in kinds and kinds[kinds.index(Kind.QUERY) + 1 :][:1] == [Kind.FOR]


def _much(clause: Clause) -> str:
    """ "how much is bread" asks the price, "how much bread do we have" the stock."""
    if clause.has(Kind.VERB):
        return "stock"
    pieces = clause.pieces
    place = next(place for place, piece in enumerate(pieces) if piece.kind is Kind.QUERY)
    beside = pieces[place + 1 : place + 2] + pieces[max(place - 1, 0) : place]
    if any(piece.kind in (Kind.COPULA, Kind.FOR) for piece in beside):
        return "price"
    return "stock"


def _asked_about(clause: Clause) -> tuple[str, str]:
    """The product of a question and a number that came with it."""
    words: list[Piece] = []
    amount = ""
    for piece in clause.pieces:
        if piece.kind in (Kind.CONTENT, Kind.SIZE, Kind.PACK):
            words.append(piece)
        elif piece.kind is Kind.NUMBER and piece.number is not None:
            if words and words[-1].end + 1 == piece.start and piece.number in lexicon().usual_sizes:
                words.append(piece)
            else:
                amount = f"{piece.number:f}"
    if not words:
        words = [piece for piece in clause.of(Kind.UNIT) if piece.value == "each"]
    return " ".join(word.text for word in words), amount


def is_bare_topic(clause: Clause, kinds: Set[Kind]) -> bool:
    """A topic and perhaps a product, without a number: "coke price", "stock bread"."""
    topics = {piece.value for piece in clause.of(Kind.TOPIC)} if Kind.TOPIC in kinds else set()
    if topics == {"low_stock"}:
        kinds = kinds - {Kind.INTENT}  # "what must I buy tomorrow"
    if not kinds.isdisjoint(_TELLING) or (Kind.SIZE in kinds and _is_weighed(clause)):
        return False
    if Kind.VERB in kinds:
        verbs = clause.of(Kind.VERB)
        headings = all(verb.lexeme and verb.lexeme.reading == "noun" for verb in verbs)
        return headings and verbs[0].value == "sell" and Kind.CONTENT in kinds
    if kinds.isdisjoint(_HEADS):
        return False
    if topics & {"new_product", "reorder_level", "pack", "setting"}:
        return False
    lists = topics <= {"price", "selling_price", "stock"}
    return not lists or Kind.CONTENT in kinds or Kind.TOTAL in kinds


def _is_weighed(clause: Clause) -> bool:
    """Is a size how much there is: "stock of sugar is 37kg", "4kg of potatoes remaining", "ho setse
    14kg ya ditapole"?
    """
    kinds = [piece.kind for piece in clause.pieces]
    if kinds[-2:] == [Kind.COPULA, Kind.SIZE] or any(
        piece.follows for piece in clause.of(Kind.SIZE)
    ):
        return True
    if Kind.LEFT not in kinds:
        return False
    if [kind for kind in kinds if kind is not Kind.FILLER][:2] == [Kind.SIZE, Kind.OF]:
        return True
    size = kinds.index(Kind.SIZE)
    weight = clause.pieces[size].unit == "kg" and kinds[max(size - 1, 0)] is Kind.LEFT
    return weight or kinds[size + 1 : size + 2] == [Kind.OF]
