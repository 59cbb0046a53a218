"""Gemini through `google-genai`, Google's current client."""

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Final, Self

from google import genai
from google.genai import errors, types

from edge_adapter.gemini.answer import (
    ModelAnswer,
    Reply,
    Tokens,
    Unavailable,
    client_failure,
    read_reply,
    refused,
)
from edge_adapter.gemini.families import thinking
from edge_adapter.gemini.prompt import base_type, instructions, media_data, text_data
from edge_adapter.gemini.schema import form_schema

_API_VERSION: Final = "v1beta"


class GenAi:
    """An Interpreter. Given no retry options this client tries once, as is wanted here."""

    def __init__(
        self, key: str, url: str, model: str, timeout_seconds: float, output_tokens: int
    ) -> None:
        self._model = model
        self._timeout_seconds = timeout_seconds
        self._text = _config(model, output_tokens, media=False)
        self._media = _config(model, output_tokens, media=True)
        self._client = genai.Client(
            api_key=key,
            vertexai=False,
            http_options=types.HttpOptions(
                base_url=url, api_version=_API_VERSION, timeout=int(timeout_seconds * 1000)
            ),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._client.aio.aclose()
        self._client.close()

    async def read_text(self, text: str, today: date, products: Sequence[str] = ()) -> ModelAnswer:
        """See Interpreter."""
        return await self._ask(
            [types.Part.from_text(text=text_data(text, today, products))], self._text
        )

    async def read_media(
        self,
        data: bytes,
        mime: str,
        today: date,
        caption: str = "",
        products: Sequence[str] = (),
    ) -> ModelAnswer:
        """See Interpreter."""
        file = types.Part.from_bytes(data=data, mime_type=base_type(mime))
        words = types.Part.from_text(text=media_data(mime, today, caption, products))
        return await self._ask([words, file], self._media)

    async def _ask(
        self, parts: list[types.Part], config: types.GenerateContentConfig
    ) -> ModelAnswer:
        try:
            async with asyncio.timeout(self._timeout_seconds):
                response = await self._client.aio.models.generate_content(
                    model=self._model,
                    contents=types.UserContent(parts=parts),
                    config=config,
                )
            return read_reply(_reply(response))
        except TimeoutError:
            return ModelAnswer(Unavailable("timeout"))
        except errors.APIError as error:
            return refused(error.code, _details(error.details))
        except Exception as error:  # whatever a vendor's library does, the message goes on
            return ModelAnswer(client_failure(error))


def _config(model: str, output_tokens: int, *, media: bool) -> types.GenerateContentConfig:
    least = thinking(model)
    told = least.budget is not None or least.level is not None
    return types.GenerateContentConfig(
        system_instruction=instructions(media),
        temperature=0,
        candidate_count=1,
        max_output_tokens=output_tokens,
        response_mime_type="application/json",
        response_json_schema=form_schema(media),
        thinking_config=types.ThinkingConfig(
            thinking_budget=least.budget,
            thinking_level=types.ThinkingLevel(least.level.upper()) if least.level else None,
        )
        if told
        else None,
    )


def _reply(response: types.GenerateContentResponse) -> Reply:
    candidate = response.candidates[0] if response.candidates else None
    parts = (candidate.content.parts if candidate and candidate.content else None) or []
    feedback = response.prompt_feedback
    usage = response.usage_metadata or types.GenerateContentResponseUsageMetadata()
    return Reply(
        text="".join(part.text for part in parts if part.text and not part.thought),
        finish=candidate.finish_reason.name if candidate and candidate.finish_reason else "",
        block=feedback.block_reason.name if feedback and feedback.block_reason else "",
        tokens=Tokens(
            usage.prompt_token_count or 0,
            (usage.candidates_token_count or 0) + (usage.thoughts_token_count or 0),
        ),
    )


def _details(body: object) -> list[object]:
    """The error body comes as Google sent it: `{"error": {"details": [...]}}`."""
    error = body.get("error", body) if isinstance(body, dict) else {}
    details = error.get("details") if isinstance(error, dict) else None
    return details if isinstance(details, list) else []
