"""The documents say what is so: settings, commands, links, and the chat of the README."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from cli import demo
from cli.chat_picture import PICTURE, chats, drawn
from cli.database import connect
from cli.evaluation.talk import Talk
from cli.main import app
from cli.stack.settings import ROOT, StackSettings
from edge_adapter.settings import Settings
from tests.conftest import Database

DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
SETTINGS = (ROOT / "docs" / "settings.md").read_text("utf-8")
RENDER = (ROOT / "render.yaml").read_text("utf-8")

each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.name)
_ROW = re.compile(r"^\| `([A-Z_]+)` \| (.+?) \| .+ \|$", re.MULTILINE)


# --- settings -------------------------------------------------------------------------------------


def _told() -> dict[str, str]:
    return {name: default.strip("`") for name, default in _ROW.findall(SETTINGS)}


def test_every_setting_is_documented_and_every_documented_one_exists() -> None:
    local = {f"BACKROOM_{name.upper()}" for name in StackSettings.model_fields}
    known = {name.upper() for name in Settings.model_fields} | local | {"BACKROOM_DATABASE_URL"}
    assert set(_told()) == known


def test_the_documented_defaults_are_the_ones_that_hold() -> None:
    defaults = {
        **{name.upper(): field for name, field in Settings.model_fields.items()},
        **{f"BACKROOM_{name.upper()}": field for name, field in StackSettings.model_fields.items()},
    }
    wrong = {
        name: told
        for name, told in _told().items()
        if name in defaults and told != _shown(name, defaults[name])
    }
    assert wrong == {}


def _shown(name: str, field: Any) -> str:
    if field.is_required():
        return "required"
    if name == "MEDIA_TYPES":
        return "see below"
    if isinstance(field.default, Path):
        return field.default.name
    return "none" if field.default is None else str(field.default).rstrip("/")


def test_the_documented_types_of_files_are_the_ones_that_are_read() -> None:
    (line,) = re.findall(r"^`MEDIA_TYPES`: (.+)\.$", SETTINGS, re.MULTILINE)
    assert set(re.findall(r"`([^`]+)`", line)) == Settings.model_fields["media_types"].default


_NAMED = re.compile(r"\b(?:[A-Z][A-Z0-9]*_)+[A-Z0-9]+\b")
# What documents name that is no setting of ours.
_OTHERS = {
    "DASHBOARD_URL", "SEND_SMS_HOOK_URL",  # supabase/config.toml
    "WABA_ID", "ON_ERROR_STOP",  # Meta's; psql's
}  # fmt: skip


@each_document
def test_no_document_names_a_setting_that_does_not_exist(document: Path) -> None:
    named = set(_NAMED.findall(document.read_text("utf-8")))
    assert named - set(_told()) - _OTHERS == set()


def test_what_supabase_reads_from_the_environment_is_documented() -> None:
    config = (ROOT / "supabase" / "config.toml").read_text("utf-8")
    deploy = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    read = set(re.findall(r"env\(([A-Z_]+)\)", config))
    assert read == {name for name in read if f"export {name}=" in deploy}
    assert len(read) == 3


def test_render_is_told_settings_that_exist_and_all_that_are_required() -> None:
    told = dict(
        re.findall(r"- key: (\w+)\n +(?:value: (\S+)|(?:sync|generateValue): \w+)\n", RENDER)
    )
    assert len(told) == RENDER.count("- key: ")
    fields = Settings.model_fields
    assert told.keys() - {"PORT", "PYTHON_VERSION"} <= {name.upper() for name in fields}
    assert {name.upper() for name, field in fields.items() if field.is_required()} <= told.keys()
    assert told["PORT"] == told["ADAPTER_PORT"] != ""
    (start,) = re.findall(r"startCommand: (.+)", RENDER)
    assert _fault(start) is None


def test_the_adapter_is_installed_on_render_as_anywhere_else() -> None:
    deploy = (ROOT / "docs" / "deploy.md").read_text("utf-8").splitlines()
    lines = [line for line in deploy if line.startswith("pip install")]
    assert len(lines) == 2
    assert [line for line in lines if line not in RENDER] == []


# --- commands and links ---------------------------------------------------------------------------


@each_document
def test_every_command_that_a_document_shows_exists(document: Path) -> None:
    shown = list(_commands(document.read_text("utf-8")))
    assert {command: fault for command in shown if (fault := _fault(command))} == {}


def test_a_command_that_does_not_exist_is_noticed() -> None:
    assert _fault("backroom db rollback --to VERSION") is None
    assert _fault("backroom db unroll") == "unroll"
    assert _fault("backroom say hello --loudly") == "--loudly"
    assert len(list(_commands((ROOT / "README.md").read_text("utf-8")))) > 8


def _commands(text: str) -> Iterator[str]:
    yield from re.findall(r"`(backroom [^`\n]+)`", text)
    for block in re.findall(r"^```\w*\n(.+?)^```", text, re.MULTILINE | re.DOTALL):
        yield from re.findall(r"(?:^|/)(backroom [a-z][^\n#&|]*)", block, re.MULTILINE)


def _fault(command: str) -> str | None:
    """The first word that is no command, or no option of one."""
    found: Any = typer.main.get_command(app)
    for word in command.split()[1:]:
        commands: dict[str, Any] = getattr(found, "commands", {})
        if word.startswith("--"):
            options = {option for parameter in found.params for option in parameter.opts}
            if word.partition("=")[0] not in options | {"--help"}:
                return word
        elif commands and re.fullmatch(r"[a-z-]+", word):
            if word not in commands:
                return word
            found = commands[word]
    return None


@each_document
def test_every_link_leads_somewhere(document: Path) -> None:
    text = document.read_text("utf-8")
    lost = [
        target
        for target in re.findall(r"\]\(([^)\s]+)\)|<img src=\"([^\"]+)\"", text)
        for target in target
        if target and not target.startswith("https://") and not _leads(document, target)
    ]
    assert lost == []


def _leads(document: Path, target: str) -> bool:
    path, _, anchor = target.partition("#")
    file = (document.parent / path).resolve() if path else document
    if not file.exists():
        return False
    heads = re.findall(r"^#+ (.+)$", file.read_text("utf-8"), re.MULTILINE) if anchor else []
    return not anchor or anchor in {
        re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads
    }


@each_document
def test_a_page_answers_one_question_and_stays_short(document: Path) -> None:
    lines = document.read_text("utf-8").splitlines()
    assert lines[0].startswith("# ")
    assert len(lines) <= 160


def test_the_readme_leads_to_every_page() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert [file.name for file in DOCUMENTS[2:] if f"docs/{file.name}" not in text] == []


def test_the_readme_names_the_languages_whose_words_nobody_has_checked() -> None:
    """In the word lists and in the wording alike; whoever checks one changes all three."""
    names = {"en": "English", "af": "Afrikaans", "zu": "isiZulu", "xh": "isiXhosa", "st": "Sesotho"}
    text = " ".join((ROOT / "README.md").read_text("utf-8").split())
    (told,) = re.findall(
        r"The words for ([^.]+) have not yet been checked by native speakers", text
    )
    for language, name in names.items():
        understood, said = (
            tomllib.loads((ROOT / "edge_adapter" / folder / f"{language}.toml").read_text("utf-8"))
            for folder in ("grammar/words", "wording")
        )
        assert understood["reviewed"] is said["checked_by_native_speaker"] is (name not in told)


# --- the chat -------------------------------------------------------------------------------------


def test_the_chat_of_the_readme_is_word_for_word_what_the_bot_says(
    own_database: Database,
) -> None:
    (chat,) = chats((ROOT / "README.md").read_text("utf-8"))
    assert len(chat) > 6
    demo.seed(own_database.url)
    with connect(own_database.url, autocommit=True) as connection:
        owner = Talk(connection, demo.SHOPS[0].owner.phone)
        for shown in chat:
            reply = owner.say(shown.said).reply
            text = reply.text.replace("\u00a0", " ")  # between thousands, and unseen
            assert tuple(text.splitlines()) == shown.reply
            assert tuple(option.title for option in reply.options) == shown.buttons


def test_the_picture_shows_the_chat_of_the_readme() -> None:
    """After a change of the chat: `make picture`."""
    (chat,) = chats((ROOT / "README.md").read_text("utf-8"))
    assert PICTURE.read_text("utf-8") == drawn(chat)
