"""What comes back from a model, whichever client asked it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from edge_adapter.interpretation import Interpretation


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the question cost; thinking counts as output."""

    input: int = 0
    output: int = 0


@dataclass(frozen=True, slots=True)
class Busy:
    """The quota is used up, or Google asks for a pause: ask nothing for so long."""

    after_seconds: float


@dataclass(frozen=True, slots=True)
class Unavailable:
    """No usable answer. `reason`: `timeout` `unreachable` `blocked` `truncated` `empty` `malformed`
    `http_<status>`, `too_many` actions, or `client_<exception>` for what the client library itself
    tripped over.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """The form as the model filled it, or why there is none."""

    result: Interpretation | Busy | Unavailable
    tokens: Tokens = Tokens()


@dataclass(frozen=True, slots=True)
class Reply:
    """The vendor's answer in words both clients share; names in upper case, empty if absent."""

    text: str
    finish: str
    block: str
    tokens: Tokens


def read_reply(reply: Reply) -> ModelAnswer:
    """Validate here: neither client enforces the schema that it was given."""
    return ModelAnswer(_result(reply), reply.tokens)


_CUT_SHORT: Final = {"MAX_TOKENS"}
_NATURAL: Final = {"", "STOP", "FINISH_REASON_UNSPECIFIED"}


def _result(reply: Reply) -> Interpretation | Unavailable:
    if reply.block not in ("", "BLOCK_REASON_UNSPECIFIED", "BLOCKED_REASON_UNSPECIFIED"):
        return Unavailable("blocked")
    if reply.finish in _CUT_SHORT:
        return Unavailable("truncated")
    if reply.finish not in _NATURAL:
        return Unavailable("blocked")
    if not reply.text:
        return Unavailable("empty")
    try:
        return Interpretation.model_validate_json(reply.text)
    except ValidationError as error:
        faults = {(fault["type"], fault["loc"]) for fault in error.errors(include_url=False)}
        return Unavailable("too_many" if ("too_long", ("actions",)) in faults else "malformed")
    except RecursionError:
        return Unavailable("malformed")


def refused(status: int, details: Iterable[object]) -> ModelAnswer:
    """An HTTP error with the `details` of Google's error body. A pause that is asked for is kept
    whatever the status: an overloaded model (503) names one as a used-up quota (429) does.
    """
    delay = retry_delay(details)
    if delay is None and status == 429:
        delay = _USUAL_DELAY
    return ModelAnswer(Unavailable(f"http_{status}") if delay is None else Busy(delay))


_USUAL_DELAY: Final = 30.0
_DELAY = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,9})?)s")


def retry_delay(details: Iterable[object]) -> float | None:
    """Seconds of the first `google.rpc.RetryInfo` that names some, which no client reads."""
    for detail in details:
        if not isinstance(detail, Mapping):
            continue
        if str(detail.get("@type", "")).endswith("/google.rpc.RetryInfo"):
            delay = _DELAY.fullmatch(str(detail.get("retryDelay", "")))
            if delay:
                return min(float(delay[1]), 86400.0)
    return None


def client_failure(error: Exception) -> Unavailable:
    """What a client library raised. Each has an HTTP library of its own, so names must do."""
    name = type(error).__name__
    if "Timeout" in name:
        return Unavailable("timeout")
    if name in _CONNECTION:
        return Unavailable("unreachable")
    return Unavailable(f"client_{name}")


_CONNECTION: Final = {
    "ConnectError", "ReadError", "WriteError", "RemoteProtocolError",
    "ConnectionError", "ChunkedEncodingError", "ProxyError", "SSLError",
}  # fmt: skip
