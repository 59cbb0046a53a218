"""The adapter: how fast the grammar reads, and how fast a stack of the run's own answers."""

from __future__ import annotations

import secrets
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from cli.bench.figure import Figure, rounded
from cli.bench.size import Size
from cli.errors import CommandError
from cli.load import Load
from cli.load import run as load

if TYPE_CHECKING:
    import httpx

    from cli.conversation import Wiring

_LEAST_RATE = Decimal(5_000)
_MOST_REPLY = Decimal(150)
# Meta's advice for webhooks: a median of 250 ms, and fewer than 1 % that take a second.
_MOST_STORED = Decimal(250)
_LATE = (250, 1_000)
_MOST_LATE = Decimal(1)

_SHOPS = Load(companies=40, products=200, transactions=8_000)
_SAID = "sold 1 albany white bread"
_AT_ONCE = 8  # connections, under load
_WARM_UP = 10
_PATIENCE_SECONDS = 60


def grammar(size: Size, say: Callable[[str], None]) -> Iterator[Figure]:
    """Messages per second of one core's time: read, and read and guarded as the adapter does it.

    Every sentence of tests/corpus, over and over; what else the machine does is not counted.
    """
    from cli.stack.settings import ROOT
    from edge_adapter.grammar import parse
    from edge_adapter.grammar.evaluation import load as load_corpus
    from edge_adapter.guard import guard

    say("grammar")
    texts = [sentence.text for sentence in load_corpus(ROOT / "tests" / "corpus")]
    if not texts:
        raise CommandError("There is no tests/corpus here: the grammar is measured in a checkout.")

    def read(text: str) -> None:
        parse(text)

    def read_and_guard(text: str) -> None:
        guard(text, parse(text), origin="grammar")

    for name, work, least in (
        ("grammar", read, _LEAST_RATE),
        ("grammar_guarded", read_and_guard, None),
    ):
        for text in texts:  # word lists are read from disk once
            work(text)
        rates = [_read_rate(work, texts, size.seconds / size.rounds) for _ in range(size.rounds)]
        rate = median(rates)
        yield Figure(
            name,
            rounded(rate),
            "messages/s",
            least,
            rounded(rate / least) if least else None,
            f"≥ {least}" if least else "",
            rate >= least if least else None,
            tuple(rates),
        )


def _read_rate(work: Callable[[str], None], texts: Sequence[str], seconds: float) -> Decimal:
    """Texts per second of this process's own time."""
    done, start = 0, time.process_time()
    while (spent := time.process_time() - start) < seconds:
        for text in texts:
            work(text)
        done += len(texts)
    return Decimal(done) / Decimal(spent)


def webhook(size: Size, system: Path | None, say: Callable[[str], None]) -> Iterator[Figure]:
    """Signed webhooks that book a sale each, to a stack that is made for it and gone afterwards.

    First one after the other, until the 200 and until the Graph API has the reply; then over
    several connections at once. `system`: the binaries, as in `cli.stack.postgres.binaries`.
    """
    say("starting a stack")
    with _stack(system) as wired, _client() as client:
        meta = _Meta(wired, client, _SHOPS.companies)
        for _ in range(_WARM_UP):
            meta.exchange()
        stored: list[list[Decimal]] = []
        replied: list[list[Decimal]] = []
        for number in range(1, size.rounds + 1):
            say(f"webhooks, round {number} of {size.rounds}")
            pairs = [meta.exchange() for _ in range(max(1, size.reads // size.rounds))]
            stored.append([pair[0] for pair in pairs])
            replied.append([pair[1] for pair in pairs])
        yield from _spread("webhook_stored", stored, _MOST_STORED)
        yield from _spread("webhook_replied", replied, _MOST_REPLY)
        say(f"webhooks, {_AT_ONCE} at once")
        yield from _at_once(meta, size.reads * 5)


@contextmanager
def _stack(system: Path | None) -> Iterator[Wiring]:
    """On free ports, with shops that have traded; nothing of it stays."""
    from cli.conversation import Wiring
    from cli.database import connect
    from cli.stack.postgres import free_port
    from cli.stack.settings import StackSettings
    from cli.stack.supervisor import Stack

    with tempfile.TemporaryDirectory(prefix="backroom-bench-") as name:
        ports = ("database_port", "api_port", "adapter_port", "graph_port")
        chosen: dict[str, Any] = {port: free_port() for port in ports}
        stack = Stack(StackSettings(state=Path(name), postgres_bin=system, **chosen))
        try:
            stack.up(keeper=False)
            load(stack.database_url, _SHOPS, lambda _done, _of: None)
            with connect(stack.database_url, autocommit=True) as connection:
                connection.execute("analyze")
            told = stack.addresses()
            secret = stack.secrets.app_secret
            yield Wiring(told["webhook_url"], told["graph_url"], secret, told["phone_number_id"])
        finally:
            stack.destroy()


def _client() -> httpx.Client:
    import httpx

    return httpx.Client(timeout=_PATIENCE_SECONDS, trust_env=False)


@dataclass
class _Meta:
    """Posts what the shops' owners write by turns, and sees what the Graph API was handed."""

    wiring: Wiring
    client: httpx.Client
    companies: int
    said: int = 0
    seen: int = 0

    def exchange(self) -> tuple[Decimal, Decimal]:
        """Milliseconds from the webhook to its 200, and to the reply at the Graph API."""
        body, headers = self.signed()
        posted, start = time.time(), time.perf_counter()
        self.client.post(self.wiring.webhook_url, content=body, headers=headers).raise_for_status()
        stored = Decimal(time.perf_counter() - start) * 1000
        (handed,) = self.replies(1)
        return stored, Decimal(handed - posted) * 1000

    def signed(self) -> tuple[bytes, dict[str, str]]:
        """The next owner's message."""
        from cli.conversation import envelope, signed

        self.said += 1
        payload = envelope(
            sender=f"2700001{1 + self.said % self.companies:05}1",
            phone_number_id=self.wiring.phone_number_id,
            wamid=f"wamid.{secrets.token_urlsafe(24)}",
            said=_SAID,
        )
        return signed(payload, self.wiring.app_secret)

    def replies(self, count: int) -> list[float]:
        """When the next replies were handed over, in seconds since 1970, as the stand-in says."""
        url = f"{self.wiring.graph_url}/_standin/messages"
        deadline = time.monotonic() + _PATIENCE_SECONDS
        handed: list[float] = []
        while len(handed) < count:
            if time.monotonic() > deadline:
                raise CommandError(f"Of {count} messages {len(handed)} were answered.")
            answer = self.client.get(url, params={"after": self.seen, "wait": 1}).json()
            self.seen = answer["last"]
            handed += [
                datetime.fromisoformat(sent["at"]).timestamp() for sent in answer["messages"]
            ]
        return handed


def _at_once(meta: _Meta, messages: int) -> Iterator[Figure]:
    """As many webhooks as several connections bring, and the replies to them."""
    webhooks = [meta.signed() for _ in range(messages)]
    first = time.time()
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        shares = [(meta.wiring, webhooks[start::_AT_ONCE]) for start in range(_AT_ONCE)]
        stored = [spent for times in pool.map(_post_all, shares) for spent in times]
    acknowledged = time.time()
    answered = max(meta.replies(messages))
    yield Figure("webhook_stored_rate", _rate(messages, first, acknowledged), "webhooks/s")
    for limit in _LATE:
        late = Decimal(100 * sum(spent > limit for spent in stored)) / messages
        goal = limit == _LATE[-1]
        yield Figure(
            f"webhook_stored_over_{limit}_ms",
            rounded(late),
            "%",
            goal=f"< {_MOST_LATE}" if goal else "",
            met=late < _MOST_LATE if goal else None,
        )
    yield Figure("webhook_replied_rate", _rate(messages, first, answered), "messages/s")


def _post_all(share: tuple[Wiring, Sequence[tuple[bytes, dict[str, str]]]]) -> list[Decimal]:
    """Milliseconds that each webhook took, over one connection."""
    wiring, webhooks = share
    spent = []
    with _client() as client:
        for body, headers in webhooks:
            start = time.perf_counter()
            client.post(wiring.webhook_url, content=body, headers=headers).raise_for_status()
            spent.append(Decimal(time.perf_counter() - start) * 1000)
    return spent


def _rate(messages: int, first: float, last: float) -> Decimal:
    return rounded(messages / Decimal(last - first))


def _spread(name: str, rounds: Sequence[Sequence[Decimal]], most: Decimal) -> Iterator[Figure]:
    """Median and 99th percentile of all rounds; each round's median shows how quiet it was."""
    ordered = sorted(spent for times in rounds for spent in times)
    typical = median(ordered)
    yield Figure(
        name,
        rounded(typical),
        "ms",
        most,
        rounded(typical / most),
        f"≤ {most}",
        typical <= most,
        tuple(median(times) for times in rounds),
    )
    last = ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
    yield Figure(f"{name}_p99", rounded(last), "ms")
