"""Verb forms built from structure: subject, object, root and ending, as a word list says."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


class Tense(NamedTuple):
    """A row of a language's `tense` table.

    `patterns` are spelled with `{s}` subject, `{o}` object, `{r}` root, `{p}` passive root, `{b}`
    root of what is done for somebody, `{f}` root of what is finished; `subjects` names lists of
    the `subject` table, and a list's name is the person of the form.
    """

    reading: str
    subjects: Sequence[str]
    patterns: Sequence[str]
    intransitive: bool


class Roots(NamedTuple):
    """The roots of a verb. Of `intransitive` ones goods are the subject: they came, they broke;
    `perfect` ones belong to languages in which what is finished changes the root.
    """

    active: Sequence[str]
    passive: Sequence[str]
    intransitive: Sequence[str]
    beneficial: Sequence[str]
    perfect: Sequence[str]


class Forms(NamedTuple):
    """Spellings, how they are to be read, and who acts: `own`, `other`, `thing` or nobody named."""

    spellings: Sequence[str]
    reading: str
    person: str


def conjugate(
    roots: Roots,
    tenses: Sequence[Tense],
    subjects: Mapping[str, Sequence[str]],
) -> Iterator[Forms]:
    """All forms of a verb. A pattern without `{s}` yields forms without a person."""
    objects = ("", *subjects.get("object", ()))
    for tense in tenses:
        for pattern in tense.patterns:
            stems = _stems(roots, tense, pattern)
            fillings = objects if "{o}" in pattern else ("",)
            for person, prefixes in _subjects(tense, pattern, subjects):
                spellings = [
                    pattern.format(s=subject, o=middle, r=stem, p=stem, b=stem, f=stem)
                    for subject in prefixes
                    for stem in stems
                    for middle in fillings
                ]
                yield Forms(spellings, tense.reading, person)


def _stems(roots: Roots, tense: Tense, pattern: str) -> Sequence[str]:
    if tense.intransitive:
        return roots.intransitive
    if "{b}" in pattern:
        return roots.beneficial
    if "{f}" in pattern:
        return roots.perfect
    return roots.passive if "{p}" in pattern else roots.active


def _subjects(
    tense: Tense, pattern: str, subjects: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, Sequence[str]]]:
    if "{s}" not in pattern:
        yield "", ("",)
        return
    for name in tense.subjects:
        yield name.partition("_")[0], subjects[name]
