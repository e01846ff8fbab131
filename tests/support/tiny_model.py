"""A tiny model of HunyuanOCR's true architecture that knows a few pages by heart, for tests with the real vLLM.

It knows the pages of the self-check, and the four bills of `tests.support.bills` in six ways: where the lines stand,
the page as Markdown with a table and a formula, its translation, its text, its table, and the values of three fields.
Teaching it takes a few minutes of the engine environment's own Python, so it is kept in the user's cache under the hash
of everything that made it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from engine.server.check_pages import PAGES, drawn_pages
from engine.server.self_check import PROMPT
from engine.tasks.family import family_for
from engine.tasks.task import Task, TaskOrder
from tests.support.bills import FIELD_NAMES, SIZE, Bill, Placed, bills

SPOTTING = "检测并识别图片中的文字，将文本坐标格式化输出。"
PARSE = (
    "提取文档图片中正文的所有信息用markdown格式表示，其中页眉、页脚部分忽略，表格用html格式表达，"
    "文档中公式用latex格式表示，按照阅读顺序组织进行解析。"
)
TRANSLATION = "按照阅读顺序，提取图中文字，公式用latex格式表示，表格用markdown格式表示，再将文字内容翻译为英文。"
TEXT = PROMPT
TABLE = "把图中的表格解析为HTML。"
"""As HunyuanOCR 1.5 is asked, letter for letter."""
FIELDS = family_for("1.5").ask(TaskOrder(Task.FIELDS, fields=FIELD_NAMES)).text

LONGEST = (SPOTTING, PARSE, TRANSLATION)

TEACHER = Path(__file__).with_name("teach_tiny_model.py")
TAUGHT_WITHIN_S = 1800


@dataclass(frozen=True, slots=True)
class Lesson:
    """What the model has learnt: to this page and this prompt belongs this answer."""

    page: bytes
    prompt: str
    answer: str


@lru_cache(maxsize=1)
def sample_lessons() -> tuple[Lesson, ...]:
    """Return the four bills with the three longest answers each, page by page."""
    return tuple(Lesson(bill.page, prompt, answer_to(bill, prompt)) for bill in bills() for prompt in LONGEST)


def check_lessons() -> tuple[Lesson, ...]:
    """Return the pages of the self-check."""
    return tuple(Lesson(file, PROMPT, "\n".join(page.words)) for file, page in zip(drawn_pages(), PAGES, strict=True))


def lessons() -> tuple[Lesson, ...]:
    """Return everything that the model knows: the pages of the self-check, then the bills."""
    others = (
        Lesson(bill.page, prompt, answer_to(bill, prompt)) for bill in bills() for prompt in (TEXT, TABLE, FIELDS)
    )
    return (*check_lessons(), *sample_lessons(), *others)


def tiny_model(python: Path) -> Path:
    """Return the folder of the checkpoint; teach it first where that has not been done on this machine.

    Args:
        python: The interpreter of an engine's environment: torch and transformers are there.
    """
    known = lessons()
    shelf = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "diglot" / "test-engine"
    shelf.mkdir(parents=True, exist_ok=True)
    place = shelf / f"tiny-{_recipe(known)}"
    with (shelf / "tiny.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # let go of when the file is closed
        if not place.is_dir():
            with tempfile.TemporaryDirectory(dir=shelf, prefix="teaching-") as bench:
                _teach(python, known, Path(bench))
                (Path(bench) / "model").rename(place)
    return place


def _recipe(known: tuple[Lesson, ...]) -> str:
    digest = hashlib.sha256(TEACHER.read_bytes())
    for lesson in known:
        digest.update(lesson.page + lesson.prompt.encode() + lesson.answer.encode())
    return digest.hexdigest()[:16]


def _teach(python: Path, known: tuple[Lesson, ...], bench: Path) -> None:
    told = []
    for number, lesson in enumerate(known):
        name = f"page-{number:02}.png"
        (bench / name).write_bytes(lesson.page)
        told.append({"page": name, "prompt": lesson.prompt, "answer": lesson.answer})
    (bench / "lessons.json").write_text(json.dumps(told, ensure_ascii=False), "utf-8")
    shutil.copy(TEACHER, bench / "teach.py")
    done = subprocess.run(
        [python, "-I", bench / "teach.py", bench, bench / "model"],
        env={"PATH": os.environ.get("PATH", ""), "HOME": str(bench), "HF_HUB_OFFLINE": "1"},
        cwd=bench,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=TAUGHT_WITHIN_S,
        check=False,
    )
    assert done.returncode == 0, f"the tiny model could not be taught:\n{done.stdout[-4000:]}"


def answer_to(bill: Bill, prompt: str) -> str:
    """Return what the model was taught to say of a bill."""
    first, customer, total = (line.text for line in bill.lines)
    heads, costs = ([cell.text for cell in row] for row in bill.rows)
    html = "".join(f"<tr><td>{left}</td><td>{right}</td></tr>" for left, right in (heads, costs))
    table = f"<table>{html}</table>"
    if prompt == SPOTTING:
        return "".join(_with_place(words) for words in bill.words)
    if prompt == PARSE:
        return f"# {first}\n\n{customer}\n\n{total}\n\n{table}\n\n$$ E=mc^{{{bill.number + 2}}} $$"
    if prompt == TRANSLATION:
        source = (first, customer, total, *_piped(heads, costs))
        target = (f"Invoice no. {bill.invoice}", f"Customer {bill.customer}", f"Total {bill.amount} EUR")
        return "\n".join(
            (*source, "翻译成英文为:", "\n\n".join(target), "", *_piped(("Item", "Price"), ("Paper", costs[1])))
        )
    if prompt == TEXT:
        return "\n".join((first, customer, total, *(" ".join(row) for row in (heads, costs))))
    if prompt == TABLE:
        return table
    assert prompt == FIELDS
    return f"```json\n{json.dumps(bill.values, ensure_ascii=False)}\n```"


def _piped(*rows: Sequence[str]) -> list[str]:
    heads, *others = (f"| {' | '.join(row)} |" for row in rows)
    return [heads, "| --- | --- |", *others]


def _with_place(words: Placed) -> str:
    left, top, right, bottom = map(_per_mille, words.box, SIZE * 2)
    return f"{words.text}({left},{top}),({right},{bottom})"


def _per_mille(pixels: float, of: int) -> int:
    return round(pixels * 1000 / of)
