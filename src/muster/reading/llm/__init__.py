"""The optional reader that asks a language model behind any OpenAI-compatible endpoint; it trusts no answer."""

from muster.reading.llm.client import ChatClient, ChatLimits
from muster.reading.llm.reader import LlmReader, LlmReport

__all__ = ["ChatClient", "ChatLimits", "LlmReader", "LlmReport"]
