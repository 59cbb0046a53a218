"""The words put to the model: fixed instructions, and the message as a JSON string inside data."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from importlib import resources


@cache
def instructions(media: bool) -> str:
    """What the model is told of the form; with what concerns voice and photos if `media`."""
    words = tomllib.loads(resources.files(__package__).joinpath("prompt.toml").read_text("utf-8"))
    parts = [words["form"], words["media"]] if media else [words["form"]]
    return "\n".join(part.strip() for part in parts)


def text_data(text: str, today: date, products: Sequence[str] = ()) -> str:
    """A JSON object: quoted so, nothing in a message can end the data it stands in."""
    return _quoted({"today": today.isoformat(), "message": text}, products)


def media_data(mime: str, today: date, caption: str = "", products: Sequence[str] = ()) -> str:
    """A JSON object beside the attached file; `caption` is what its sender wrote under it."""
    told = {"today": today.isoformat(), "attached": base_type(mime)}
    return _quoted(told | ({"caption": caption} if caption else {}), products)


def _quoted(told: Mapping[str, object], products: Sequence[str]) -> str:
    return json.dumps(
        {**told, "products": list(products)} if products else told, ensure_ascii=False
    )


def base_type(mime: str) -> str:
    """`audio/ogg; codecs=opus` → `audio/ogg`: the vendor takes no parameters."""
    return mime.partition(";")[0].strip().lower()
