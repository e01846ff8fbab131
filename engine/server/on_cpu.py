"""The engine without a graphics card: very slow, for the project's own tests and for whoever wants to try it.

vLLM's build for the CPU is the same server with the same flags, but its memory is the computer's and it takes none of
the flags that speak of a card.
"""

from __future__ import annotations

from dataclasses import replace

import psutil

from engine.server.hardware import Card
from engine.server.plan import Plan

CPU_UUID = "cpu"
CPU_NAME = "CPU"
KV_GIB = 1
"""Page memory in the computer's memory: enough for a page of full length."""
MOST_PAGES_AT_ONCE = 12


def cpu_as_card() -> Card:
    """Return the computer's memory in the shape of a card, so that a plan can be made for it."""
    memory = psutil.virtual_memory()
    return Card(
        uuid=CPU_UUID,
        name=CPU_NAME,
        index=0,
        total_bytes=memory.total,
        free_bytes=memory.available,
        driver="",
        cuda="",
        capability=(8, 0),
        processes=(),
    )


def plan_on_cpu(plan: Plan) -> Plan:
    """Take out of a plan what only a card understands."""
    tokens = min(plan.max_tokens, 8192)
    flags = (
        *("--max-model-len", str(tokens), "--max-num-seqs", str(MOST_PAGES_AT_ONCE)),
        *("--limit-mm-per-prompt", '{"image":1,"video":0}'),
        *("--no-enable-prefix-caching", "--mm-processor-cache-gb", "0", "--enforce-eager"),
    )
    return replace(
        plan, pages_at_once=min(plan.pages_at_once, MOST_PAGES_AT_ONCE), max_tokens=tokens, eager=True, flags=flags
    )


def cpu_environment() -> tuple[tuple[str, str], ...]:
    """Return what vLLM's CPU build wants to be told: page memory, and not to bind threads to cores it shares."""
    cores = str(psutil.cpu_count(logical=False) or 2)
    return (
        ("VLLM_CPU_KVCACHE_SPACE", str(KV_GIB)),
        ("VLLM_CPU_OMP_THREADS_BIND", "nobind"),
        ("OMP_NUM_THREADS", cores),
    )
