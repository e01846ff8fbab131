"""Downloading from a hub on this machine that cuts, lies, redirects and waits. Nothing here leaves the machine."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.engine_errors import DownloadFailed, ModelDamaged, SetupError
from engine.errors import DiskFull
from engine.setup import download, fetching, storing
from engine.setup.checkpoint import ModelInfo
from engine.setup.download import HUBS, Hub, HubName, download_model, forget_download
from engine.setup.fetching import may_go_to
from engine.setup.hubs import FILES, REVISION, RemoteFile
from engine.setup.importing import check_model
from engine.setup.progress import CopyProgress
from tests.support.hub import LocalHub, Request, local_hub
from tests.support.made_checkpoints import changed_json, make_1_5, sha256

WEIGHTS = "model.safetensors"
NAME = "HunyuanOCR-1.5"
STEP = 300_000


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once, and ask no proxy that may be set around the tests."""
    monkeypatch.setattr(download, "PAUSE_S", 0.0)
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def published(tmp_path: Path) -> Path:
    return make_1_5(tmp_path / "published")


@pytest.fixture
def served(published: Path) -> Iterator[LocalHub]:
    with local_hub(published) as hub:
        yield hub


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "我的 模型"


def hub_at(served: LocalHub, base: str = "") -> Hub:
    """Return the table of files as the true one is, with the hashes of what is served here."""
    files = tuple(replace(file, sha256=sha256(served.folder / file.name) if file.sha256 else "") for file in FILES)
    return Hub("The hub", base or served.base, files)


def downloaded(hub: Hub, into: Path) -> ModelInfo:
    return asyncio.run(download_model(hub, into, on_progress=lambda _: None))


def failed(hub: Hub, into: Path) -> DownloadFailed:
    with pytest.raises(DownloadFailed) as told:
        downloaded(hub, into)
    assert not (into / NAME).exists()
    return told.value


def part(into: Path) -> Path:
    return into / f".{NAME}.downloading" / f"{WEIGHTS}.part"


# --- what is asked for


@pytest.mark.parametrize("name", list(HubName))
def test_the_hubs_are_pinned_to_published_bytes(name: HubName) -> None:
    hashes = {file.name: file.sha256 for file in HUBS[name].files if file.sha256}

    assert HUBS[name].base.startswith("https://")
    assert hashes.keys() == {WEIGHTS, "config.json", "tokenizer.json"}
    assert hashes[WEIGHTS].startswith("632a1e08")
    assert hashes[WEIGHTS].endswith("0249")
    assert hashes["config.json"].startswith("cc34ab90")
    assert hashes["tokenizer.json"].endswith("dfd3")
    assert {len(sha256) for sha256 in hashes.values()} == {64}


def test_hugging_face_is_asked_for_one_revision() -> None:
    assert f"/resolve/{REVISION}/" in HUBS[HubName.HUGGINGFACE].base


@pytest.mark.parametrize(
    ("place", "may"),
    [
        ("https://cdn.example.org/x", True),
        ("http://cdn.example.org/x", False),
        ("http://hub.example.org/x", False),
        ("ftp://hub.example.org/x", False),
        ("file:///etc/passwd", False),
        ("//hub.example.org/x", False),
        ("", False),
        ("https://[broken/x", False),
    ],
)
def test_a_redirect_may_lead_to_https_alone(place: str, may: bool) -> None:
    assert may_go_to(place, "https://hub.example.org/x") is may


# --- what comes


@pytest.mark.slow
def test_a_model_is_fetched_checked_and_taken_in(served: LocalHub, into: Path) -> None:
    info = downloaded(hub_at(served), into)

    assert (info.folder, info.version) == (into / NAME, "1.5")
    assert sha256(info.folder / WEIGHTS) == sha256(served.folder / WEIGHTS)
    assert (info.folder / "LICENSE").read_bytes() == (served.folder / "LICENSE").read_bytes()
    assert asyncio.run(check_model(info.folder, on_progress=lambda _: None))
    assert [folder.name for folder in into.iterdir()] == [NAME]


@pytest.mark.slow
def test_code_that_a_hub_names_is_stripped_like_any(served: LocalHub, into: Path) -> None:
    changed_json(served.folder / "config.json", auto_map={"AutoModel": "x.Y"})

    assert downloaded(hub_at(served), into).stripped == ("config.json: auto_map",)


@pytest.mark.slow
def test_progress_grows_to_its_end(served: LocalHub, into: Path) -> None:
    told: list[CopyProgress] = []

    asyncio.run(download_model(hub_at(served), into, on_progress=told.append))

    done = [progress.done_bytes for progress in told]
    fetched = [file.name for file in FILES if (served.folder / file.name).exists()]
    assert done == sorted(done)
    assert told[-1].done_bytes == told[-1].total_bytes
    assert told[-1].total_bytes == sum((served.folder / name).stat().st_size for name in fetched)


@pytest.mark.slow
def test_what_is_there_whole_is_not_fetched_again(served: LocalHub, into: Path) -> None:
    downloaded(hub_at(served), into)
    served.asked.clear()

    assert downloaded(hub_at(served), into).version == "1.5"
    assert not served.asked

    content = bytearray((into / NAME / WEIGHTS).read_bytes())
    content[-1] ^= 1
    (into / NAME / WEIGHTS).write_bytes(content)
    assert downloaded(hub_at(served), into)
    assert sha256(into / NAME / WEIGHTS) == sha256(served.folder / WEIGHTS)


@pytest.mark.slow
def test_files_that_are_not_needed_may_be_missing(served: LocalHub, into: Path) -> None:
    for file in FILES:
        if not file.needed:
            (served.folder / file.name).unlink()

    assert downloaded(hub_at(served), into).version == "1.5"


# --- connections that break


@pytest.mark.slow
def test_a_connection_that_breaks_again_and_again_is_gone_on_with(served: LocalHub, into: Path) -> None:
    served.behaviour[WEIGHTS] = lambda request: request.serve(most=None if request.probing else STEP)

    info = downloaded(hub_at(served), into)

    assert sha256(info.folder / WEIGHTS) == sha256(served.folder / WEIGHTS)
    asked = [told for name, told in served.ranges if name == WEIGHTS]
    assert asked == ["bytes=0-0", None, f"bytes={STEP}-", f"bytes={2 * STEP}-", f"bytes={3 * STEP}-"]


@pytest.mark.slow
def test_a_server_that_knows_no_ranges_sends_it_all_again(served: LocalHub, into: Path) -> None:
    def behave(request: Request) -> None:
        request.serve(as_whole=True, most=STEP if request.number < 4 else None)

    served.behaviour[WEIGHTS] = behave
    told: list[CopyProgress] = []

    info = asyncio.run(download_model(hub_at(served), into, on_progress=told.append))

    assert sha256(info.folder / WEIGHTS) == sha256(served.folder / WEIGHTS)
    assert told[-1].done_bytes == told[-1].total_bytes


@pytest.mark.slow
def test_what_one_run_has_fetched_the_next_goes_on_with(served: LocalHub, into: Path) -> None:
    served.behaviour[WEIGHTS] = lambda r: r.serve(most=STEP) if r.number < 3 else r.say(403)
    assert "403" in failed(hub_at(served), into).detail
    assert part(into).stat().st_size == STEP
    served.behaviour.clear()
    served.ranges.clear()
    told: list[CopyProgress] = []

    asyncio.run(download_model(hub_at(served), into, on_progress=told.append))

    assert (WEIGHTS, f"bytes={STEP}-") in served.ranges
    assert told[0].done_bytes > STEP
    assert [folder.name for folder in into.iterdir()] == [NAME]


@pytest.mark.slow
def test_a_file_that_was_whole_when_a_later_one_failed_is_not_fetched_again(served: LocalHub, into: Path) -> None:
    served.behaviour[WEIGHTS] = lambda r: r.serve() if r.probing else r.say(403)
    failed(hub_at(served), into)
    served.behaviour.clear()
    served.ranges.clear()

    downloaded(hub_at(served), into)

    assert [told for name, told in served.ranges if name == "tokenizer.json"] == ["bytes=0-0"]


def test_patience_has_an_end(served: LocalHub, into: Path) -> None:
    served.behaviour[WEIGHTS] = lambda request: request.say(503)

    told = failed(hub_at(served), into)

    assert told.detail == "The hub answers with 503"
    assert told.retryable
    assert served.asked[WEIGHTS] == fetching.TRIES_WITHOUT_PROGRESS


@pytest.mark.slow
def test_a_server_that_asks_for_patience_gets_it(served: LocalHub, into: Path) -> None:
    served.behaviour[WEIGHTS] = lambda request: request.say(429) if request.number in (1, 3) else request.serve()

    assert downloaded(hub_at(served), into)


def test_nobody_at_the_address_is_told_in_words(served: LocalHub, into: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}/"

        assert failed(hub_at(served, nobody), into).detail == "no connection to The hub"


# --- answers that are wrong


def test_a_needed_file_that_is_not_there_is_named(served: LocalHub, into: Path) -> None:
    (served.folder / "chat_template.jinja").unlink()

    told = failed(hub_at(served), into)

    assert (told.subject, told.detail) == ("chat_template.jinja", "The hub does not have this file (404)")
    assert served.asked["chat_template.jinja"] == 1


@pytest.mark.slow
def test_other_bytes_than_were_published_are_thrown_away(served: LocalHub, into: Path) -> None:
    hub = hub_at(served)
    content = bytearray((served.folder / WEIGHTS).read_bytes())
    content[-1] ^= 1
    (served.folder / WEIGHTS).write_bytes(content)

    with pytest.raises(ModelDamaged, match="not what was published") as told:
        downloaded(hub, into)

    assert told.value.subject == WEIGHTS
    assert part(into).stat().st_size == 0
    assert not (into / NAME).exists()


@pytest.mark.slow
def test_a_wrong_part_from_an_earlier_run_is_replaced_from_the_start(served: LocalHub, into: Path) -> None:
    part(into).parent.mkdir(parents=True)
    part(into).write_bytes(b"something else" * 1000)

    info = downloaded(hub_at(served), into)

    assert sha256(info.folder / WEIGHTS) == sha256(served.folder / WEIGHTS)


@pytest.mark.slow
def test_a_part_that_is_longer_than_the_file_is_replaced(served: LocalHub, into: Path) -> None:
    part(into).parent.mkdir(parents=True)
    part(into).write_bytes(bytes((served.folder / WEIGHTS).stat().st_size + 5))

    assert downloaded(hub_at(served), into)


@pytest.mark.parametrize("lie", [100, -100])
@pytest.mark.slow
def test_a_size_that_changes_between_two_answers_is_not_believed(served: LocalHub, into: Path, lie: int) -> None:
    served.behaviour[WEIGHTS] = lambda request: request.serve(lie=0 if request.probing else lie)

    assert "another size" in failed(hub_at(served), into).detail


def test_a_size_past_every_model_is_not_believed(served: LocalHub, into: Path) -> None:
    served.behaviour[WEIGHTS] = lambda request: request.serve(lie=4 << 30)

    assert "a size that cannot be right" in failed(hub_at(served), into).detail


@pytest.mark.slow
def test_another_part_than_was_asked_for_is_refused(served: LocalHub, into: Path) -> None:
    def behave(request: Request) -> None:
        if request.number < 3:
            request.serve(most=STEP)
        else:
            size = (served.folder / WEIGHTS).stat().st_size
            request.say(206, b"x" * (size - 5), Content_Range=f"bytes 5-{size - 1}/{size}")

    served.behaviour[WEIGHTS] = behave

    assert "another part" in failed(hub_at(served), into).detail


def endless(request: Request) -> None:
    """Send a file without saying how long it is, and go on and on."""
    request.send_response(200)
    request.end_headers()
    with contextlib.suppress(OSError):
        while not request.server.hub.over.is_set():
            request.wfile.write(b" " * 65536)
    request.close_connection = True


@pytest.mark.slow
def test_a_small_file_without_end_is_cut_at_its_limit(served: LocalHub, into: Path) -> None:
    served.behaviour["LICENSE"] = endless

    assert "more than it said" in failed(hub_at(served), into).detail


@pytest.mark.slow
def test_a_small_file_of_untold_size_is_taken(served: LocalHub, into: Path) -> None:
    def behave(request: Request) -> None:
        request.send_response(200)
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        content = (served.folder / "LICENSE").read_bytes()
        request.wfile.write(f"{len(content):x}\r\n".encode() + content + b"\r\n0\r\n\r\n")

    served.behaviour["LICENSE"] = behave

    assert (downloaded(hub_at(served), into).folder / "LICENSE").is_file()


def test_an_answer_that_is_packed_is_refused(served: LocalHub, into: Path) -> None:
    served.behaviour["LICENSE"] = lambda request: request.say(200, b"x" * 50, Content_Encoding="gzip")

    assert "packed" in failed(hub_at(served), into).detail


@pytest.mark.slow
def test_a_page_in_the_place_of_a_file_is_seen_and_not_kept(served: LocalHub, into: Path) -> None:
    """Hotels and houses answer with a page of their own, and with 200."""
    page = b"<!DOCTYPE html><html>Please sign in</html>"
    served.behaviour["tokenizer_config.json"] = lambda request: request.say(200, page)

    with pytest.raises(ModelDamaged, match="web page"):
        downloaded(hub_at(served), into)
    assert not (into / NAME).exists()
    served.behaviour.clear()
    assert downloaded(hub_at(served), into)


# --- redirects


@pytest.mark.slow
def test_a_redirect_within_the_hub_is_followed_with_its_range(served: LocalHub, into: Path) -> None:
    (served.folder / "blob").write_bytes((served.folder / WEIGHTS).read_bytes())
    served.behaviour[WEIGHTS] = lambda request: request.say(302, Location="/blob?signature=1")
    served.behaviour["blob"] = lambda request: request.serve(most=None if request.probing else STEP)

    info = downloaded(hub_at(served), into)

    assert sha256(info.folder / WEIGHTS) == sha256(served.folder / "blob")
    assert ("blob", f"bytes={STEP}-") in served.ranges


def test_a_redirect_to_plain_http_elsewhere_is_refused(served: LocalHub, into: Path, tmp_path: Path) -> None:
    with local_hub(served.folder) as other:
        served.behaviour["config.json"] = lambda request: request.say(302, Location=f"{other.base}config.json")

        assert "without https" in failed(hub_at(served), into).detail
        assert not other.asked


@pytest.mark.slow
def test_a_file_that_goes_away_after_it_was_announced_is_named(served: LocalHub, into: Path) -> None:
    served.behaviour["LICENSE"] = lambda request: request.serve() if request.probing else request.say(404)

    assert failed(hub_at(served), into).subject == "LICENSE"


def test_redirects_without_end_are_not_followed_for_ever(served: LocalHub, into: Path) -> None:
    served.behaviour["config.json"] = lambda request: request.say(302, Location="/config.json")

    assert "round and round" in failed(hub_at(served), into).detail
    assert served.asked["config.json"] == fetching.MAX_REDIRECTS + 1


@pytest.mark.parametrize("location", ["http://", "http://[broken", "gopher://x/y", "https://"])
def test_a_redirect_to_nowhere_is_a_failure_in_words(served: LocalHub, into: Path, location: str) -> None:
    served.behaviour["config.json"] = lambda request: request.say(302, Location=location)

    assert failed(hub_at(served), into).detail


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl to make a certificate with")
    file = tmp_path / "hub.pem"
    words: list[str | Path] = ["-subj", "/CN=hub", "-addext", "subjectAltName=IP:127.0.0.1", "-newkey", "rsa:2048"]
    words += ["-nodes", "-days", "2", "-keyout", file, "-out", tmp_path / "cert.pem"]
    subprocess.run([openssl, "req", "-x509", *words], check=True, capture_output=True)
    with file.open("a") as both:
        both.write((tmp_path / "cert.pem").read_text())
    return file


@pytest.mark.slow
def test_over_https_a_redirect_to_http_is_refused_even_to_the_same_place(
    published: Path, into: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.with_name("cert.pem")))
    with local_hub(published, certificate=certificate) as hub:
        assert downloaded(hub_at(hub), into).version == "1.5"
        shutil.rmtree(into)
        to = hub.base.replace("https", "http") + WEIGHTS
        hub.behaviour[WEIGHTS] = lambda request: request.say(302, Location=to)

        assert "without https" in failed(hub_at(hub), into).detail


@pytest.mark.slow
def test_a_certificate_that_is_not_trusted_is_named_at_once(published: Path, into: Path, certificate: Path) -> None:
    with local_hub(published, certificate=certificate) as hub:
        assert "certificate of The hub is not trusted" in failed(hub_at(hub), into).detail
        assert not hub.asked


@pytest.mark.slow
def test_a_proxy_that_the_environment_names_is_used(
    served: LocalHub, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", served.base)

    assert downloaded(hub_at(served, "http://model.invalid/"), into).version == "1.5"


def test_a_proxy_that_is_none_is_told_in_words(served: LocalHub, into: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "gopher://nonsense:x")

    assert "proxy" in failed(hub_at(served), into).detail


# --- the disk, and the person


def test_a_disk_that_is_too_small_is_told_before_anything_is_fetched(
    served: LocalHub, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "SPARE_BYTES", 1 << 60)

    with pytest.raises(DiskFull, match="more are needed"):
        downloaded(hub_at(served), into)
    assert {told for _, told in served.ranges} == {"bytes=0-0"}


@pytest.mark.slow
def test_a_disk_that_fills_up_keeps_what_it_holds(served: LocalHub, into: Path) -> None:
    hub = hub_at(served)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (STEP, before[1]))
    try:
        with pytest.raises(DiskFull):
            downloaded(hub, into)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert part(into).stat().st_size == STEP

    assert downloaded(hub, into)
    assert (WEIGHTS, f"bytes={STEP}-") in served.ranges


@pytest.mark.slow
def test_a_cancelled_download_ends_though_the_server_is_silent(served: LocalHub, into: Path) -> None:
    reached = threading.Event()

    def behave(request: Request) -> None:
        if request.probing:
            request.serve()
            return
        request.send_response(200)
        request.send_header("Content-Length", str((served.folder / WEIGHTS).stat().st_size))
        request.end_headers()
        request.wfile.write((served.folder / WEIGHTS).read_bytes()[:STEP])
        reached.set()
        request.wait()

    served.behaviour[WEIGHTS] = behave

    async def run() -> None:
        task = asyncio.create_task(download_model(hub_at(served), into, on_progress=lambda _: None))
        await asyncio.to_thread(reached.wait)
        while part(into).stat().st_size < STEP // 2:
            await asyncio.sleep(0.005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        with storing.alone_in(into):  # the thread has let go
            assert 0 < part(into).stat().st_size <= STEP

    asyncio.run(run())
    served.behaviour.clear()
    assert downloaded(hub_at(served), into)


def test_a_cancelled_pause_ends_as_well(served: LocalHub, into: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "PAUSE_S", 1000.0)
    monkeypatch.setattr(fetching, "LONGEST_PAUSE_S", 1000.0)
    asked = threading.Event()

    def behave(request: Request) -> None:
        request.say(503)
        asked.set()

    served.behaviour["config.json"] = behave

    async def run() -> None:
        task = asyncio.create_task(download_model(hub_at(served), into, on_progress=lambda _: None))
        await asyncio.to_thread(asked.wait)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(run())


def test_only_one_download_or_import_at_a_time(served: LocalHub, into: Path) -> None:
    with storing.alone_in(into), pytest.raises(SetupError, match="another import"):
        downloaded(hub_at(served), into)


def test_an_unfinished_download_can_be_forgotten(into: Path) -> None:
    part(into).parent.mkdir(parents=True)
    part(into).write_bytes(b"half")

    forget_download(into)

    assert list(into.iterdir()) == []


def test_a_file_of_the_table_has_a_limit() -> None:
    assert RemoteFile("LICENSE").limit < RemoteFile("tokenizer.json").limit < RemoteFile(WEIGHTS).limit < 4 << 30
