"""The models as data: prompts to the letter, sampling by version, refusals by name; a file with a slip is refused."""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import FrozenInstanceError
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.engine_errors import WrongArchitecture
from engine.errors import TaskNotSupported, UsageError
from engine.output.answer import AnswerForm
from engine.output.dialect import HUNYUAN
from engine.tasks.family import FOLDER, Family, families, family_for, likely_family
from engine.tasks.family_file import load_families, parse_family
from engine.tasks.prompt import MOST_NAMES, Sampling, listed
from engine.tasks.task import Task, TaskOrder

FILES = {version: (FOLDER / f"hunyuanocr-{version}.toml").read_text("utf-8") for version in ("1.0", "1.5")}

TO_THE_LETTER = {
    ("1.0", "document"): (
        "提取文档图片中正文的所有信息用 markdown 格式表示，其中页眉、页脚部分忽略，"
        "表格用 html 格式表达，文档中公式用 latex 格式表示，按照阅读顺序组织进行解析。"
    ),
    ("1.0", "text"): "提取图中的文字。",
    ("1.0", "spotting"): "检测并识别图片中的文字，将文本坐标格式化输出。",
    ("1.0", "table"): "把图中的表格解析为 HTML。",
    ("1.0", "formula"): "识别图片中的公式，用 LaTeX 格式表示。",
    ("1.0", "chart"): ("解析图中的图表，对于流程图使用 Mermaid 格式表示，其他图表使用 Markdown 格式表示。"),
    ("1.0", "subtitles"): "提取图片中的字幕。",
    ("1.5", "document"): (
        "提取文档图片中正文的所有信息用markdown格式表示，其中页眉、页脚部分忽略，"
        "表格用html格式表达，文档中公式用latex格式表示，按照阅读顺序组织进行解析。"
    ),
    ("1.5", "text"): "提取图中的文字。",
    ("1.5", "spotting"): "检测并识别图片中的文字，将文本坐标格式化输出。",
    ("1.5", "spotting json"): (
        "检测并识别图中所有的文字行，请按从上到下、从左到右的阅读顺序进行识别。 "
        '输出格式为 JSON 数组，每个元素必须包含："box": [xmin, ymin, xmax, ymax]'
        '（坐标需归一化到 [0, 1000] 范围内）；"text": "识别出的文字内容"。 '
        "注意：请直接输出 JSON 数组，不要包含任何多余的描述性文字。"
    ),
    ("1.5", "layout"): "按照阅读顺序解析图中的版式信息。",
    ("1.5", "layout full"): (
        "提取文档图片中所有内容用markdown格式表示，表格用html格式表达，"
        "文档中公式用latex格式表示，请按照阅读顺序组织进行全文解析，并输出版式分析信息。"
    ),
    ("1.5", "table"): "把图中的表格解析为HTML。",
    ("1.5", "formula"): "识别图片中的公式，用LaTeX格式表示。",
    ("1.5", "chart"): "解析图中的图表，对于流程图使用Mermaid格式表示，其他图表使用Markdown格式表示。",
    ("1.5", "subtitles"): "提取图片中的字幕。",
}
OLD_TRANSLATION = (
    "先提取文字，再将文字内容翻译为{}。若是文档，则其中页眉、页脚忽略。公式用latex格式表示，表格用html格式表示。"
)
DOCUMENT_TRANSLATION = (
    "先解析文档，再将文档内容翻译为中文，其中页眉、页脚忽略，公式用latex格式表示，表格用html格式表示。"
)
OTHER_TRANSLATION = "按照阅读顺序，提取图中文字，公式用latex格式表示，表格用markdown格式表示，再将文字内容翻译为{}。"

people_words = st.text(max_size=300)


@pytest.mark.parametrize(("version", "asked"), sorted(TO_THE_LETTER))
def test_the_prompts_are_the_models_own_to_the_letter(version: str, asked: str) -> None:
    task, _, variant = asked.partition(" ")

    assert family_for(version).ask(TaskOrder(Task(task)), variant=variant).text == TO_THE_LETTER[version, asked]


@pytest.mark.parametrize(
    ("version", "target", "source", "words"),
    [
        ("1.0", "zh", "", OLD_TRANSLATION.format("中文")),
        ("1.0", "en", "ja", OLD_TRANSLATION.format("英文")),
        ("1.5", "zh-CN", "en-GB", DOCUMENT_TRANSLATION),
        ("1.5", "zh", "", OTHER_TRANSLATION.format("中文")),
        ("1.5", "zh", "fr", OTHER_TRANSLATION.format("中文")),
        ("1.5", "EN", "", OTHER_TRANSLATION.format("英文")),
    ],
)
def test_a_translation_is_asked_for_by_its_languages(version: str, target: str, source: str, words: str) -> None:
    order = TaskOrder(Task.TRANSLATION, target_language=target, source_language=source)

    asked = family_for(version).ask(order)

    assert asked.text == words
    assert asked.prompt.answer is AnswerForm.TRANSLATION


@pytest.mark.parametrize("target", ["fr", "zh-TW", "zh-Hant", "de-CH", "klingon", "zhx"])
@pytest.mark.parametrize("version", ["1.0", "1.5"])
def test_another_target_is_refused_by_name_with_what_there_is(version: str, target: str) -> None:
    with pytest.raises(TaskNotSupported) as refusal:
        family_for(version).ask(TaskOrder(Task.TRANSLATION, target_language=target))

    assert refusal.value.subject == f"HunyuanOCR {version}"
    assert refusal.value.detail == f"it translates into Chinese (zh) and English (en), not into “{target}”"


def test_what_a_version_was_not_trained_on_is_refused_by_name() -> None:
    with pytest.raises(TaskNotSupported) as refusal:
        family_for("1.0").ask(TaskOrder(Task.LAYOUT))

    assert "cannot do “layout”; it can do chart, document, fields" in refusal.value.detail
    assert Task.LAYOUT not in family_for("1.0").tasks
    assert family_for("1.5").tasks == frozenset(Task)
    with pytest.raises(TaskNotSupported, match="no other way “json” to do “table”"):
        family_for("1.5").ask(TaskOrder(Task.TABLE), variant="json")


def test_each_version_is_sampled_as_it_was_measured() -> None:
    old, new = family_for("1.0"), family_for("1.5")

    assert old.ask(TaskOrder()).sampling == Sampling(0.0, 0.95, 1, 1.0, seed=1234)
    assert new.ask(TaskOrder()).sampling == Sampling(0.0, 1.0, -1, 1.08)


@pytest.mark.parametrize(
    "order", [TaskOrder(Task.TABLE), TaskOrder(Task.FIELDS, fields=("a",)), TaskOrder(Task.FIELDS, fields=("a", "b"))]
)
def test_what_may_rightly_repeat_is_not_punished_for_it(order: TaskOrder) -> None:
    sampling = family_for("1.5").ask(order).sampling

    assert sampling == Sampling(0.0, 1.0, -1, 1.0)


def test_the_limits_are_those_of_the_checkpoints() -> None:
    old, new = family_for("1.0"), family_for("1.5")

    assert (old.picture.grid, old.picture.min_pixels, old.picture.max_pixels) == (32, 262144, 4194304)
    assert (new.picture.grid, new.picture.min_pixels, new.picture.max_pixels) == (32, 262144, 16777216)
    assert (old.context, new.context) == (32768, 131072)
    assert new.picture.within(5_000_000).max_pixels == 5_000_000
    assert new.picture.within(10**9) == new.picture
    assert new.picture.within(5).max_pixels == new.picture.min_pixels


def test_both_versions_write_the_dialect_that_the_parsers_are_tested_with() -> None:
    for family in families():
        assert family.dialect == HUNYUAN
        tags = list(family.dialect.tags.values())
        assert family.dialect.tags["<｜hy_place▁holder▁no▁110｜>"] == "<quad>"
        assert family.dialect.tags["<｜hy_place▁holder▁no▁115｜>"] == "</pFig>"
        assert sorted(tag.replace("/", "") for tag in tags) == sorted(2 * [tag for tag in tags if "/" not in tag])


def test_answers_that_cannot_be_parsed_without_their_special_tokens_keep_them() -> None:
    kept = {prompt.task for prompt in family_for("1.5").prompts if prompt.keep_special}

    assert {Task.SPOTTING, Task.DOCUMENT, Task.LAYOUT} <= kept
    assert Task.TEXT not in kept


@pytest.mark.parametrize("order", [Task.FIELDS, Task.SUBTITLES, Task.QUESTION])
def test_a_borrowed_prompt_says_so_and_is_the_lenders(order: Task) -> None:
    told = TaskOrder(order, fields=("Total",), question="What is it?")

    asked = family_for("1.5").ask(told)

    assert asked.prompt.borrowed_from == "1.0"
    assert asked.text == family_for("1.0").ask(told).text
    assert not family_for("1.5").ask(TaskOrder()).prompt.borrowed_from


def test_one_field_is_asked_by_its_name_and_several_as_a_list() -> None:
    family = family_for("1.0")

    one = family.ask(TaskOrder(Task.FIELDS, fields=("检验日期",)))
    many = family.ask(TaskOrder(Task.FIELDS, fields=("单价", "Driver's name", "单价", " ")))

    assert (one.text, one.prompt.answer) == ("输出 检验日期 的值。", AnswerForm.FIELDS)
    assert many.text == "提取图片中的: ['单价',\"Driver's name\"] 的字段内容，并按照 JSON 格式返回。"
    assert many.prompt.answer is AnswerForm.FIELDS


def test_a_name_that_looks_like_a_placeholder_is_a_name() -> None:
    family = family_for("1.5")

    assert family.ask(TaskOrder(Task.FIELDS, fields=("{fields}", "{field}"))).text.count("{field}") == 1
    assert family.ask(TaskOrder(Task.QUESTION, question="{question} {fields}")).text == "{question} {fields}"


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (TaskOrder(Task.FIELDS), "no field was named"),
        (TaskOrder(Task.FIELDS, fields=(" ", "\x00")), "no field was named"),
        (TaskOrder(Task.FIELDS, fields=tuple(map(str, range(MOST_NAMES + 1)))), "101 fields are too many"),
        (TaskOrder(Task.FIELDS, fields=("x" * 201,)), "at most 200 characters"),
        (TaskOrder(Task.QUESTION, question=" \n "), "no question was asked"),
        (TaskOrder(Task.QUESTION, question="x" * 4001), "at most 4000 characters"),
        (TaskOrder(Task.TRANSLATION), "into which language?"),
    ],
)
def test_an_order_that_lacks_something_is_not_understood(order: TaskOrder, words: str) -> None:
    with pytest.raises(UsageError) as problem:
        family_for("1.5").ask(order)

    assert words in problem.value.detail


@settings(deadline=None)
@given(
    names=st.lists(people_words, min_size=1, max_size=5), question=people_words, version=st.sampled_from(["1.0", "1.5"])
)
def test_nobodys_words_become_special_tokens_or_break_the_request(
    names: list[str], question: str, version: str
) -> None:
    family = family_for(version)
    told = TaskOrder(
        Task.FIELDS,
        fields=tuple(f"{name}<｜hy_User｜>{name}" for name in names),
        question=f"{question}<｜hy_place▁holder▁no▁110｜>",
    )

    for order in (told, TaskOrder(Task.QUESTION, question=told.question)):
        try:
            text = family.ask(order).text
        except UsageError:
            continue
        assert family.dialect.token_frame[0] not in text
        assert not any(token in text for token in family.dialect.tags)
        text.encode()  # no halves of characters
        assert all(sign.isprintable() or sign in "\n\u200c\u200d" for sign in text)


@settings(deadline=None)
@given(st.lists(st.text("ab'\" ,[]", min_size=1, max_size=6), min_size=1, max_size=4))
def test_a_list_of_names_can_be_told_apart_again(names: list[str]) -> None:
    items = re.findall(r"'([^']*)'(?=[,\]])|\"([^\"]*)\"(?=[,\]])", listed(names)[1:])

    if not any("'," in name or "']" in name or '",' in name or '"]' in name for name in names):
        assert [single or double for single, double in items] == [
            name.replace('"', "”") if "'" in name else name for name in names
        ]


def test_a_model_on_disk_finds_its_family_and_an_unknown_version_has_words() -> None:
    assert family_for(SimpleNamespace(version="1.0")).name == "HunyuanOCR 1.0"
    with pytest.raises(WrongArchitecture, match=r"only HunyuanOCR 1\.5 and HunyuanOCR 1\.0 are known"):
        family_for("2.0")


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("HunyuanOCR", "1.5"),
        ("tencent/HunyuanOCR-v1.0", "1.0"),
        ("hunyuanocr_1.0", "1.0"),
        ("x-1.05", "1.5"),
        ("", "1.5"),
    ],
)
def test_a_served_name_may_tell_the_version(name: str, version: str) -> None:
    assert likely_family(name).version == version


def test_the_newest_version_comes_first_and_nothing_of_it_can_be_changed() -> None:
    assert [family.version for family in families()] == ["1.5", "1.0"]
    family = families()[0]
    with pytest.raises(FrozenInstanceError):
        family.language = "en"  # type: ignore[misc]
    with pytest.raises(TypeError):
        family.dialect.tags["x"] = "y"  # type: ignore[index]
    with pytest.raises(TypeError):
        family.prompts[0].words["zh"] = "y"  # type: ignore[index]


def test_a_third_model_is_another_file(tmp_path: Path) -> None:
    for version, text in FILES.items():
        (tmp_path / f"{version}.toml").write_text(text, "utf-8")
    newer = FILES["1.5"].replace('version = "1.5"', 'version = "2.0"').replace('language = "zh"', 'language = "en"')
    newer = re.sub(r"(?m)^zh = (['\"])", r"en = \1", newer.partition("[[prompt]]")[2])
    head = (
        FILES["1.5"]
        .partition("[[prompt]]")[0]
        .replace('"1.5"', '"2.0"', 1)
        .replace('language = "zh"', 'language = "en"')
    )
    (tmp_path / "next.toml").write_text(head + "[[prompt]]" + newer.replace('borrowed_from = "1.0"\n', ""), "utf-8")

    loaded = load_families(tmp_path)

    assert [family.version for family in loaded] == ["2.0", "1.5", "1.0"]
    assert loaded[0].ask(TaskOrder(Task.TABLE)).text == TO_THE_LETTER["1.5", "table"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('version = "1.5"', 'version = "new"', "version is missing or not what it should be"),
        ('name = "HunyuanOCR 1.5"', "", "name is missing"),
        ("context = 131072", "context = true", "context is missing"),
        ("context = 131072", "context = 4096", "may answer more than the model's context holds"),
        ("grid = 32", 'grid = "32"', "picture: grid"),
        ("min_pixels = 262144", "min_pixels = 16777216", "fewest pixels"),
        ("min_pixels = 262144", "min_pixels = 100", "fewest pixels"),
        ("temperature = 0.0", "temperature = 3.0", "sampling: temperature"),
        ("temperature = 0.0", "temperature = nan", "sampling: temperature"),
        ("top_k = -1", "top_k = -2", "sampling: top_k"),
        ("top_k = -1", "top_k = -1\nseed = -5", "sampling: seed"),
        ("min_pattern_size = 1\n", "min_pattern_size = 200\n", "shortest pattern"),
        ("min_count = 64", "min_count = 1", "min_count"),
        ('source_markers = ["图中的文字是", "图片中的文字是"]', "source_markers = []", "source_markers"),
        ('source_markers = ["图中的文字是", "图片中的文字是"]', 'source_markers = ["a", 5]', "source_markers: 1"),
        ('token_frame = ["<｜", "｜>"]', 'token_frame = ["<｜"]', "a beginning and an end"),
        ('"<｜hy_place▁holder▁no▁106｜>"', '"<106>"', "“<106>” is no special token"),
        ('"<｜hy_place▁holder▁no▁106｜>"', '"<｜｜>"', "“<｜｜>” is no special token"),
        ('= "<quad>"', '= "<quad> "', "no▁110"),
        ('zh = "Chinese"', 'chinese = "Chinese"', "no two letters"),
        ('en = "English"', 'en = "English"\nfr = "French"', "a target language has no prompt"),
        ('task = "text"', 'task = "poem"', "prompt 2: task"),
        ('answer = "text"', 'answer = "verse"', "prompt 2: answer"),
        ("max_tokens = 2048", "max_tokens = 0", "max_tokens"),
        ('variant = "json"\n', "", "two prompts for the same"),
        ('task = "layout"\nanswer', 'task = "layout"\nvariant = "other"\nanswer', "has a variant and no usual prompt"),
        ('target = "zh"\nanswer', 'target = "zh"\nsource = "fr"\nanswer', "knows one source language and no other"),
        ('target = "en"\n', "", "a translation has a target"),
        ('target = "en"\n', 'target = "xx"\n', "target is missing or not"),
        ('names = "one"', 'names = "few"', "names is missing or not"),
        ('zh = "{question}"', 'zh = "{fields}"', "have no place in the prompt"),
        ('zh = "输出 {field} 的值。"', 'zh = "输出的值。"', "have no place in the prompt"),
        ('zh = "提取图中的文字。"', 'zh = "提取图中的文字{field}。"', "have no place in the prompt"),
        ('zh = "提取图中的文字。"', 'zh = " 提取图中的文字。"', "prompt 2: zh"),
        ('zh = "提取图中的文字。"', 'en = "Extract."', "no words in the language"),
        ('zh = "提取图中的文字。"', 'zh = "提取图中的文字。"\ntone = "kind"', "nobody knows tone"),
        ('zh = "提取图片中的字幕。"', 'zh = "提取图中的字幕。"', "subtitles is not what 1.0 asks"),
        ('borrowed_from = "1.0"', 'borrowed_from = "0.9"', "is not what 0.9 asks"),
        ("keep_special = true", 'keep_special = "yes"', "keep_special"),
        ("repetition_penalty = 1.0\n", "repetition_penalty = 0.5\n", "repetition_penalty"),
        ("[sampling]", "[whim]\nstrength = 2\n[sampling]", "nobody knows whim"),
    ],
)
def test_a_file_with_a_slip_is_refused_by_the_key(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in FILES["1.5"]
    (tmp_path / "old.toml").write_text(FILES["1.0"], "utf-8")
    (tmp_path / "new.toml").write_text(FILES["1.5"].replace(old, new, 1), "utf-8")

    with pytest.raises(ValueError, match=re.escape(words)):
        load_families(tmp_path)


def test_no_version_is_described_twice_and_an_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_families(tmp_path)
    for name in ("a", "b"):
        (tmp_path / f"{name}.toml").write_text(FILES["1.0"], "utf-8")

    with pytest.raises(ValueError, match=r"b\.toml: version 1\.0 is described twice"):
        load_families(tmp_path)


scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.lists(st.integers(), max_size=2)
)


def _paths(tree: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [path for key, value in inner for path in [(*at, key), *_paths(value, (*at, key))]]


@settings(deadline=None)
@given(st.data())
def test_any_value_in_any_place_makes_a_family_or_a_refusal(data: st.DataObject) -> None:
    tree = tomllib.loads(FILES["1.5"])
    *way, last = data.draw(st.sampled_from(_paths(tree)))
    place = tree
    for step in way:
        place = place[step]
    place[last] = data.draw(scalars)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engine.tasks.family_file.tomllib", SimpleNamespace(loads=lambda _: tree))
        try:
            family = parse_family("")
        except ValueError as refusal:
            assert str(refusal).startswith("family")  # noqa: PT017
        else:
            assert isinstance(family, Family)


def test_the_files_hold_what_was_reviewed() -> None:
    told = "\n".join(sorted(words for family in families() for p in family.prompts for words in p.words.values()))

    assert hashlib.sha256(told.encode()).hexdigest()[:16] == "2fa7178efda59cbf"
