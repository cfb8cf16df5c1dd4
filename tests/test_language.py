"""The language: wrong files, traps, sweeps and hashes."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from conftest import TINY
from hypothesis import given, settings
from hypothesis import strategies as st

from degendsl.spec import CODES, SpecError, explain, json_schema, parse_spec, program_structure

SPECS = sorted((Path(__file__).parent.parent / "specs").glob("*.yaml"))
BASE = "degendsl: 1\nstudy: {name: a}\ntask: {kind: flip_flop}\n"


@pytest.mark.parametrize(
    ("written", "value"),
    [("1e-3", 1e-3), ("1E-3", 1e-3), (".5", 0.5), ("010", 10.0), ("0o10", 8.0), ("1", 1.0)],
)
def test_numbers_are_those_of_yaml_1_2(written: str, value: float):
    spec = parse_spec(BASE + f"train: {{optimizer: {{learning_rate: {written}}}}}\n")
    assert spec.points[0].science.train.optimizer.learning_rate == value


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "1_000", "12:30", "2026-11-24"])
def test_words_stay_words(word: str):
    spec = parse_spec(BASE.replace("name: a", f"name: a, title: {word}"))
    assert spec.study.title == word


def test_hashes_ignore_order_comments_spelling_and_written_defaults():
    plain = parse_spec(BASE + "model: {units: 16}\ntrain: {batch_size: 8}\n")
    other = parse_spec(
        "# a comment\ntrain:\n  batch_size: 0o10\n  steps_per_epoch: 100\n"
        "model: {time_constant: 1.0e0, units: 16, kind: rate, nonlinearity: tanh}\n"
        "task: {duration: 100, kind: flip_flop}\nstudy: {name: b}\ndegendsl: 1\n"
    )
    assert plain.points[0].hash == other.points[0].hash
    assert plain.folder_hash == other.folder_hash


def test_hashes_never_change_by_accident():
    # A batch as large as the default once was.
    spec = parse_spec(BASE, overrides=["train.batch_size=256"])
    assert spec.points[0].id == PINNED["condition"]
    assert spec.folder_hash == PINNED["folder"]


PINNED = {"condition": "76aec937ab21", "folder": "7614fd0ab10f"}


def test_what_is_measured_or_how_many_changes_no_hash():
    base = parse_spec(TINY)
    for change in ("networks.count=9", "measure.dynamics.rank=2", "study.title=x"):
        assert parse_spec(TINY, overrides=[change]).folder_hash == base.folder_hash
    assert parse_spec(TINY, overrides=["networks.seed=1"]).folder_hash != base.folder_hash


def test_a_sweep_is_the_product_less_the_exclusions():
    spec = parse_spec(
        BASE + "sweep:\n  - model.units: [16, 32]\n    task.channels: [1, 2]\n"
        "  - train.batch_size: [8, 16, 32]\nexclude:\n  - {model.units: 32, train.batch_size: 8}\n"
    )
    found = [tuple(point.levels.values()) for point in spec.points]
    assert found == [(16, 1, 8), (16, 1, 16), (16, 1, 32), (32, 2, 16), (32, 2, 32)]


def test_numbers_do_not_change_the_program_and_sizes_do():
    def structure(*overrides: str) -> dict[str, Any]:
        return program_structure(parse_spec(BASE, overrides=overrides).points[0].science)

    base = structure()
    assert structure("train.optimizer.learning_rate=0.1", "task.flip_probability=0.9") == base
    assert (
        structure("train.stop.patience=9", "train.max_epochs=7", "train.stop.train_mse=1") == base
    )
    assert structure("model.units=64") != base != structure("task.duration=50")


def test_a_new_kind_drops_the_other_keys_of_its_block():
    text = BASE + "model: {init: {kind: gaussian, gain: 2.0}}\n"
    spec = parse_spec(text, overrides=["model.init.kind=uniform"])
    assert spec.points[0].canonical["model"]["init"] == {"kind": "uniform"}


@pytest.mark.parametrize(
    ("override", "code"),
    [
        ("model.unit=3", "E020"),
        ("model.units=x", "E013"),
        ("units", "E026"),
        ("model.units=[", "E003"),
    ],
)
def test_a_wrong_override_points_at_itself(override: str, code: str):
    with pytest.raises(SpecError) as error:
        parse_spec(BASE, overrides=[override])
    (problem,) = error.value.problems
    assert problem.code == code and problem.name.startswith("--set")


def test_setting_what_is_swept_names_both_places():
    with pytest.raises(SpecError, match="set here and swept at spec.yaml line 5"):
        parse_spec(BASE + "sweep:\n  - model.units: [3, 4]\n", overrides=["model.units=5"])


def test_the_schema_is_draft_7_and_takes_every_example():
    jsonschema.Draft7Validator.check_schema(json_schema())
    validator = jsonschema.Draft7Validator(json_schema())
    for path in SPECS:
        # 1e-3 is text to PyYAML's own resolver, so numbers come from our composer.
        validator.validate(dict(parse_spec(path.read_bytes()).document))


def test_everything_can_be_explained():
    assert all(explain(code) for code in CODES)
    assert "Huang" in explain("model.units") and "our choice" in explain("measure.dynamics.rank")


def test_many_conditions_are_expanded_once():
    # tests/spec/test_spec_speed.py has five thousand, where types are not checked.
    values = ", ".join(f"{(i + 1) / 1000:g}" for i in range(500))
    spec = parse_spec(BASE + f"sweep:\n  - task.flip_probability: [{values}]\n")
    assert len(spec.points) == 500 == len({point.id for point in spec.points})


SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5))
TREES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner)
)
WORDS = st.sampled_from(list(json_schema()["properties"]))


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(WORDS, TREES, max_size=4))
def test_nonsense_never_escapes_as_a_traceback(extra: dict[str, Any]):
    document = yaml.safe_load(BASE) | extra
    try:
        parse_spec(json.dumps(document))
    except SpecError as error:
        assert error.problems


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_bytes_never_escape_as_a_traceback(content: bytes):
    try:
        parse_spec(BASE.encode() + content)
    except SpecError as error:
        assert error.problems
