"""Hashes name results, so they see the science and nothing else, and never change by accident."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from spec_texts import HEAD

from degendsl.spec import digest, parse_spec, unit_key
from degendsl.spec._keys import key
from degendsl.spec._resolve import filled, without_neutral
from degendsl.spec._types import Block

# Made once and kept: specs with the hashes of their folder, conditions and first units.
PINNED = json.loads((Path(__file__).parent / "pinned_hashes.json").read_text(encoding="utf-8"))
SWEPT = HEAD + "sweep: [{task.channels: [1, 2]}, {model.units: [32, 64]}]\n"


@pytest.mark.parametrize("pinned", PINNED, ids=[pinned["name"] for pinned in PINNED])
def test_hashes_of_old_specs_stay(pinned: dict[str, Any]):
    spec = parse_spec(pinned["text"])
    assert spec.folder_hash == pinned["folder"]
    assert [point.hash for point in spec.points] == pinned["conditions"]
    assert [unit_key(point, spec.networks, 0) for point in spec.points] == pinned["units"]


def test_a_condition_hash_is_sha256_over_canonical_json():
    import hashlib

    point = parse_spec(HEAD).points[0]
    # Independent of our own writer: sorted keys, no blanks, numbers as JavaScript writes them.
    text = json.dumps(point.canonical, sort_keys=True, separators=(",", ":"))
    text = text.replace(":1.0,", ":1,").replace(":1.0}", ":1}").replace("100.0", "100")
    assert point.hash == hashlib.sha256(text.encode()).hexdigest()
    assert point.id == point.hash[:12]


SAME = [
    "model: {units: 128}\n",
    "model: {kind: rate}\n",
    "model: {time_constant: 1.0, kind: rate}\n",
    "train: {optimizer: {learning_rate: 0.001}}\n",
    "train: {optimizer: {learning_rate: 1e-3, kind: adam}, batch_size: 64}\n",
    "solver: {dt: 1}\n",
    "solver: {dt: 1.0}\n",
    "solver: {dt: 1e0}\n",
    "networks: {vary: [data, init]}\n",
    "networks: {count: 7}\n",
    "measure: {at: [end]}\n",
    "report: {}\n",
    "profiles: {laptop: {lanes: 3}}\n",
    "variants: {desk: {model.units: 3}}\n",
    "sweep: []\n",
    "exclude: []\n",
    "numerics: {precision: float32}  # a comment\n",
]


@pytest.mark.parametrize("more", SAME)
def test_defaults_spelling_and_what_is_measured_change_no_hash(more: str):
    plain, written = parse_spec(HEAD), parse_spec(more + HEAD)
    assert written.folder_hash == plain.folder_hash
    assert [p.hash for p in written.points] == [p.hash for p in plain.points]
    assert keys(written) == keys(plain)


def keys(spec: Any) -> list[str]:
    return [unit_key(point, spec.networks, 3) for point in spec.points]


OTHER = [
    "model: {units: 129}\n",
    "model: {kind: current}\n",
    "model: {time_constant: 2}\n",
    "train: {optimizer: {learning_rate: 2e-3}}\n",
    "train: {max_epochs: 301}\n",
    "train: {stop: {patience: 4}}\n",
    "numerics: {precision: tf32}\n",
]


@pytest.mark.parametrize("more", OTHER)
def test_science_changes_every_hash(more: str):
    plain, other = parse_spec(HEAD), parse_spec(HEAD + more)
    assert other.points[0].hash != plain.points[0].hash
    assert other.folder_hash != plain.folder_hash
    assert keys(other) != keys(plain)


@pytest.mark.parametrize("more", ["networks: {seed: 1}\n", "networks: {vary: [init]}\n"])
def test_seeds_change_units_and_folders_but_no_condition(more: str):
    plain, other = parse_spec(HEAD), parse_spec(HEAD + more)
    assert other.points[0].hash == plain.points[0].hash
    assert other.folder_hash != plain.folder_hash
    assert keys(other) != keys(plain)


def test_a_condition_is_the_same_alone_and_in_a_sweep():
    alone = parse_spec(HEAD + "model: {units: 64}\n", overrides=["task.channels=2"])
    assert alone.points[0].hash == parse_spec(SWEPT).points[3].hash
    assert alone.folder_hash != parse_spec(SWEPT).folder_hash


def test_the_folder_knows_sweep_and_exclusions():
    folders = {
        parse_spec(text).folder_hash
        for text in (
            HEAD,
            SWEPT,
            SWEPT + "exclude: [{task.channels: 2}]\n",
            SWEPT + "exclude: [{task.channels: 2, model.units: 64}]\n",
            SWEPT.replace("[1, 2]", "[2, 1]"),
            SWEPT.replace("[1, 2]", "[1, 3]"),
        )
    }
    assert len(folders) == 6


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sweep: [{solver.dt: [1, 0.5]}]\n", "sweep: [{solver.dt: [1.0, 5e-1]}]\n"),
        (
            "sweep: [{model.init: [{kind: uniform}, {kind: gaussian}]}]\n",
            "sweep: [{model.init: [{}, {gain: 1, kind: gaussian}]}]\n",
        ),
        (
            "sweep: [{train.optimizer: [{learning_rate: 0.001}, {learning_rate: 2e-3}]}]\n",
            "sweep: [{train.optimizer: [{kind: adam}, {kind: adam, learning_rate: 0.002}]}]\n",
        ),
        (
            "sweep: [{task.channels: [1, 2, 3]}]\n"
            "exclude: [{task.channels: 1}, {task.channels: 2}]\n",
            "sweep: [{task.channels: [1, 2, 3]}]\n"
            "exclude: [{task.channels: 2}, {task.channels: 1}]\n",
        ),
    ],
)
def test_spelling_and_defaults_inside_a_sweep_change_no_hash(one: str, other: str):
    first, second = (
        parse_spec(HEAD + "model: {time_constant: 1}\n" + more) for more in (one, other)
    )
    assert first.folder_hash == second.folder_hash
    assert [p.hash for p in first.points] == [p.hash for p in second.points]


def test_units_of_one_condition_differ_by_index_alone():
    spec = parse_spec(HEAD)
    point = spec.points[0]
    made = [unit_key(point, spec.networks, index) for index in range(3)]
    assert len(set(made)) == 3 and all(len(one) == 64 for one in made)


@dataclass(frozen=True, kw_only=True)
class Before:
    units: int = key(3, doc="Old.")
    rate: float = key(1.0, doc="Old.")


@dataclass(frozen=True, kw_only=True)
class After:
    units: int = key(3, doc="Old.")
    rate: float = key(1.0, doc="Old.")
    clip: float = key(0.0, doc="New, and without effect at 0.", neutral=0.0)
    schedule: str = key(
        "linear", doc="New, and its default is not what was before it.", neutral="constant"
    )


def test_a_key_that_joins_the_language_is_hashed_only_where_it_differs():
    def hash_of(block: type, **data: Any) -> str:
        return digest(without_neutral(Block((block,)), filled(block, data)))

    before = hash_of(Before, units=4)
    assert hash_of(After, units=4, schedule="constant") == before
    assert hash_of(After, units=4, schedule="constant", clip=0) == before
    # A default other than the neutral value changes the results, so it changes the hash.
    assert hash_of(After, units=4) != before
    assert hash_of(After, units=4, schedule="constant", clip=0.5) != before
