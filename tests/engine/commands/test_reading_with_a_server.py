"""`diglot read --reader ADDRESS`: every task by a server that is used for one run, and what is said where it fails."""

from __future__ import annotations

import contextlib
import json
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.commands.server_arguments import KEY_VARIABLE
from engine.errors import OutputError
from engine.output.document import document_from_dict
from engine.store.files import is_there
from engine.store.library import Library
from tests.support.command import Ended, diglot, pdf_of_scans, picture
from tests.support.http_answers import says
from tests.support.kept_library import with_library
from tests.support.model_server import Request, Says, model_server
from tests.support.plain_vllm import PlainVllm
from tests.support.shared_stand_in import shared_stand_in
from tests.support.stand_in_behaviour import Behaviour

pytestmark = pytest.mark.slow

ANSWERS = {
    "翻译为英文": "图中的文字是：第一段。\n\n第二段。\n翻译成英文为：First paragraph.\n\nSecond paragraph.",
    "字段内容": '{"Invoice number": "RE-4711", "Total, net": null}',
    "Who signed it?": "Mr Hansen signed it.",
    "字幕": "Hello there.",
}
SECRET = "s3cret-of-the-house"


@pytest.fixture(scope="module")
def server() -> Iterator[PlainVllm]:
    with shared_stand_in(Behaviour(answers=ANSWERS)) as running:
        yield running


def read(server: PlainVllm, tmp_path: Path, *words: str, key: str | None = None) -> Ended:
    picture(tmp_path / "shot.png")
    told = server.key if key is None else key
    return diglot("read", "shot.png", "--reader", server.url, *words, cwd=tmp_path, **{KEY_VARIABLE: told})


def test_a_translation_is_written_under_its_source(server: PlainVllm, tmp_path: Path) -> None:
    both = read(server, tmp_path, "--to", "en")
    alone = read(server, tmp_path, "--to", "en", "--only", "translation", "--format", "txt")

    assert (both.code, alone.code) == (0, 0), both.err + alone.err
    assert both.out == "第一段。\n\n> First paragraph.\n\n第二段。\n\n> Second paragraph.\n"
    assert alone.out == "First paragraph.\n\nSecond paragraph.\n"


def test_fields_come_as_json_in_the_order_of_asking(server: PlainVllm, tmp_path: Path) -> None:
    ended = read(server, tmp_path, "--fields", 'Invoice number,"Total, net"', "--format", "json")

    assert ended.code == 0, ended.err
    (page,) = document_from_dict(json.loads(ended.out)).pages
    assert page.task == "fields"
    assert [(field.name, field.value) for field in page.fields] == [("Invoice number", "RE-4711"), ("Total, net", None)]
    assert "RE-4711" in page.raw_text


def test_a_question_and_other_tasks_are_answered(server: PlainVllm, tmp_path: Path) -> None:
    asked = read(server, tmp_path, "--question", "Who signed it?")
    subtitles = read(server, tmp_path, "--task", "subtitles", "--format", "txt")

    assert (asked.out, subtitles.out) == ("Mr Hansen signed it.\n", "Hello there.\n"), asked.err + subtitles.err


def test_what_a_server_refuses_is_said_before_anything_is_read(server: PlainVllm, tmp_path: Path) -> None:
    no_key = read(server, tmp_path, "-o", "out.md", key="wrong")
    no_model = read(server, tmp_path, "--model", "another", "-o", "out.md")

    assert (no_key.code, no_model.code) == (63, 65), no_key.err + no_model.err
    assert "HunyuanOCR" in no_model.err  # the models that it has are named
    assert not (tmp_path / "out.md").exists()


def test_the_key_is_written_nowhere(server: PlainVllm, tmp_path: Path) -> None:
    ended = read(server, tmp_path, key=SECRET)

    files = b"".join(path.read_bytes() for path in (tmp_path / ".home").rglob("*") if path.is_file())
    assert SECRET not in ended.out + ended.err and SECRET.encode() not in files


def test_a_server_that_refuses_in_the_middle_ends_the_command_and_the_job_can_be_taken_up(tmp_path: Path) -> None:
    pdf_of_scans(tmp_path / "scan.pdf", 4)
    mended = threading.Event()

    def told(_: Request) -> Says:
        if len(running.requests) > 1 and not mended.is_set():
            wait_until_one_is_kept(tmp_path / ".home" / "data" / "library")
            return Says(status=401)
        return Says("The words of a page.")

    routes = {
        "/v1/models": says(200, {"object": "list", "data": [{"id": "HunyuanOCR"}]}),
        "/version": says(200, {"version": "0.32.0"}),
    }
    with model_server(told, more=routes) as running:
        halted = diglot("read", "--keep", "--reader", running.http.url, "scan.pdf", "-o", "scan.md", cwd=tmp_path)
        mended.set()
        found = re.search(r"“diglot jobs resume ([0-9a-f]{8})” goes on from there", halted.err)
        assert found, halted.err
        resumed = diglot("jobs", "resume", found[1], "-o", "scan.md", cwd=tmp_path)

    assert halted.code == 3, halted.err
    assert "does not take this key" in halted.err
    assert resumed.code == 0, resumed.err
    assert (tmp_path / "scan.md").read_text().count("The words of a page.") == 4


def wait_until_one_is_kept(folder: Path) -> None:
    """Wait until a job has a page in the library."""

    async def look(library: Library) -> bool:
        return any(job.done for job in await library.jobs())

    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with contextlib.suppress(OutputError):
            if is_there(folder) and with_library(folder, look):
                return
        time.sleep(0.1)
