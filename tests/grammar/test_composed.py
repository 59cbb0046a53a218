"""Messages put together from parts are read exactly, whatever product, number and order."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from edge_adapter.grammar import parse
from edge_adapter.guard import guard

_PRODUCTS = """
Albany white bread 700g | Coke 2L | Coca-Cola 500ml | Lucky Star pilchards 400g | Simba 36g
| Nik Naks
| Sunlight soap | Tastic rice 2kg | Iwisa maize meal 10kg | eggs | candles | Five Roses tea | 7UP 2L
| All Gold tomato sauce | Jungle Oats 1kg | Grand-Pa | Handy Andy 750ml | Bar One | Castle Lite
| Black Label | Boom washing powder | Sta-Soft | Shield roll on | Always pads | Purity | Cremora
| Freshpak rooibos | Selati sugar 2.5kg | Sunfoil 2L | D'Lite | Rama 500g | Ultra Mel | Bull Brand
| Koo baked beans 410g | Rainbow chicken | Mageu Number 1 | Drink-O-Pop | Twizza 2L | Monster
| Score energy | Wilsons toffee | Jelly Tots | Lunch Bar | Eet-Sum-Mor | Ghost Pops | Big Korn Bites
| Lays salt & vinegar | peanut butter | brown bread | cold drink | cooking oil 750ml | paraffin
| matches | airtime vouchers | Omo 2kg | Panado | Fanta Orange 1.5L | Cream Soda | Red Bull | Switch
| Long Life milk | amasi 2L | chicken feet | slap chips | magwinya | Swiss roll | ice blocks
| snuff
| batteries AA | candles white | globe 60w | shoe polish | bin bags | steel wool | rat poison
| exercise books | potatoes 10kg | bananas | garlic | eggs 30 | soup powder | curry powder
| Weet-Bix | Ace instant | cake flour 2.5kg | bread rolls | tea bags | roll on | All Gold jam
| Two Minute Noodles
"""
_NUMBERS = "zero one two three four five six seven eight nine ten eleven twelve"
_WORDS = dict(enumerate(_NUMBERS.split()))
_VERBS = {
    "sell": ["sold", "Sold", "we sold", "SOLD", "verkoop", "ngithengise", "ndithengise"],
    "receive": ["got", "received", "bought", "I bought", "restocked", "ngithenge", "ke rekile"],
    "count": ["counted", "I counted", "kusele", "ho setse", "getel"],
}
_FRAMES = {
    "sell": ["{} sold", "ek het {} verkoop", "customer bought {}", "klant het {} gekoop"],
    "receive": ["{} received", "{} ontvang", "ek het {} gekoop", "{} came in", "kufike {}"],
    "count": ["{} left", "{} oor", "there are {}", "we have {}"],
    "write_off": ["threw away {}", "{} expired", "{} broken", "ngilahle {}", "{} gesteel"],
}
_PRICES = {
    "unit_price": ["at R{}", "@ R{}", "@R{}", "R{} each", "at R{} each", "@{}", "R{} apiece"],
    "total_price": ["for R{}", "for {} rand", "R{} total"],
    "price": ["R{}", "{} rand", "r {}"],
}
_UNITS = {
    "case": "cases",
    "crate": "crates",
    "tray": "trays",
    "packet": "packets",
    "bag": "bags of",
}

_products = st.sampled_from([name.strip() for name in _PRODUCTS.replace("\n", " ").split("|")])
_quantities = st.integers(2, 400)
_many = settings(max_examples=300, deadline=None)


@st.composite
def _item(draw: st.DrawFn, action: str, priced: bool) -> tuple[str, dict[str, str]]:
    quantity, product = draw(_quantities), draw(_products)
    said = {"action": action, "product": product, "quantity": str(quantity)}
    number = _WORDS[quantity] if quantity in _WORDS and draw(st.booleans()) else str(quantity)
    if draw(st.integers(0, 3)) == 0:
        said["unit"] = draw(st.sampled_from(sorted(_UNITS)))
        number += f" {_UNITS[said['unit']]}"
    elif number.isdigit() and draw(st.integers(0, 3)) == 0:
        number += draw(st.sampled_from(["x", " x"]))
    text = f"{number} {product}"
    if priced:
        kind = draw(st.sampled_from(sorted(_PRICES)))
        said[kind] = draw(st.sampled_from(["5", "12", "24.99", "150", "7.50"]))
        text += " " + draw(st.sampled_from(_PRICES[kind])).format(said[kind])
    return text, said


@st.composite
def _lists(draw: st.DrawFn) -> tuple[str, list[dict[str, str]]]:
    action = draw(st.sampled_from(sorted(_VERBS)))
    lump = (
        st.just([False]) if action == "count" else st.lists(st.booleans(), min_size=1, max_size=4)
    )
    items = [draw(_item(action, priced)) for priced in draw(lump)]
    verb = draw(st.sampled_from(_VERBS[action]))
    texts = [text for text, _ in items]
    if draw(st.booleans()):
        listed = "\n".join(draw(st.sampled_from(["", "- ", "* "])) + text for text in texts)
        message = f"{verb}{draw(st.sampled_from(['', ':']))}\n{listed}"
    else:
        message = f"{verb} {', '.join(texts)}"
    return message, [said for _, said in items]


def _read(message: str) -> list[dict[str, str]]:
    interpretation = parse(message)
    assert guard(message, interpretation, origin="grammar").outcome == "ok", interpretation
    return [action.model_dump(exclude_none=True) for action in interpretation.actions]


def _lumps(said: list[dict[str, str]]) -> bool:
    """Is the only price one for all, behind several items? That is asked back, on purpose."""
    priced = [one for one in said if {"price", "unit_price", "total_price"} & set(one)]
    return len(said) > 1 and len(priced) == 1 and "total_price" in said[-1]


@_many
@given(_lists())
def test_a_list_is_read_item_by_item(case: tuple[str, list[dict[str, str]]]) -> None:
    message, said = case
    if not _lumps(said):
        assert _read(message) == said


@_many
@given(st.data(), _products, _quantities)
def test_the_verb_may_stand_anywhere_and_the_number_behind_the_name(
    data: st.DataObject, product: str, quantity: int
) -> None:
    action = data.draw(st.sampled_from(sorted(_FRAMES)))
    frame = data.draw(st.sampled_from(_FRAMES[action]))
    form = data.draw(st.sampled_from(["{1} {0}", "{1}x {0}", "{0} x{1}", "{0} - {1}", "{0}: {1}"]))
    (said,) = _read(frame.format(form.format(product, quantity)))
    assert (said["action"], said["quantity"], said["product"]) == (action, str(quantity), product)
