"""The adapter: how fast the grammar reads, and how fast a running stack answers."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from statistics import median

from cli.bench.figure import Figure, rounded, unmeasured
from cli.errors import CommandError

SENTENCES = (
    "sold 3 coke 2l and got 10 bread at R12",
    "Sold two loaves of bread R18 each",
    "received 5 cases simba chips @ R45",
    "how much sugar is left?",
    "undo",
    "verkoop 4 melk teen R20",
    "ngithengise 3 bread ngo-R18",
    "ndithengise amakhekhe amabini",
    "ke rekisitse bohobe bo bobeli",
    "stock take: coke 12, fanta 8, bread 20",
)
_LEAST_RATE = Decimal(5_000)
_MOST_REPLY = Decimal(150)
_SENDER = "27820000001"  # of the demo shop


def grammar(seconds: int, say: Callable[[str], None]) -> Iterator[Figure]:
    """Messages read per second on one core, in five languages."""
    from edge_adapter.grammar import parse

    say("grammar")
    for sentence in SENTENCES:  # word lists are read from disk once
        parse(sentence)
    read, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < seconds:
        for sentence in SENTENCES:
            parse(sentence)
        read += len(SENTENCES)
    rate = Decimal(read) / Decimal(spent)
    yield Figure(
        "grammar",
        rounded(rate),
        "messages/s",
        _LEAST_RATE,
        rounded(rate / _LEAST_RATE),
        f"≥ {_LEAST_RATE}",
        rate >= _LEAST_RATE,
    )


def webhook(messages: int, say: Callable[[str], None]) -> Iterator[Figure]:
    """Signed webhooks to the running stack, one after the other: until 200, and until the reply.

    Each asks for a stock figure, so nothing is booked. Without a stack, not measured.
    """
    import httpx

    from cli.conversation import Chat, envelope, signed, wiring
    from cli.database import connect

    names = ("webhook_stored", "webhook_replied")
    try:
        wired = wiring()
    except CommandError:
        for name in names:
            yield unmeasured(name, "ms", "`backroom up` is not running")
        return
    stored: list[Decimal] = []
    replied: list[Decimal] = []
    with httpx.Client(timeout=10) as client, connect(autocommit=True) as connection:
        for number in range(1, messages + 1):
            say(f"webhooks, {number} of {messages}")
            payload = envelope(
                sender=_SENDER,
                phone_number_id=wired.phone_number_id,
                wamid=f"wamid.{secrets.token_urlsafe(24)}",
                said="help",
            )
            body, headers = signed(payload, wired.app_secret)
            start = time.perf_counter()
            client.post(wired.webhook_url, content=body, headers=headers).raise_for_status()
            stored.append(_milliseconds(start))
        chat = Chat(wired, connection, client, _SENDER)
        for number in range(1, messages + 1):
            say(f"replies, {number} of {messages}")
            start = time.perf_counter()
            chat.say("help", timeout=10)
            replied.append(_milliseconds(start))
    yield from _spread(names[0], stored, None)
    yield from _spread(names[1], replied, _MOST_REPLY)


def _milliseconds(start: float) -> Decimal:
    return Decimal(time.perf_counter() - start) * 1000


def _spread(name: str, times: Sequence[Decimal], most: Decimal | None) -> Iterator[Figure]:
    """Median and 99th percentile, and how many took more than 250 ms and a second."""
    ordered = sorted(times)
    typical = median(ordered)
    yield Figure(
        name,
        rounded(typical),
        "ms",
        most,
        rounded(typical / most) if most else None,
        f"≤ {most}" if most else "",
        typical <= most if most else None,
    )
    yield Figure(
        f"{name}_p99", rounded(ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]), "ms"
    )
    for limit in (250, 1_000):
        late = sum(1 for spent in ordered if spent > limit)
        yield Figure(f"{name}_over_{limit}_ms", Decimal(late * 100) / len(ordered), "%")
