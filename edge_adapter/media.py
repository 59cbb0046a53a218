"""A file that somebody sent: fetched from Meta within limits, or the word for why it was not.

What comes back is what its sender's phone sent, byte for byte: its hash is the one that the signed
webhook told.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
from dataclasses import dataclass
from typing import Final, Literal

import stamina

from edge_adapter.backend import StoredMedia
from edge_adapter.graph import Faltered, Graph, TooLarge

_TRIES: Final = 3  # while the time lasts: an address of Meta's is good for minutes


@dataclass(frozen=True, slots=True)
class File:
    """The bytes, and the type that Meta gives them, without parameters."""

    data: bytes
    mime: str


@dataclass(frozen=True, slots=True)
class NotFetched:
    """Nothing to read, and what its sender can do about it."""

    code: Literal["media_unavailable", "media_too_large", "media_type"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What is fetched at all; seconds for all requests together."""

    bytes: int
    types: frozenset[str]
    seconds: float


async def fetch(graph: Graph, media: StoredMedia, limits: Limits) -> File | NotFetched:
    """Ask Meta where the file is, then for the file; never more bytes than the limit."""
    if media.mime is not None and _base(media.mime) not in limits.types:
        return NotFetched("media_type")
    try:
        async with asyncio.timeout(limits.seconds):
            async for attempt in stamina.retry_context(
                on=Faltered, attempts=_TRIES, wait_initial=0.1, wait_max=0.5, timeout=None
            ):
                with attempt:
                    return await _fetch(graph, media, limits)
    except TooLarge:
        return NotFetched("media_too_large")
    except (Faltered, TimeoutError):
        return NotFetched("media_unavailable")
    raise AssertionError("unreachable")  # retry_context returns or raises


async def _fetch(graph: Graph, media: StoredMedia, limits: Limits) -> File | NotFetched:
    found = await graph.find_media(media.id)
    if found is None:
        return NotFetched("media_unavailable")
    mime = _base(found.mime or media.mime or "")
    if mime not in limits.types:
        return NotFetched("media_type")
    if found.size is not None and found.size > limits.bytes:
        return NotFetched("media_too_large")
    data = await graph.download(found.url, limits.bytes)
    if not data or not all(_is_hash(data, told) for told in (media.sha256, found.sha256) if told):
        return NotFetched("media_unavailable")
    return File(data, mime)


def _is_hash(data: bytes, told: str) -> bool:
    """Meta writes a SHA-256 as base64 in webhooks and as hexadecimal elsewhere."""
    digest = hashlib.sha256(data)
    return told in (base64.b64encode(digest.digest()).decode(), digest.hexdigest())


def _base(mime: str) -> str:
    """`audio/ogg; codecs=opus` → `audio/ogg`"""
    return mime.partition(";")[0].strip().lower()
