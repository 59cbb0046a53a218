"""Counts of a run per language, and the targets that they are held to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from cli.evaluation.dialogues import Talked
from cli.evaluation.sentences import Judged

NAMES = {
    "en": "English",
    "af": "Afrikaans",
    "zu": "isiZulu",
    "xh": "isiXhosa",
    "st": "Sesotho",
}
LEAST_EXACT = {
    "en": Decimal("0.98"),
    "af": Decimal("0.95"),
    "zu": Decimal("0.90"),
    "xh": Decimal("0.90"),
    "st": Decimal("0.90"),
}
MOST_ASKED = Decimal("0.05")
MOST_WRONG_BOOKING = Decimal("0.005")


@dataclass(frozen=True)
class Score:
    """Counts of sentences, and of whole talks.

    asked: nothing was done where something was due. wrong: all that was done or answered otherwise;
    wrong_booking: of those, what was written; wrong_direction: of those, goods booked in that went
    out, or out that came in. unlisted: those about a product or pack the shop does not keep.
    dialogues_exact: those that went as written to their end.
    """

    sentences: int
    exact: int
    asked: int
    wrong: int
    wrong_booking: int
    wrong_direction: int
    unlisted: int
    dialogues: int
    dialogues_exact: int

    def missed(self, language: str) -> Iterator[str]:
        """Every target that is missed, in words."""
        if self.sentences and self.share(self.exact) < LEAST_EXACT[language]:
            yield f"exact {percent(self.share(self.exact))} < {percent(LEAST_EXACT[language])}"
        if self.share(self.asked) > MOST_ASKED:
            yield f"asked {percent(self.share(self.asked))} > {percent(MOST_ASKED)}"
        if self.share(self.wrong_booking) > MOST_WRONG_BOOKING:
            most = percent(MOST_WRONG_BOOKING)
            yield f"booked wrongly {percent(self.share(self.wrong_booking))} > {most}"
        if self.wrong_direction:
            yield f"wrong direction {self.wrong_direction} > 0"
        if self.dialogues_exact < self.dialogues:
            yield f"dialogues {self.dialogues_exact} of {self.dialogues}"

    def share(self, part: int) -> Decimal:
        """Of all sentences, from 0 to 1."""
        return Decimal(part) / self.sentences if self.sentences else Decimal(0)


def score(judged: Iterable[Judged], talked: Iterable[Talked] = ()) -> dict[str, Score]:
    """The counts by language, in the order of `NAMES`."""
    judged = list(judged)
    sentences = Counter((one.sentence.language, one.judgement) for one in judged)
    unlisted = Counter(one.sentence.language for one in judged if one.unlisted)
    talks = Counter((one.dialogue.language, one.fault is None) for one in talked)
    scores = {}
    for language in NAMES:
        of = Counter({name: n for (spoken, name), n in sentences.items() if spoken == language})
        wrong_booking = of["wrong_booking"] + of["wrong_direction"]
        made = Score(
            sentences=of.total(),
            exact=of["exact"],
            asked=of["asked"],
            wrong=of["wrong"] + wrong_booking,
            wrong_booking=wrong_booking,
            wrong_direction=of["wrong_direction"],
            unlisted=unlisted[language],
            dialogues=talks[language, True] + talks[language, False],
            dialogues_exact=talks[language, True],
        )
        if made.sentences or made.dialogues:
            scores[language] = made
    return scores


def percent(share: Decimal) -> str:
    """A share as people read it, cut to a tenth so that 97.96 % is not 98."""
    return f"{(share * 1000).to_integral_value('ROUND_FLOOR') / 10:f} %"
