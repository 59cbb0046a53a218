"""The one way to ask a model, and the choice of the client that does."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date
from typing import Protocol

from edge_adapter.gemini.answer import ModelAnswer
from edge_adapter.settings import Settings


class Interpreter(Protocol):
    """Fills the form from words or from a file. Never raises; `today` is the shop's date."""

    async def read_text(self, text: str, today: date, products: Sequence[str] = ()) -> ModelAnswer:
        """A message as it was typed; `products` are names that the shop lets the model see."""

    async def read_media(
        self,
        data: bytes,
        mime: str,
        today: date,
        caption: str = "",
        products: Sequence[str] = (),
    ) -> ModelAnswer:
        """A voice note, a picture or a document as it was downloaded."""


@asynccontextmanager
async def open_interpreter(settings: Settings) -> AsyncIterator[Interpreter | None]:
    """The client that GEMINI_SDK names, or None without GEMINI_API_KEY.

    A client's library is loaded only here: either takes most of a second to import.
    """
    if settings.gemini_api_key is None:
        yield None
        return
    key = settings.gemini_api_key.get_secret_value()
    url = str(settings.gemini_url).rstrip("/")
    if settings.gemini_sdk == "google-generativeai":
        from edge_adapter.gemini.generativeai import GenerativeAi

        yield GenerativeAi(
            key, url, settings.gemini_model, settings.gemini_timeout_seconds,
            settings.gemini_output_tokens,
        )  # fmt: skip
    else:
        from edge_adapter.gemini.genai import GenAi

        async with GenAi(
            key, url, settings.gemini_model, settings.gemini_timeout_seconds,
            settings.gemini_output_tokens,
        ) as interpreter:  # fmt: skip
            yield interpreter
