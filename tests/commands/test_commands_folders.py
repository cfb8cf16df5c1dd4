"""A folder of specs stands for all of them; the exit code is the worst."""

import json
from pathlib import Path

import pytest
from conftest import TINY

from degendsl import cli

GOOD = "degendsl: 1\nstudy: {name: NAME}\ntask: {kind: flip_flop}\n"
BAD = GOOD + "model: {unit: 3}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "specs"
    folder.mkdir()
    (folder / "b.yaml").write_text(GOOD.replace("NAME", "second"))
    (folder / "a.yml").write_text(GOOD.replace("NAME", "first"))
    (folder / "notes.txt").write_text("no spec")
    return folder


def test_check_says_something_of_every_spec(folder: Path, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["check", str(folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == [str(folder / n) for n in ("a.yml", "b.yaml")]


def test_the_exit_code_is_the_worst_and_the_others_have_their_turn(
    folder: Path, capsys: pytest.CaptureFixture[str]
):
    (folder / "aa.yaml").write_text(BAD.replace("NAME", "wrong"))
    assert cli.main(["check", str(folder)]) == 3
    said = capsys.readouterr()
    assert said.out.count("good") == 2 and said.err.count("error[E012]") == 1
    assert cli.main(["check", str(folder), "--json"]) == 3
    found = json.loads(capsys.readouterr().out)
    assert [one["valid"] for one in found] == [True, False, True]
    assert [Path(one["spec"]).name for one in found] == ["a.yml", "aa.yaml", "b.yaml"]


@pytest.mark.parametrize("command", [["plan", "--no-probe"], ["status"]], ids=lambda one: one[0])
def test_plan_and_status_of_a_folder(
    command: list[str], folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    out = ["--out", str(tmp_path / "results")]
    assert cli.main([*command, str(folder), *out, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["folder"].split("/")[-2] for one in found] == ["first", "second"]


def test_nothing_runs_where_one_spec_is_wrong(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (folder / "z.yaml").write_text(BAD.replace("NAME", "wrong"))
    assert cli.main(["run", str(folder), "--out", str(tmp_path / "results")]) == 3
    said = capsys.readouterr()
    assert said.out == "" and "error[E012]" in said.err and "nothing was run" in said.err
    assert not (tmp_path / "results").exists()


def test_a_report_of_what_was_never_run_is_4_for_each(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert cli.main(["report", str(folder), "--out", str(tmp_path / "none"), "--json"]) == 4
    found = json.loads(capsys.readouterr().out)
    assert [one["exit_code"] for one in found] == [4, 4]


def test_a_folder_of_nothing_is_no_target(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["check", str(tmp_path)]) == 3
    assert cli.main(["status", str(tmp_path)]) == 4


def test_explain_tells_every_study_of_a_folder_but_words_come_first(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    assert cli.main(["explain", str(folder), "--json"]) == 0
    assert [one["title"] for one in json.loads(capsys.readouterr().out)] == ["first", "second"]
    monkeypatch.chdir(folder.parent)
    (folder.parent / "model").mkdir()
    assert cli.main(["explain", "model"]) == 0
    assert capsys.readouterr().out.startswith("model  What a network is.")


@pytest.mark.slow
def test_run_runs_all_and_its_exit_code_is_the_worst(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    for path in (folder / "a.yml", folder / "b.yaml"):
        path.write_text(TINY.replace("name: tiny", f"name: {path.stem}"))
    # A threshold that nobody reaches: no converged networks to compare.
    (folder / "c.yaml").write_text(
        TINY.replace("name: tiny", "name: c").replace("train_mse: 0.9", "train_mse: 1e-9")
    )
    out = ["--out", str(tmp_path / "results")]
    assert cli.main(["run", str(folder), *out, "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert [len(one["failed"]) for one in found] == [0, 0, 1]
    assert all(Path(one["report"]).is_file() for one in found)
    # Once more: nothing is trained again, and what it took is known.
    assert cli.main(["status", str(folder), *out, "--json"]) == 0
    assert [len(one["runs"]) for one in json.loads(capsys.readouterr().out)] == [1, 1, 1]
