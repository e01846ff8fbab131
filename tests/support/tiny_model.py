"""A tiny model of HunyuanOCR's true architecture that knows a few pages by heart, for tests with the real vLLM.

It knows the pages of the self-check, and four small German bills with three prompts each: where the lines stand, the
page as Markdown with a table and a formula, and its translation. Teaching it takes a few minutes of the engine
environment's own Python, so it is kept in the user's cache under the hash of everything that made it.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from engine.server.check_pages import PAGES, drawn_pages
from engine.server.self_check import PROMPT

SPOTTING = "检测并识别图片中的文字，将文本坐标格式化输出。"
PARSE = (
    "提取文档图片中正文的所有信息用markdown格式表示，其中页眉、页脚部分忽略，表格用html格式表达，"
    "文档中公式用latex格式表示，按照阅读顺序组织进行解析。"
)
TRANSLATION = "按照阅读顺序，提取图中文字，公式用latex格式表示，表格用markdown格式表示，再将文字内容翻译为英文。"
"""As HunyuanOCR 1.5 is asked, letter for letter."""

TEACHER = Path(__file__).with_name("teach_tiny_model.py")
TAUGHT_WITHIN_S = 1800
SIZE = (1240, 1754)
"""An A4 page at 150 dots per inch."""
CUSTOMERS = ("Ada Lovelace", "Bob Noyce", "Cy Twombly", "Di Hodgkin")


@dataclass(frozen=True, slots=True)
class Lesson:
    """What the model has learnt: to this page and this prompt belongs this answer."""

    page: bytes
    prompt: str
    answer: str


@lru_cache(maxsize=1)
def sample_lessons() -> tuple[Lesson, ...]:
    """Return the four bills with their three prompts, page by page."""
    return tuple(lesson for number in range(len(CUSTOMERS)) for lesson in _bill(number))


def lessons() -> tuple[Lesson, ...]:
    """Return everything that the model knows: the pages of the self-check, then the bills."""
    checks = (Lesson(file, PROMPT, "\n".join(page.words)) for file, page in zip(drawn_pages(), PAGES, strict=True))
    return (*checks, *sample_lessons())


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


def _bill(number: int) -> list[Lesson]:
    lines = (f"Rechnung Nr. {1000 + number * 37}", f"Kunde {CUSTOMERS[number]}", f"Summe {number * 11 + 5},50 EUR")
    image = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=44)
    places = []
    for row, line in enumerate(lines):
        where = (110, 110 + row * 90)
        draw.text(where, line, fill="black", font=font)
        left, top, right, bottom = map(_per_mille, draw.textbbox(where, line, font=font), SIZE * 2)
        places.append(f"{line}({left},{top}),({right},{bottom})")
    _draw_mark(draw, number)
    file = io.BytesIO()
    image.save(file, "PNG", dpi=(150, 150))
    total = f"{number * 11 + 5}.50"
    table = f"<table><tr><td>Posten</td><td>Preis</td></tr><tr><td>Papier</td><td>{total}</td></tr></table>"
    parsed = f"# {lines[0]}\n\n{lines[1]}\n\n{table}\n\n$$ E=mc^{{{number + 2}}} $$"
    translated = f"Invoice no. {1000 + number * 37}\n\nCustomer {CUSTOMERS[number]}\n\nTotal {total} EUR"
    told = {
        SPOTTING: "".join(places),
        PARSE: parsed,
        TRANSLATION: "\n".join((*lines, "翻译成英文为:", translated)),
    }
    return [Lesson(file.getvalue(), prompt, answer) for prompt, answer in told.items()]


def _draw_mark(draw: ImageDraw.ImageDraw, number: int) -> None:
    """Draw two bars whose places and greys tell the bills apart at any size, and from the self-check's pages."""
    left, top = 120 + number * 230, 700
    draw.rectangle((left, top, left + 200, top + 900), fill=(0, 70, 120, 160)[number])
    draw.rectangle((120, 1380 - number * 160, 1120, 1470 - number * 160), fill=(160, 120, 70, 0)[number])


def _per_mille(pixels: float, of: int) -> int:
    return round(pixels * 1000 / of)
