"""An Afrikaans verb comes last, behind all the goods, and acts for whoever stood before them."""

from __future__ import annotations

from itertools import product

from edge_adapter.grammar import parse
from edge_adapter.guard import guard

_SUBJECTS = {
    "own": ["ek", "ons", "ons almal"],
    "customer": ["die klant", "'n kliënt", "klante"],
    "supplier": ["die verskaffer", "die bakkery"],
    "buyer": ["die tannie", "'n ou oom", "die kinders", "mevrou Nkosi", "tannie Sarie se seun"],
    "other": ["hulle", "sy", "my ma"],
}
_FRAMES = ["{subject} het {goods} {verb}", "gister het {subject} {goods} {verb}"]
_GOODS = [
    "3 coke",
    "3 coke en 2 brood",
    "3 coke, 2 brood",
    "3 coke, 2 brood en 4 melk",
    "drie coke, twee brood, 4 melk en 1 suiker",
    "3 coke\n2 brood",
]
_MEANS = {
    "verkoop": {"own": "sell", "supplier": "receive", "customer": "unknown"},
    "gekoop": {"own": "receive", "customer": "sell", "buyer": "sell", "other": "unknown"},
    "by ons gekoop": {"customer": "sell", "buyer": "sell", "other": "sell"},
    "by my gekoop": {"customer": "sell", "buyer": "sell", "other": "sell"},
    "by Makro gekoop": {"own": "receive"},
    "ontvang": {"own": "receive", "customer": "unknown"},
    "gebring": {"supplier": "receive", "customer": "unknown"},
    "teruggebring": {"customer": "return_in", "buyer": "return_in", "other": "return_in"},
    "teruggestuur": {"own": "return_out"},
    "weggegooi": {"own": "write_off"},
    "gesteel": {"buyer": "write_off", "other": "write_off"},
    "getel": {"own": "count"},
}


def test_every_subject_every_verb_and_every_list_says_the_one_direction() -> None:
    for verb, meanings in _MEANS.items():
        for (who, action), frame, goods in product(meanings.items(), _FRAMES, _GOODS):
            for subject in _SUBJECTS[who]:
                text = frame.format(subject=subject, goods=goods, verb=verb)
                interpretation = parse(text)
                said = {one.action for one in interpretation.actions}
                assert said == {action}, text
                assert guard(text, interpretation, origin="grammar").outcome == "ok", text
