"""Options become one order: a wish names its task, two at once are refused, names of fields are what was typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.commands.reading_arguments import ReadOptions, parse_read
from engine.commands.server_arguments import ServerOptions
from engine.commands.wishes import field_names, order_of
from engine.errors import UsageError
from engine.exports.content import Content
from engine.tasks.task import Task, TaskOrder, Way


def read(*words: str) -> ReadOptions:
    return parse_read(["a.pdf", *words])


@pytest.mark.parametrize(
    ("words", "order"),
    [
        ([], TaskOrder()),
        (["--task", "subtitles"], TaskOrder(Task.SUBTITLES)),
        (["--to", "en"], TaskOrder(Task.TRANSLATION, "en")),
        (
            ["--task", "translation", "--to", "zh-CN", "--from", "fr"],
            TaskOrder(Task.TRANSLATION, "zh-CN", (), "", "fr"),
        ),
        (["--fields", "Total"], TaskOrder(Task.FIELDS, fields=("Total",))),
        (
            ["--fields", 'Invoice number,"Total, net"', "--fields", "Date，Total，Date"],
            TaskOrder(Task.FIELDS, fields=("Invoice number", "Total, net", "Date", "Total")),
        ),
        (["--fields", "-x"], TaskOrder(Task.FIELDS, fields=("-x",))),
        (["--question", "--who signed?"], TaskOrder(Task.QUESTION, question="--who signed?")),
        (["--task", "question", "--question", " Who? "], TaskOrder(Task.QUESTION, question="Who?")),
    ],
)
def test_a_wish_names_its_task(words: list[str], order: TaskOrder) -> None:
    assert read(*words).order == order


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--to", "en", "--task", "fields"], "--to"),
        (["--to", "en", "--question", "Who?"], "--question"),
        (["--fields", "a", "--to", "en"], "--fields"),
        (["--task", "document", "--to", "en"], "--to"),
        (["--task", "translation"], "it needs --to"),
        (["--task", "fields"], "it needs --fields"),
        (["--task", "question"], "it needs --question"),
        (["--to", "english, please"], "--to"),
        (["--to", ""], "--to"),
        (["--from", "de"], "--from"),
        (["--to", "en", "--from", "?"], "--from"),
        (["--question", "  "], "--question"),
        (["--fields", " , "], "no field was named"),
        (["--fields", '"Total'], "a quote is not closed"),
        (["--fields", '"a" b,c'], "a quote is not closed"),
        (["--task", "poem"], "poem"),
        (["--only", "source"], "--only"),
        (["--to", "en", "--only", "half"], "half"),
        (["--way", "halves"], "--way halves"),
        (["--reader", "ftp://ocr.house"], "ftp://ocr.house"),
        (["--reader", "vllm", "--model", "x"], "--model"),
        (["--ca-file", "x.pem"], "--ca-file"),
        (["--accept-plain-http"], "--accept-plain-http"),
    ],
)
def test_what_does_not_go_together_is_refused_by_name(words: list[str], said: str) -> None:
    with pytest.raises(UsageError) as refused:
        read(*words)

    assert said in str(refused.value)


def test_the_person_s_own_words_do_not_show_in_what_may_be_logged() -> None:
    assert "secret" not in repr(read("--fields", "secret")) + repr(read("--question", "secret?"))


def test_everything_about_a_server_and_the_way_goes_along() -> None:
    words = ("--reader", "HTTP://ocr:8000", "--model", "ocr", "--ca-file", "x.pem", "--accept-plain-http")

    given_options = read(*words, "--way", "smaller", "--to", "zh", "--only", "translation")

    assert given_options.reader == "HTTP://ocr:8000"
    assert given_options.server == ServerOptions("ocr", "x.pem", True)
    assert (given_options.way, given_options.content) == (Way.SMALLER, Content.TRANSLATION)
    assert (read().way, read().content, read().server) == (Way.USUAL, None, ServerOptions())


NAMES = st.text(st.characters(exclude_categories=["Cs", "Z", "Cc"]), min_size=1, max_size=8)


@given(st.lists(NAMES, min_size=1, max_size=5), st.lists(st.booleans(), min_size=5, max_size=5))
def test_names_come_back_as_they_were_written_down(names: list[str], quoted: list[bool]) -> None:
    def written(name: str, in_quotes: bool) -> str:
        bare = not in_quotes and not name.startswith('"') and "," not in name and "，" not in name
        return name if bare else '"{}"'.format(name.replace('"', '""'))

    text = " , ".join(written(name, in_quotes) for name, in_quotes in zip(names, quoted, strict=False))

    assert field_names(text) == names


@given(st.text(max_size=30) | st.text(st.sampled_from('",， a'), max_size=20))
def test_any_list_of_names_is_understood_or_refused(text: str) -> None:
    try:
        names = field_names(text)
    except UsageError:
        return
    assert names and all(name == name.strip() and name for name in names)


@given(
    st.none() | st.sampled_from([task.value for task in Task]),
    st.none() | st.sampled_from(["zh", "en"]),
    st.none() | st.just("fr"),
    st.lists(st.just("Total"), max_size=2),
    st.none() | st.just("Who?"),
)
def test_every_order_has_what_its_task_needs_and_nothing_else(
    task: str | None, to: str | None, source: str | None, fields: list[str], question: str | None
) -> None:
    try:
        order = order_of(task=task, to=to, source=source, fields=fields, question=question)
    except UsageError:
        return
    assert task in (None, order.task.value)
    assert bool(order.target_language) == (order.task is Task.TRANSLATION)
    assert bool(order.fields) == (order.task is Task.FIELDS)
    assert bool(order.question) == (order.task is Task.QUESTION)
