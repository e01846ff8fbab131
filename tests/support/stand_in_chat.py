"""Chat completions as vLLM words them, for its stand-in."""

from __future__ import annotations

import base64
import hashlib
import os
import time
from typing import Any


def head(asked: dict[str, Any], kind: str) -> dict[str, Any]:
    """Begin an answer."""
    return {
        "id": f"chatcmpl-{os.urandom(8).hex()}",
        "object": kind,
        "created": int(time.time()),
        "model": asked["model"],
    }


def chunk_of(asked: dict[str, Any], choices: list[dict[str, Any]]) -> dict[str, Any]:
    """Make one piece of a streamed answer."""
    return {**head(asked, "chat.completion.chunk"), "choices": choices}


def probability(piece: str) -> dict[str, Any]:
    """Say how sure the model was of a piece."""
    return {"token": piece, "logprob": -0.01, "bytes": list(piece.encode()), "top_logprobs": []}


def answer_for(behaviour: Any, asked: dict[str, Any]) -> str:
    """Find the answer kept for one of the request's pictures (by SHA-256) or for words of its prompt."""
    for message in reversed(asked.get("messages") or []):
        content = message.get("content") or ""
        parts: list[dict[str, Any]] = [{"type": "text", "text": content}] if isinstance(content, str) else content
        for part in parts:
            if part.get("type") == "image_url":
                _, _, data = part["image_url"]["url"].partition("base64,")
                told = behaviour.answers.get(hashlib.sha256(base64.b64decode(data)).hexdigest())
                if told is not None:
                    return str(told)
        for part in parts:
            for words, told in behaviour.answers.items():
                if part.get("type") == "text" and words in part.get("text", ""):
                    return str(told)
    return str(behaviour.answer)
