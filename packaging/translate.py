"""Collect the window's strings into resources/translations/*.ts and build the .qm files the window loads.

    python packaging/translate.py           update the .ts from the source, then build the .qm
    python packaging/translate.py --check   change nothing; fail where a string is missing or not translated

The tools are those of the PySide6 that is installed beside the Python that runs this.
"""

from __future__ import annotations

import argparse
import ast
import json
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "resources" / "translations"
CHINESE = "diglot_zh_CN"
ENGLISH = "diglot_en"
"""English holds the numbers of things only ("%n page(s)"); everything else is in the source."""


class Words(NamedTuple):
    """A string to be translated: where it belongs, what it says, what sets it apart, whether it counts things."""

    context: str
    text: str
    comment: str = ""
    plural: bool = False


def update(folder: Path) -> None:
    """Bring the .ts files in `folder` up to date with the source."""
    words = sorted({found for path in (ROOT / "desktop").rglob("*.py") for found in collect(path.read_text("utf-8"))})
    with tempfile.TemporaryDirectory() as scratch:
        # The strings are handed to Qt's tool as a list of plain calls: by itself it does not look through a module's
        # own short name for `translate`.
        stub = Path(scratch) / "strings.py"
        stub.write_text("".join(_call(found) for found in words), "utf-8")
        for name, language, extra in ((CHINESE, "zh_CN", ()), (ENGLISH, "en", ("-pluralonly",))):
            options = ["-locations", "none", "-no-obsolete", "-source-language", "en", "-target-language", language]
            _run("pyside6-lupdate", str(stub), *extra, *options, "-ts", str(folder / f"{name}.ts"))


def collect(source: str) -> Iterator[Words]:
    """Yield the strings of a module: `self.tr(…)`, `translate(…)`, `QT_TRANSLATE_NOOP(…)` and short names for them.

    A short name is a function whose whole body returns `translate("Context", text)`, or a variable set to one.
    """
    tree = ast.parse(source)
    short = dict(_short_names(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and node.value.id in short:
            short |= {name.id: short[node.value.id] for name in node.targets if isinstance(name, ast.Name)}
    yield from _calls(tree, "", short)


def _short_names(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and isinstance(node.body[-1], ast.Return):
            call = node.body[-1].value
            if isinstance(call, ast.Call) and _called(call) == "translate" and len(call.args) == 2:
                context, text = call.args
                if isinstance(context, ast.Constant) and isinstance(text, ast.Name):
                    yield node.name, str(context.value)


def _calls(node: ast.AST, owner: str, short: dict[str, str]) -> Iterator[Words]:
    if isinstance(node, ast.ClassDef):
        owner = node.name
    if isinstance(node, ast.Call):
        name = _called(node)
        literals = [part.value if isinstance(part, ast.Constant) else None for part in node.args]
        if isinstance(node.func, ast.Attribute) and name == "tr":
            literals.insert(0, owner)
        elif isinstance(node.func, ast.Name) and name in short:
            literals.insert(0, short[name])
        elif name not in ("translate", "QT_TRANSLATE_NOOP"):
            literals = []
        if len(literals) > 1 and isinstance(literals[0], str) and isinstance(literals[1], str):
            comment = literals[2] if len(literals) > 2 and isinstance(literals[2], str) else ""
            yield Words(literals[0], literals[1], comment, len(literals) > 3)
    for child in ast.iter_child_nodes(node):
        yield from _calls(child, owner, short)


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _call(words: Words) -> str:
    literals = ", ".join(json.dumps(text, ensure_ascii=False) for text in words[:3])
    return f"QCoreApplication.translate({literals}{', 1' if words.plural else ''})\n"


def release(folder: Path) -> None:
    """Build the .qm files from the .ts files in `folder`."""
    for name in (CHINESE, ENGLISH):
        _run("pyside6-lrelease", str(folder / f"{name}.ts"), "-qm", str(folder / f"{name}.qm"))


def unfinished(path: Path) -> list[str]:
    """Return the strings of a .ts file that have no finished translation, each with its context."""
    missing = []
    for context in _contexts(path):
        name = context.findtext("name", "")
        for message in context.iter("message"):
            translation = message.find("translation")
            forms = [] if translation is None else [form.text for form in translation.iter("numerusform")]
            words = forms or ([translation.text] if translation is not None else [])
            kind = None if translation is None else translation.get("type")
            if kind == "unfinished" or not words or not all(words):
                missing.append(f"{name}: {message.findtext('source', '')}")
    return missing


def check() -> list[str]:
    """Return what is wrong with the files as they are, one line each."""
    wrong = [f"not translated: {text}" for name in (CHINESE, ENGLISH) for text in unfinished(FOLDER / f"{name}.ts")]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for name in (CHINESE, ENGLISH):
            shutil.copy(FOLDER / f"{name}.ts", folder)
        release(folder)
        for name in (CHINESE, ENGLISH):
            if (folder / f"{name}.qm").read_bytes() != (FOLDER / f"{name}.qm").read_bytes():
                wrong.append(f"{name}.qm is not what {name}.ts says")
        update(folder)
        for name in (CHINESE, ENGLISH):
            if _sources(folder / f"{name}.ts") != _sources(FOLDER / f"{name}.ts"):
                wrong.append(f"{name}.ts is not up to date with the source")
    return wrong


def _sources(path: Path) -> set[tuple[str, str, str]]:
    return {
        (context.findtext("name", ""), message.findtext("source", ""), message.findtext("comment", ""))
        for context in _contexts(path)
        for message in context.iter("message")
    }


def _contexts(path: Path) -> Iterator[ET.Element]:
    return ET.parse(path).getroot().iter("context")  # noqa: S314 - a file of our own


def _run(tool: str, *arguments: str) -> None:
    path = Path(sys.executable).parent / tool
    done = subprocess.run([str(path), *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{tool} failed:\n{done.stdout}{done.stderr}")


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description="Update or check the translations of the window.")
    parser.add_argument("--check", action="store_true", help="change nothing; fail where something is missing")
    if parser.parse_args().check:
        wrong = check()
        sys.stdout.writelines(f"{line}\n" for line in wrong)
        return 1 if wrong else 0
    update(FOLDER)
    release(FOLDER)
    left = unfinished(FOLDER / f"{CHINESE}.ts") + unfinished(FOLDER / f"{ENGLISH}.ts")
    sys.stdout.writelines(f"not translated: {line}\n" for line in left)
    return 0


if __name__ == "__main__":
    sys.exit(main())
