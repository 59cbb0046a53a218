"""Gemini through `google-generativeai`, which some installations still pin.

Its types end in 2025: it knows no thinking settings, so a model that thinks by default goes on
doing so. Its REST transport has no asynchronous form, hence the thread.
"""

import asyncio
import warnings
from collections.abc import Sequence
from datetime import date
from typing import Any

from edge_adapter.gemini.answer import (
    ModelAnswer,
    Reply,
    Tokens,
    Unavailable,
    client_failure,
    read_reply,
    refused,
)
from edge_adapter.gemini.prompt import base_type, instructions, media_data, text_data
from edge_adapter.gemini.schema import form_schema

with warnings.catch_warnings():
    # It announces its own end, and that of old Pythons, at every import: whoever sets GEMINI_SDK to
    # it knows, and nobody else loads it.
    warnings.simplefilter("ignore", FutureWarning)
    from google.api_core.exceptions import GoogleAPICallError
    from google.generativeai.client import configure
    from google.generativeai.generative_models import GenerativeModel
    from google.generativeai.types import GenerateContentResponse, RequestOptions


class GenerativeAi:
    """An Interpreter. The client keeps its key and address per process: make only one."""

    def __init__(
        self, key: str, url: str, model: str, timeout_seconds: float, output_tokens: int
    ) -> None:
        configure(api_key=key, transport="rest", client_options={"api_endpoint": url})
        self._timeout_seconds = timeout_seconds
        self._text = _model(model, output_tokens, media=False)
        self._media = _model(model, output_tokens, media=True)

    async def read_text(self, text: str, today: date, products: Sequence[str] = ()) -> ModelAnswer:
        """See Interpreter."""
        return await self._ask(self._text, [text_data(text, today, products)])

    async def read_media(
        self,
        data: bytes,
        mime: str,
        today: date,
        caption: str = "",
        products: Sequence[str] = (),
    ) -> ModelAnswer:
        """See Interpreter."""
        file = {"mime_type": base_type(mime), "data": data}
        return await self._ask(self._media, [media_data(mime, today, caption, products), file])

    async def _ask(self, model: GenerativeModel, parts: list[Any]) -> ModelAnswer:
        options = RequestOptions(timeout=self._timeout_seconds, retry=None)
        try:
            async with asyncio.timeout(self._timeout_seconds):
                response = await asyncio.to_thread(
                    model.generate_content, parts, request_options=options
                )
            return read_reply(_reply(response))
        except TimeoutError:
            return ModelAnswer(Unavailable("timeout"))
        except GoogleAPICallError as error:
            return refused(int(error.code or 0), error.details)
        except Exception as error:  # whatever a vendor's library does, the message goes on
            return ModelAnswer(client_failure(error))


def _model(model: str, output_tokens: int, *, media: bool) -> GenerativeModel:
    return GenerativeModel(
        model,
        system_instruction=instructions(media),
        generation_config={
            "temperature": 0,
            "candidate_count": 1,
            "max_output_tokens": output_tokens,
            "response_mime_type": "application/json",
            "response_schema": form_schema(media),
        },
    )


def _reply(response: GenerateContentResponse) -> Reply:
    candidate = response.candidates[0] if response.candidates else None
    usage = response.usage_metadata
    return Reply(
        text="".join(part.text for part in candidate.content.parts) if candidate else "",
        finish=_word(candidate.finish_reason) if candidate else "",
        block=_word(response.prompt_feedback.block_reason),
        tokens=Tokens(
            usage.prompt_token_count,
            # It has no word for thinking, which is in the total alone.
            max(usage.candidates_token_count, usage.total_token_count - usage.prompt_token_count),
        ),
    )


def _word(value: object) -> str:
    """The name of an enumeration's value; what is newer than the client comes as a bare number."""
    return str(getattr(value, "name", value))
