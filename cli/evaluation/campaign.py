"""A whole corpus said to a database: its sentences, then its talks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cli.errors import CommandError
from cli.evaluation import catalogue, dialogues, sentences
from cli.evaluation.dialogues import Talked
from cli.evaluation.score import Score, score
from cli.evaluation.sentences import Judged
from edge_adapter.grammar import evaluation
from edge_adapter.grammar.evaluation import Sentence
from edge_adapter.grammar.lexicon import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cli.database import Connection
    from cli.evaluation.catalogue import Catalogue
    from cli.evaluation.dialogues import Dialogue
    from cli.product_file import ProductRow


@dataclass(frozen=True)
class Corpus:
    """What is said, and what is kept in the shops that it is said to; `talked_about` by line."""

    sentences: tuple[Sentence, ...]
    shop: Catalogue
    dialogues: tuple[Dialogue, ...]
    talked_about: Mapping[int, ProductRow]


@dataclass(frozen=True)
class Report:
    """What came of a corpus. `scores` by language."""

    judged: tuple[Judged, ...]
    talked: tuple[Talked, ...]
    scores: dict[str, Score]

    @property
    def missed(self) -> list[str]:
        """Every target that is missed, in words, each with its language."""
        return [
            f"{language}: {target}"
            for language, one in self.scores.items()
            for target in one.missed(language)
        ]

    @property
    def misses(self) -> list[Judged]:
        """The sentences that did not come to what is written beside them."""
        return [one for one in self.judged if one.judgement != "exact"]

    @property
    def faults(self) -> list[Talked]:
        """The talks that left what is written."""
        return [one for one in self.talked if one.fault is not None]


def load(folder: Path, languages: Iterable[str] = ()) -> Corpus:
    """A corpus folder; languages: only these, none for all of them.

    Raises CommandError for one that is misspelt, or has nothing of these languages.
    """
    wanted = set(languages) or set(LANGUAGES)
    if unknown := wanted - set(LANGUAGES):
        raise CommandError(
            f"There is no language {', '.join(sorted(unknown))!r}; "
            f"the languages are {', '.join(LANGUAGES)}."
        )
    said = tuple(one for one in evaluation.load(folder) if one.language in wanted)
    talks = tuple(one for one in dialogues.load(folder) if one.language in wanted)
    if not said and not talks:
        raise CommandError(f"There are no sentences in {folder}.")
    return Corpus(
        said,
        catalogue.load(folder),
        talks,
        catalogue.load(folder / dialogues.FOLDER).rows if talks else {},
    )


def run(
    connection: Connection,
    corpus: Corpus,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Report:
    """Says a corpus, in shops of its own making.

    connection: as `postgres`, each statement committed by itself. progress: told how many sentences
    and talks of all are done.
    """
    total = len(corpus.sentences) + len(corpus.dialogues)
    judged: list[Judged] = []
    talked: list[Talked] = []
    for sentence in sentences.judge(connection, corpus.shop, corpus.sentences):
        judged.append(sentence)
        progress(len(judged), total)
    for talk in dialogues.hold(connection, corpus.talked_about, corpus.dialogues):
        talked.append(talk)
        progress(len(judged) + len(talked), total)
    return Report(tuple(judged), tuple(talked), score(judged, talked))
