"""The schema in a real editor's language server: it helps, warns once, and is silent when good."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from language_server import Editor

from degendsl import cli

ROOT = Path(__file__).parents[2]
SERVER = "yaml-language-server"
SPECS = sorted((ROOT / "specs").rglob("*.yaml"))
HEAD = (
    "# yaml-language-server: $schema=.degendsl/schema-v1.json\ndegendsl: 1\nstudy: {name: edited}\n"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("edited")
    assert cli.main(["init", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def editor(folder: Path) -> Iterator[Editor]:
    local = ROOT / ".tools" / "node_modules" / ".bin" / SERVER
    command = str(local) if local.exists() else shutil.which(SERVER)
    if command is None:
        if SERVER in os.environ.get("DEGENDSL_REQUIRE", ""):
            pytest.fail(f"{SERVER} is not here; `make tools` installs it")
        pytest.skip(f"{SERVER} is not here")
    with Editor(Path(command), folder) as editor:
        yield editor


def said(editor: Editor, path: Path, text: str) -> list[str]:
    """Each diagnostic as the text it marks and what it says."""
    lines = text.splitlines()
    found = []
    for one in editor.diagnostics(path, text):
        start, end = one["range"]["start"], one["range"]["end"]
        last = end["character"] if end["line"] == start["line"] else None
        found.append(f"{lines[start['line']][start['character'] : last]}: {one['message']}")
    return found


def test_the_spec_that_init_writes_is_good(editor: Editor, folder: Path):
    path = folder / "spec.yaml"
    assert said(editor, path, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("spec", SPECS, ids=lambda path: path.stem)
def test_every_example_is_good(spec: Path, editor: Editor, folder: Path):
    text = HEAD.splitlines()[0] + "\n" + spec.read_text(encoding="utf-8")
    assert said(editor, folder / f"{spec.stem}-example.yaml", text) == []


@pytest.mark.parametrize(
    ("name", "body", "marked"),
    [
        ("key", "task: {kind: flip_flop, chanels: 3}\n", "chanels: "),
        ("kind", "task: {kind: flipflop}\n", "flipflop: "),
        ("range", "task: {kind: flip_flop, flip_probability: 2}\n", "2: "),
        ("type", "task: {kind: flip_flop}\nmodel: {units: many}\n", "many: "),
        ("top", "task: {kind: flip_flop}\nmodels: {units: 3}\n", "models: "),
        ("listed", "task: {kind: flip_flop}\nmeasure: {weights: [{start: 3}]}\n", "start: "),
        ("alone", "task: {kind: flip_flop}\nmeasure: {weights: {start: 3}}\n", "start: "),
        ("path", "task: {kind: flip_flop}\nsweep: [{task.chanels: [1]}]\n", "task.chanels: "),
        ("level", "task: {kind: flip_flop}\nsweep: [{task.channels: [x]}]\n", "x: "),
        (
            "axis",
            "task: {kind: flip_flop}\nsweep: [{name: a, levels: {b: {model.unit: 1}}}]\n",
            "model.unit: ",
        ),
    ],
)
def test_a_typo_gives_one_diagnostic_at_its_place(
    name: str, body: str, marked: str, editor: Editor, folder: Path
):
    (found,) = said(editor, folder / f"wrong-{name}.yaml", HEAD + body)
    assert found.startswith(marked)


def offered(editor: Editor, path: Path, text: str) -> dict[str, dict[str, Any]]:
    """What is offered where `|` stands."""
    before = text[: text.index("|")]
    editor.diagnostics(path, text.replace("|", ""))
    line = before.count("\n")
    return editor.completions(path, line, len(before) - before.rfind("\n") - 1)


def test_tasks_are_offered_after_kind(editor: Editor, folder: Path):
    found = offered(editor, folder / "kinds.yaml", HEAD + "task:\n  kind: |\n")
    assert {"flip_flop", "delayed_discrimination"} <= set(found)


def test_keys_are_offered_with_description_default_and_range(editor: Editor, folder: Path):
    text = HEAD + "task:\n  kind: flip_flop\n  |\n"
    found = offered(editor, folder / "keys.yaml", text)
    about = str(found["flip_probability"]["documentation"])
    assert "Chance of a pulse" in about and "above 0 and at most 1" in about and "0.3" in about


def test_swept_paths_are_offered(editor: Editor, folder: Path):
    text = HEAD + "task: {kind: flip_flop}\nsweep:\n  - |\n"
    found = offered(editor, folder / "paths.yaml", text)
    assert {"task.channels", "train.optimizer.learning_rate"} <= set(found)


def test_keys_of_a_measure_are_offered_alone_and_in_a_list(editor: Editor, folder: Path):
    alone = HEAD + "task: {kind: flip_flop}\nmeasure:\n  dynamics:\n    |\n"
    listed = HEAD + "task: {kind: flip_flop}\nmeasure:\n  dynamics:\n    - |\n"
    for name, text in (("alone", alone), ("listed", listed)):
        found = offered(editor, folder / f"measure-{name}.yaml", text)
        assert {"kind", "delays", "rank"} <= set(found), name


def test_hovering_gives_the_description(editor: Editor, folder: Path):
    path, text = folder / "hover.yaml", HEAD + "task:\n  kind: flip_flop\n  flip_probability: 0.3\n"
    editor.diagnostics(path, text)
    about = editor.hover(path, 5, 6)
    assert "Chance of a pulse" in about and "above 0 and at most 1" in about
