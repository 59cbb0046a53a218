"""Gemini's `generateContent` over HTTP, for either client: `python -m cli.standins.gemini`.

Understands nothing: it answers what it was told to. Beside the vendor's route it has its own:
`/healthz`; `POST /_standin/answers`, an Answer for the next requests; `GET /_standin/requests`,
what was asked, with path and body; `DELETE /_standin/requests`, which forgets the answers too.
"""

import argparse
import asyncio
import json
from collections import deque
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cli.standins.serving import DroppedConnection, serve


class Answer(BaseModel):
    """How the next `times` requests end, after `delay_seconds`.

    `form` is answered as JSON text, `text` as it is, `block` refuses the prompt for that reason,
    `empty` has no candidate, `status` is an error (with `retry_delay`, such as "53s", if given),
    `raw` is the whole body, `drop` hangs up. `thoughts` are tokens spent on thinking.
    """

    model_config = ConfigDict(extra="forbid")

    times: Annotated[int, Field(ge=1, le=10_000)] = 1
    delay_seconds: Annotated[float, Field(ge=0, le=120)] = 0
    form: dict[str, Any] | None = None
    text: str | None = None
    finish: str = "STOP"
    block: str | None = None
    empty: bool = False
    status: Annotated[int, Field(ge=400, le=599)] | None = None
    retry_delay: str | None = None
    raw: str | None = None
    drop: bool = False
    thoughts: Annotated[int, Field(ge=0)] = 0


NOT_UNDERSTOOD = Answer(form={"language": "en", "actions": [{"action": "unknown"}]})
ASKED_TOKENS, ANSWERED_TOKENS = 11, 7
STATUS_NAMES = {
    400: "INVALID_ARGUMENT",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


@dataclass(slots=True)
class State:
    """Everything the stand-in knows."""

    requests: list[dict[str, Any]] = field(default_factory=list)
    answers: deque[Answer] = field(default_factory=deque)


def error(status: int, message: str, details: list[dict[str, Any]] | None = None) -> JSONResponse:
    """Google's error JSON."""
    body = {
        "code": status,
        "message": message,
        "status": STATUS_NAMES.get(status, "UNKNOWN"),
        "details": details or [],
    }
    return JSONResponse({"error": body}, status)


_SCHEMAS = {"responseSchema", "responseJsonSchema"}


def as_camel(node: Any) -> Any:
    """Google reads `inline_data` as `inlineData`; below a schema the names are the caller's own."""
    if isinstance(node, list):
        return [as_camel(item) for item in node]
    if not isinstance(node, dict):
        return node
    named = {to_camel(key): item for key, item in node.items()}
    return {key: item if key in _SCHEMAS else as_camel(item) for key, item in named.items()}


def refusal(model: str, body: dict[str, Any]) -> str | None:
    """What the vendor would not take in this request, or None."""
    config = body.get("generationConfig", {})
    think = config.get("thinkingConfig", {})
    if "thinkingBudget" in think and "thinkingLevel" in think:
        return "thinkingBudget and thinkingLevel cannot both be set."
    if "thinkingLevel" in think and model.startswith("gemini-2"):
        return "Thinking level is not supported for this model."
    if "responseSchema" in config and "responseJsonSchema" in config:
        return "Only one of the response schemas can be set."
    if not body.get("contents"):
        return "contents is not specified."
    return None


async def generate(request: Request) -> Response:
    """POST /{version}/models/{model}:generateContent"""
    state: State = request.app.state.standin
    model, _, verb = request.path_params["call"].partition(":")
    if verb != "generateContent":
        return error(404, "Unknown method.")
    if not request.headers.get("x-goog-api-key") and not request.query_params.get("key"):
        return error(403, "No API key.")
    try:
        body = as_camel(await request.json())
    except ValueError:
        return error(400, "The body is not JSON.")
    state.requests.append({"path": request.url.path, "model": model, "body": body})
    if reason := refusal(model, body):
        return error(400, reason)
    answer = _next_answer(state)
    await asyncio.sleep(answer.delay_seconds)
    return _response(answer, model)


async def describe(request: Request) -> Response:
    """GET /{version}/models/{model}: that it is there, or the error that was told."""
    answer = _next_answer(request.app.state.standin)
    if answer.status is not None:
        return error(answer.status, "As told.")
    return JSONResponse({"name": f"models/{request.path_params['model']}"})


def _next_answer(state: State) -> Answer:
    if not state.answers:
        return NOT_UNDERSTOOD
    answer = state.answers.popleft()
    if answer.times > 1:
        state.answers.appendleft(answer.model_copy(update={"times": answer.times - 1}))
    return answer


def _response(answer: Answer, model: str) -> Response:
    if answer.drop:
        return DroppedConnection()
    if answer.raw is not None:
        return Response(answer.raw, media_type="application/json")
    if answer.status is not None:
        delay = {
            "@type": "type.googleapis.com/google.rpc.RetryInfo",
            "retryDelay": answer.retry_delay,
        }
        return error(answer.status, "As told.", [delay] if answer.retry_delay else None)
    usage = {"usageMetadata": _usage(answer.thoughts), "modelVersion": model}
    if answer.block is not None:
        return JSONResponse({"promptFeedback": {"blockReason": answer.block}, **usage})
    if answer.empty:
        return JSONResponse({"candidates": [], **usage})
    text = json.dumps(answer.form) if answer.form is not None else answer.text
    candidate: dict[str, Any] = {"index": 0, "finishReason": answer.finish}
    if text is not None:
        candidate["content"] = {"role": "model", "parts": [{"text": text}]}
    return JSONResponse({"candidates": [candidate], **usage})


def _usage(thoughts: int) -> dict[str, int]:
    """A model that did not think has no word about it."""
    return {
        "promptTokenCount": ASKED_TOKENS,
        "candidatesTokenCount": ANSWERED_TOKENS,
        "totalTokenCount": ASKED_TOKENS + ANSWERED_TOKENS + thoughts,
    } | ({"thoughtsTokenCount": thoughts} if thoughts else {})


async def program(request: Request) -> Response:
    """POST /_standin/answers"""
    state: State = request.app.state.standin
    try:
        state.answers.append(Answer.model_validate_json(await request.body()))
    except ValidationError as wrong:
        return JSONResponse({"error": str(wrong)}, 400)
    return Response(status_code=204)


async def asked(request: Request) -> Response:
    """GET /_standin/requests"""
    return JSONResponse({"requests": request.app.state.standin.requests})


async def forget(request: Request) -> Response:
    """DELETE /_standin/requests"""
    request.app.state.standin = State()
    return Response(status_code=204)


async def health(_: Request) -> Response:
    """GET /healthz"""
    return JSONResponse({"status": "ok"})


def make_app() -> Starlette:
    """The stand-in as an ASGI application."""
    app = Starlette(
        routes=[
            Route("/healthz", health),
            Route("/_standin/answers", program, methods=["POST"]),
            Route("/_standin/requests", asked, methods=["GET"]),
            Route("/_standin/requests", forget, methods=["DELETE"]),
            Route("/{version}/models/{call}", generate, methods=["POST"]),
            Route("/{version}/models/{model}", describe, methods=["GET"]),
        ]
    )
    app.state.standin = State()
    return app


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description="A stand-in for Gemini.")
    parser.add_argument("--port", type=int, required=True)
    serve(make_app(), parser.parse_args().port)


if __name__ == "__main__":
    main()
