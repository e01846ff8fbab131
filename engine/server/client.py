"""Asks a running server over HTTP: is it ours, is it well, what does it measure; puts it to sleep, reads one page."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.engine_errors import EngineCrashed, EngineError, EngineStalled, Impostor
from engine.errors import DiglotError
from engine.server.state import Endpoint
from engine.server.wire import Answer, Question, Trouble, Wire, WireFault, plain

SLEEP_WITHIN_S = 120.0
"""The weights move between the card and main memory, and pages under way are ended first."""
PAGE_WITHIN_S = 300.0
METRICS_BYTES = 8 << 20
PAGE_BYTES = 4 << 20
MOST_MODELS = 1000
MOST_TOKENS = 1 << 20

PROOF_PATH = "/diglot/proof"


def proof_of(key: str, nonce: str) -> str:
    """Return what only a server that was given this key can answer to this nonce."""
    return hmac.new(key.encode(), f"diglot-proof:{nonce}".encode(), hashlib.sha256).hexdigest()


def local_error(fault: WireFault) -> DiglotError:
    """Give a fault the words of an engine of ours."""
    match fault.trouble:
        case Trouble.HUNG:
            return EngineStalled(detail="it did not answer in time")
        case Trouble.UNREACHABLE | Trouble.CUT:
            return EngineCrashed(detail=fault.detail or "it broke off")
        case Trouble.REDIRECTED | Trouble.UNTRUSTED:
            return Impostor(detail="it sends us elsewhere" if fault.trouble is Trouble.REDIRECTED else fault.detail)
    return EngineError(detail=f"its answer is {fault.trouble}")


def local_refusal(status: int) -> DiglotError:
    """Say what it means that an engine of ours answers with this status."""
    if status in (401, 403):  # ours was given this key
        return Impostor(detail="it does not take the engine's key")
    if status == 503:
        return EngineCrashed(detail="it says so itself")
    if status == 500:  # what its front says while its core is dying: no page has done anything wrong
        return EngineCrashed(detail="HTTP status 500")
    return EngineError(detail=f"HTTP status {status}")


@dataclass(frozen=True, slots=True)
class ModelCard:
    """A model that a server serves.

    `max_tokens` is how many tokens page and answer may have together, 0 where it does not say. `of_vllm`: it is a vLLM
    that says so.
    """

    name: str
    max_tokens: int = 0
    of_vllm: bool = False


class EngineClient:
    """Asks one server. Close it at the end.

    The key is never shown to a server that has not proved itself: whatever is asked first, its proof is asked before.
    The errors are those of the local engine: EngineStalled, EngineCrashed, Impostor, EngineError; a shared server
    brings words of its own (`error`, `refusal`). The path of the endpoint's socket must not be longer than 100 bytes:
    the system refuses longer ones, and whoever makes the endpoint chooses it.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        wire: Wire | None = None,
        proves: bool = True,
        error: Callable[[WireFault], DiglotError] = local_error,
        refusal: Callable[[int], DiglotError] = local_refusal,
    ) -> None:
        """Open nothing yet.

        Args:
            endpoint: Who is asked.
            wire: How, where that takes more than the endpoint says.
            proves: Whether this server can prove itself; false where its certificate does that.
            error: Makes the error for a question without an answer.
            refusal: Makes the error for an answer of another status than 200.
        """
        self.endpoint = endpoint
        self._wire = wire or Wire(endpoint.url, socket=endpoint.socket, key=endpoint.key)
        self._believed = not proves
        self._error = error
        self._refusal = refusal

    async def prove(self) -> None:
        """Let the server show that it was given our key, without showing it the key.

        Raises:
            Impostor: It cannot.
        """
        try:
            await self._prove()
        except WireFault as fault:
            raise self._error(fault) from fault

    async def healthy(self) -> bool:
        """Return whether it serves. False as well where nobody accepts a connection: it loads, or is gone."""
        try:
            answer = await self._asked(Question("/health"))
        except WireFault as fault:
            if fault.trouble is Trouble.UNREACHABLE:
                return False
            raise self._error(fault) from fault
        if answer.status in (401, 403):
            raise self._refusal(answer.status)
        return answer.status == 200

    async def models(self) -> tuple[str, ...]:
        """Return the names under which it serves its models."""
        return tuple(card.name for card in await self.cards())

    async def cards(self) -> tuple[ModelCard, ...]:
        """Return what it says of the models that it serves."""
        return models_of(await self._object(Question("/v1/models")))

    async def version(self) -> str:
        """Return the server's version, "" where it tells none."""
        told = (await self._object(Question("/version"))).get("version")
        return plain(told) if isinstance(told, str) else ""

    async def metrics_text(self) -> str:
        """Return what it measures, in Prometheus' format, as it came."""
        return (await self._good(Question("/metrics", most_bytes=METRICS_BYTES))).text()

    async def sleep(self, level: int = 1) -> None:
        """Let it give its graphics memory back: the weights wait in main memory (1) or are dropped (2)."""
        await self._good(Question("/sleep", "POST", query={"level": str(level)}, within_s=SLEEP_WITHIN_S))

    async def wake(self) -> None:
        """Let it take its graphics memory again."""
        await self._good(Question("/wake_up", "POST", within_s=SLEEP_WITHIN_S))

    async def is_sleeping(self) -> bool:
        """Return whether it has given its graphics memory back."""
        told = (await self._object(Question("/is_sleeping"))).get("is_sleeping")
        if not isinstance(told, bool):
            raise self._error(WireFault(Trouble.NOT_UNDERSTOOD))
        return told

    async def ask_page(self, png: bytes, prompt: str, *, max_tokens: int) -> str:
        """Read one page, for the self-check; what comes back is the model's raw text."""
        body = await asyncio.to_thread(page_body, self.endpoint.model, png, prompt, max_tokens)
        completion = await self._object(
            Question("/v1/chat/completions", "POST", body=body, within_s=PAGE_WITHIN_S, most_bytes=PAGE_BYTES)
        )
        raw_text = raw_text_of(completion)
        if raw_text is None:
            raise self._error(WireFault(Trouble.NOT_UNDERSTOOD))
        return raw_text

    async def close(self) -> None:
        """End what is open; questions under way are cut."""
        await self._wire.close()

    async def _object(self, question: Question) -> dict[str, Any]:
        answer = await self._good(question)
        try:
            return answer.json_object()
        except WireFault as fault:
            raise self._error(fault) from fault

    async def _good(self, question: Question) -> Answer:
        try:
            answer = await self._asked(question)
        except WireFault as fault:
            raise self._error(fault) from fault
        if answer.status != 200:
            raise self._refusal(answer.status)
        return answer

    async def _asked(self, question: Question) -> Answer:
        if not self._believed:
            await self._prove()
        return await self._wire.ask(question)

    async def _prove(self) -> None:
        nonce = secrets.token_hex(16)
        answer = await self._wire.ask(Question(PROOF_PATH, query={"nonce": nonce}, most_bytes=4096, with_key=False))
        if answer.status != 200 or not _proves(answer, proof_of(self.endpoint.key, nonce)):
            raise Impostor(detail="it does not know the engine's key")
        self._believed = True


def _proves(answer: Answer, proof: str) -> bool:
    try:
        untrusted_proof = answer.json_object().get("proof")
    except WireFault:
        return False
    # As bytes: what another program says need not be ASCII.
    return isinstance(untrusted_proof, str) and hmac.compare_digest(
        untrusted_proof.encode(errors="replace"), proof.encode()
    )


def page_body(model: str, png: bytes, prompt: str, max_tokens: int) -> bytes:
    """Return the request for one page as HunyuanOCR was trained to be asked: empty system part, picture, then words."""
    picture = "data:image/png;base64," + base64.b64encode(png).decode("ascii")
    return json.dumps(
        {
            "model": model,
            "messages": [
                {"role": "system", "content": ""},
                {
                    "role": "user",
                    "content": [
                        {"type": "image_url", "image_url": {"url": picture}},
                        {"type": "text", "text": prompt},
                    ],
                },
            ],
            "temperature": 0,
            "top_k": 1,
            "repetition_penalty": 1.0,
            "max_tokens": max_tokens,
            "stream": False,
        }
    ).encode()


def models_of(untrusted_list: Mapping[str, Any]) -> tuple[ModelCard, ...]:
    """Return the models in an answer to /v1/models; what has no name is left out."""
    entries = untrusted_list.get("data")
    if not isinstance(entries, list):
        return ()
    cards = (_card(entry) for entry in entries[:MOST_MODELS] if isinstance(entry, dict))
    return tuple(card for card in cards if card is not None)


def _card(untrusted_entry: Mapping[str, Any]) -> ModelCard | None:
    name, most = untrusted_entry.get("id"), untrusted_entry.get("max_model_len")
    if not isinstance(name, str) or not name or plain(name) != name:
        return None
    if not isinstance(most, int) or isinstance(most, bool) or not 0 < most <= MOST_TOKENS:
        most = 0
    return ModelCard(name, most, of_vllm=untrusted_entry.get("owned_by") == "vllm")


def raw_text_of(untrusted_completion: Mapping[str, Any]) -> str | None:
    """Return the words of a completion, None where it has none."""
    choices = untrusted_completion.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    message = first.get("message") if isinstance(first, dict) else None
    raw_text = message.get("content") if isinstance(message, dict) else None
    return raw_text if isinstance(raw_text, str) else None
