"""`init` asks nothing, writes what runs, and never overwrites."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from degendsl import cli
from degendsl.spec import json_schema, load_spec

FILES = ("spec.yaml", ".degendsl/schema-v1.json", ".idea/jsonSchemas.xml")


def test_it_writes_a_spec_and_what_editors_need(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    folder = tmp_path / "new" / "study"
    assert cli.main(["init", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["written"] == list(FILES)
    spec = load_spec(folder / "spec.yaml")
    assert len(spec.points) == 2 and not spec.warnings
    first, *_ = spec.text.splitlines()
    assert first == "# yaml-language-server: $schema=.degendsl/schema-v1.json"
    assert json.loads((folder / FILES[1]).read_text(encoding="utf-8")) == json_schema()
    mapped = ET.parse(folder / FILES[2]).getroot().iter("option")
    values = {one.get("name"): one.get("value") for one in mapped}
    assert values["relativePathToSchema"] == FILES[1]


def test_its_variant_is_good_too(tmp_path: Path):
    assert cli.main(["init", str(tmp_path)]) == 0
    assert cli.main(["check", str(tmp_path / "spec.yaml"), "--variant", "thorough"]) == 0


def test_it_never_overwrites(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / ".degendsl").mkdir()
    for name in FILES[:2]:
        (tmp_path / name).write_text("mine")
    assert cli.main(["init", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert said.count("which was there") == 2 and "another version" in said
    assert all((tmp_path / name).read_text() == "mine" for name in FILES[:2])
    assert (tmp_path / FILES[2]).exists()


def test_where_it_cannot_write_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "file").write_text("")
    assert cli.main(["init", str(tmp_path / "file" / "below")]) == 2
    assert "cannot write" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.usefixtures("optimised")
def test_what_it_writes_runs_and_its_networks_learn(tmp_path: Path):
    assert cli.main(["init", str(tmp_path)]) == 0
    out = ["--out", str(tmp_path / "results")]
    # Two or more of three converge in each condition, or the exit code is 1.
    few = ["--set", "train.max_epochs=40", "--set", "networks.count=3"]
    # A floor would train them twice; examples have one.
    few += ["--set", "measure.floor.networks=0"]
    assert cli.main(["run", str(tmp_path / "spec.yaml"), *out, *few]) == 0
