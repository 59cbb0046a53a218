"""A corpus written for one test."""

from __future__ import annotations

from pathlib import Path

SHOP = """\
name,unit,price,cost,quantity,aliases,pack,pack_size
Albany Bread 700g,each,19.00,13.00,100,bread,,
Coca-Cola 2L,each,25.00,18.50,100,coke 2l,case,6
"""


def written(folder: Path, sentences: dict[str, str], talk: str = "") -> Path:
    """A corpus folder of English sentences with their readings, and a talk."""
    (folder / "shop.csv").write_text(SHOP)
    lines = [f'"{text}" = "{reading}"' for text, reading in sentences.items()]
    (folder / "en.toml").write_text("\n".join(['language = "en"', "[all]", *lines]))
    if talk:
        (folder / "dialogues").mkdir()
        (folder / "dialogues" / "shop.csv").write_text(SHOP)
        (folder / "dialogues" / "en.toml").write_text(f'language = "en"\n["a talk"]\n{talk}')
    return folder
