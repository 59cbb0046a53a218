"""What the migrations can make the chat hear: the codes of refusals, questions and answers.

Read out of the SQL itself, along the calls from the function that every message goes through.
"""

from __future__ import annotations

import re
from functools import cache

from tests.conftest import MIGRATIONS

_FUNCTION = re.compile(r"create (?:or replace )?function (\w+\.\w+)\((.*?)\n\$\$;", re.DOTALL)
_ENTRY = "private.apply_message"
_APPLY = "public.apply_interpretations"
# What only a program can get wrong: a message's keys and ids are our own.
_OF_PROGRAMS = {"bad_key", "key_reused", "bad_product_id", "bad_location_id"}


@cache
def functions() -> dict[str, str]:
    """The text of every function by its name."""
    found: dict[str, str] = {}
    for file in sorted(MIGRATIONS.glob("*.sql")):
        sql = re.sub(r"--[^\n]*", "", file.read_text(encoding="utf-8"))
        found |= {match[1]: match[0] for match in _FUNCTION.finditer(sql)}
    return found


@cache
def reached() -> tuple[str, ...]:
    """The text of each function that a chat message can reach."""
    seen, waiting = set[str](), [_ENTRY]
    while waiting:
        name = waiting.pop()
        if name in seen or name not in functions():
            continue
        seen.add(name)
        waiting += re.findall(r"\b(?:private|public)\.\w+(?=\()", functions()[name])
    return tuple(functions()[name] for name in sorted(seen))


def chat() -> str:
    """All of them as one text."""
    return "\n".join(reached())


def refusals() -> set[str]:
    """The machine words a message can be refused with."""
    sql = chat()
    words = set(re.findall(r"private\.refuse\(\s*\d+,\s*'(\w+)'(?!\s*\|\|)", sql)) - _OF_PROGRAMS
    # A table of faults: its name, its status, its word.
    words |= set(re.findall(r"\(\s*'\w+', 4\d\d, '(\w+)'", sql)) - _OF_PROGRAMS
    words |= set(re.findall(r"\(\s*'refused', '(\w+)'", sql))
    words |= set(re.findall(r"'outcome', 'refused', 'code', '(\w+)'", sql))
    # `bad_` and the name of the number that was asked for.
    words |= {
        f"bad_{name}"
        for name in re.findall(r"private\.exact\([^;]*?\d, '(\w+)'", sql)
        if name != "bad_"
    }
    return words | set(re.findall(r"else '(\w+)' end\s*\);", functions()[_APPLY]))


def questions() -> set[str]:
    """The kinds of question."""
    return set(re.findall(r"'kind', '(\w+)',\s*'details'", chat()))


def options() -> set[tuple[str, str]]:
    """Each answer that is offered by a key, with the kind of question it belongs to."""
    return {
        (asked.split("'")[3], first or second)
        for function in reached()
        for asked in re.split(r"(?='kind', '\w+',\s*'details')", function)[1:]
        for first, second in re.findall(
            r"private\.option\(\s*'(\w+)'|'key', '(\w+)'(?! \|\|)", asked
        )
    }


def at_once() -> set[str]:
    """The kinds of question that may be asked about several lines at once."""
    return set(re.findall(r"'(\w+)'", functions()["private.is_asked_at_once"])) - {"kind"}


def answers() -> set[str]:
    """What a person may ask the books."""
    asking = re.search(r"in \(([^)]*)\) then 'ask'", chat())
    assert asking
    return set(re.findall(r"'(\w+)'", asking[1]))


def changes() -> set[str]:
    """What the chat changes in the catalogue."""
    changing = re.search(r"in \(([^)]*)\) then 'catalogue'", chat())
    assert changing
    return set(re.findall(r"'(\w+)'", changing[1]))


def answered() -> set[str]:
    """The codes of answers that have no rows."""
    plain = re.findall(r"'outcome', 'answered',\s*'code', '(\w+)'", chat())
    quoted = re.findall(r'"outcome": "answered", "code": "(\w+)"', chat())
    either = re.findall(r"'code', case when .*? then '(\w+)' else '(\w+)' end", chat())
    return {*plain, *quoted, *(word for pair in either for word in pair)}


def not_understood() -> set[str]:
    """The codes of messages that were not understood."""
    return set(re.findall(r'"outcome": "not_understood", "code": "(\w+)"', chat()))


def kinds(enum: str) -> set[str]:
    """The labels of an enum."""
    for file in MIGRATIONS.glob("*.sql"):
        sql = re.sub(r"--[^\n]*", "", file.read_text(encoding="utf-8"))
        if found := re.search(rf"create type public\.{enum} as enum \((.*?)\);", sql, re.DOTALL):
            return set(re.findall(r"'(\w+)'", found[1]))
    raise AssertionError(f"no enum {enum}")
