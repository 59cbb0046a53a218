"""One JSON line per event on stderr, made of ids and counts.

What may be logged is a list. A key that is not on it is dropped, and so is a value that does not
look like an id: words, phone numbers and secrets cannot slip in by way of a careless call.
"""

import hashlib
import logging
import re
import sys
import traceback
from collections.abc import Mapping
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

ALLOWED = frozenset(
    {
        # structlog's own
        "event", "level", "timestamp", "logger",
        # what it was about
        "message_id", "outbox_id", "operation_id", "question_id", "company_id", "member_id",
        "user_id", "request_id", "wamid", "template", "model", "sdk", "driver", "route", "rpc",
        # what came of it
        "action", "attempt", "code", "count", "error", "at", "ignored", "language", "messages",
        "outcome", "port", "reason", "retry_after", "source", "state", "status", "statuses",
        "type", "duration_ms", "input_tokens", "output_tokens", "fence",
    }
)  # fmt: skip

_ID = re.compile(r"[A-Za-z0-9_.:/-]{1,128}")
_PHONE = re.compile(r"[0-9]{9,}")
_DROPPED = "dropped"


def configure(level: int = logging.INFO) -> None:
    """Route structlog and the standard library's logging through the list. Call once, at start."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _foreign],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _exception_without_words,
                only_ids,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # Addresses carry the verify token (Meta's handshake) and the number's id.
    for name in ("uvicorn.access", "httpx", "httpx2", "httpcore", "hpack", "google_genai"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger: `log.info("message_booked", message_id=…)`. Events are fixed words."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def wamid_tag(wamid: str) -> str:
    """What stands for a wamid in the log: base64 in a wamid spells out the phone number."""
    return hashlib.sha256(wamid.encode("utf-8", "replace")).hexdigest()[:16]


def only_ids(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Keep allowed keys; keep numbers, truth values, ids and flat counts of them."""
    kept = {key: _value(key, value) for key, value in event.items() if key in ALLOWED}
    lost = len(event) - len(kept)
    return {**kept, "dropped_keys": lost} if lost else kept


def _value(key: str, value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value if abs(value or 0) < 10**9 else _DROPPED
    if isinstance(value, Mapping):
        return {str(_value("", k)): _value("", v) for k, v in list(value.items())[:20]}
    if isinstance(value, list | tuple | set | frozenset):
        return [_value(key, item) for item in list(value)[:20]]
    text = str(value)
    if key == "wamid":
        return wamid_tag(text)
    if key == "timestamp":
        return text
    if not _ID.fullmatch(text) or (_PHONE.search(text) and not _is_uuid(text)):
        return _DROPPED
    return text


_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _is_uuid(text: str) -> bool:
    return _UUID.fullmatch(text) is not None


def _foreign(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A library's sentence may quote anything: keep that it spoke, and where."""
    return {**event, "event": "library_message"}


def _exception_without_words(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The class and the place of an exception; its text may quote what was sent."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)
        event["error"] = type(error).__name__
        if frames:
            event["at"] = f"{frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}"
    return event
