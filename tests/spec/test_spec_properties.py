"""Properties of the language over specs made at random, good ones and mutilated ones."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spec_texts import documents, swept, texts

from degendsl.planning import make_plan, methods
from degendsl.spec import Spec, SpecError, parse_spec, to_plain, unit_key

# Specs are made with functions of the language, whose run-time checks look at a random item of
# each list; what is drawn does not depend on that.
pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")

# Specs are large, so a few dozen say as much as hundreds; the slow test below makes up for it.
FEW = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def printed(document: dict[str, Any]) -> str:
    """A spec as JSON, which is YAML as long as no character is written as two escapes."""
    return json.dumps(document, ensure_ascii=False)


def hashes(spec: Spec) -> tuple[Any, ...]:
    units = [unit_key(point, spec.networks, 1) for point in spec.points]
    return spec.folder_hash, [point.hash for point in spec.points], units


@FEW
@given(documents(), st.data())
def test_order_comments_and_spelling_change_nothing(document: dict[str, Any], data: st.DataObject):
    plain = parse_spec(printed(document))
    written = parse_spec(data.draw(texts(document)))
    assert hashes(written) == hashes(plain)
    assert (written.study, written.networks) == (plain.study, plain.networks)
    assert (written.measure, written.profiles) == (plain.measure, plain.profiles)


@FEW
@given(swept())
def test_printing_what_was_parsed_and_parsing_it_changes_nothing(made: Any):
    spec = parse_spec(printed(made[0]))
    again = parse_spec(printed(to_plain(spec)))
    assert hashes(again) == hashes(spec)
    assert to_plain(again) == to_plain(spec)
    assert (again.points, again.measure) == (spec.points, spec.measure)


@settings(FEW, max_examples=25)
@given(swept())
def test_what_the_schema_allows_can_be_planned_and_told(made: Any):
    try:
        plan = make_plan(parse_spec(printed(made[0])))
    except SpecError as error:
        # As below: what only a sweep can make of good values.
        assert {problem.code for problem in error.problems} <= {"E022", "E024", "E033"}
        return
    networks = plan.spec.networks.count * len(plan.conditions)
    assert len(plan.units) == networks == len({unit.key for unit in plan.units})
    assert sum(len(group.units) for group in plan.groups()) >= networks
    assert all(text and "object at" not in text for text in methods(plan))


@FEW
@given(swept())
def test_a_sweep_is_the_product_less_the_exclusions(made: Any):
    document, items = made
    try:
        spec = parse_spec(printed(document))
    except SpecError as error:
        # Two spellings of one level, no condition left, or a swept size too small for the rank.
        assert {problem.code for problem in error.problems} <= {"E022", "E024", "E033"}
        return
    expected: list[dict[str, Any]] = [{}]
    for item in items:
        count = len(next(iter(item.values())))
        rows = [{path: levels[i] for path, levels in item.items()} for i in range(count)]
        expected = [{**old, **row} for old in expected for row in rows]
    left = [
        row
        for row in expected
        if not any(all(row[p] == v for p, v in rule.items()) for rule in document["exclude"])
    ]
    assert [dict(point.levels) for point in spec.points] == left
    assert len({point.hash for point in spec.points}) == len(left)


GOOD = """\
degendsl: 1
study: {name: mutated, authors: [{name: A, orcid: 0000-0002-1825-0097}]}
task: {kind: flip_flop, channels: 2, duration: 60}
model:
  kind: rate
  units: 64
  init: {kind: gaussian, gain: 1.2}
solver: {dt: 0.5}
train:
  optimizer: {kind: adam, learning_rate: 1e-3}
  stop: {train_mse: 1e-2, patience: 2}
networks: {count: 4, vary: [init]}
sweep:
  - task.flip_probability: [0.1, 0.2]
  - {model.nonlinearity: [tanh, relu], train.batch_size: [8, 16]}
  - name: regime
    levels:
      slow: {train.optimizer: {kind: adam, learning_rate: 1e-4}}
      fast: {train.optimizer.learning_rate: 1e-2}
exclude: [{task.flip_probability: 0.1, train.batch_size: 8}]
measure:
  at: [init, end]
  trials: {count: 16}
  dynamics: [{kind: dsa, delays: 5, rank: 9}, {rank: 4}]
  behavior: {ood: temporal, factor: 3}
expect: [{level: dynamics, falls_with: task.flip_probability}]
report: {compare: task.flip_probability}
variants: {desk: {networks.count: 3, model.units: 8}}
profiles: {laptop: {lanes: 4}}
"""
_JUNK = ["", "null", "[]", "{}", "-1", "1e400", ".nan", "'", '"', "{", "]", "&a", "*a", "!!x", "\t"]
_JUNK += ["\x00", "\u2028", "\ud800", "🧠", ": ", "- ", "#", "<<: {}", "? ", "kind: x", "1_0", "%"]
_JUNK += ["2026-11-24", "12:30", "9" * 400, "-.inf", "0x", "1e-400", "!!python/none", "<<: *a"]
_JUNK += ["\x7f", "\u202e", "[[[]]]", "{a: {b: {}}}", "!!binary aGk=", "|", ">-", "~", "on"]
_WORDS = GOOD.replace("{", " ").replace("}", " ").replace(",", " ").split()


def mutated(text: str, choose: random.Random) -> str | bytes:
    """A spec with something deleted, repeated, moved, nested, replaced or turned to garbage."""
    lines = text.splitlines(keepends=True)
    here, there = choose.randrange(len(lines)), choose.randrange(len(lines))
    match choose.randrange(11):
        case 0:
            del lines[here]
        case 1:
            lines.insert(there, lines[here])
        case 2:
            lines[here] = " " * choose.randrange(6) + lines[here]
        case 3:
            word = choose.choice(_WORDS)
            return text.replace(word, choose.choice([*_JUNK, *_WORDS]), 1)
        case 4:
            at = choose.randrange(len(text))
            return text[:at] + choose.choice(_JUNK) + text[at + choose.randrange(3) :]
        case 5:
            lines[here] = f"{choose.choice(_WORDS)}\n"
        case 6:
            value = lines[here].partition(":")
            lines[here] = f"{value[0]}: {choose.choice(_JUNK)}\n"
        case 7:
            # Nested one level deeper, or far too deep.
            depth = choose.choice([1, 1, 2, 40])
            value = lines[here].rstrip("\n").partition(": ")
            lines[here] = f"{value[0]}: {'[' * depth}{value[2]}{']' * depth}\n"
        case 8:
            # Renamed by a letter.
            word = choose.choice(_WORDS)
            at = choose.randrange(len(word))
            other = word[:at] + choose.choice("abcxyz.:-") + word[at + choose.randrange(2) :]
            return text.replace(word, other, 1)
        case 9:
            # Retyped: a number as text, a text as number, either as a list.
            word = choose.choice(_WORDS)
            return text.replace(word, choose.choice([f'"{word}"', f"[{word}]", "7", "7.0"]), 1)
        case _:
            raw = bytearray(text.encode("utf-8", "surrogatepass"))
            raw[choose.randrange(len(raw))] = choose.randrange(256)
            return bytes(raw)
    return "".join(lines)


def survive(seed: int) -> None:
    choose = random.Random(seed)
    text: str | bytes = GOOD
    for _ in range(choose.randint(1, 3)):
        if isinstance(text, str) and text:
            text = mutated(text, choose)
    variant = choose.choice([None, None, "desk"])
    overrides = choose.sample(_WORDS, 1) if choose.random() < 0.1 else []
    overrides += [f"{choose.choice(_WORDS)}={choose.choice([*_JUNK, *_WORDS])}"] * (seed % 3 == 0)
    try:
        spec = parse_spec(text, variant=variant, overrides=overrides)
    except SpecError as error:
        assert error.problems
        for problem in error.problems:
            assert problem.line >= 1 and problem.column >= 1 and problem.length >= 1
            assert problem.message and problem.code in problem.format()
        assert not any(ord(c) < 32 and c != "\n" for c in str(error))
    else:
        assert hashes(spec)


def test_the_spec_that_is_mutilated_is_good():
    assert len(parse_spec(GOOD).points) == 6


@pytest.mark.parametrize("block", range(20))
def test_a_mutilated_spec_is_refused_at_a_place_or_good(block: int):
    for seed in range(50):
        survive(50 * block + seed)


_MANY = """
import sys
from test_spec_properties import survive
for seed in range(int(sys.argv[1]), int(sys.argv[2])):
    try:
        survive(seed)
    except BaseException:
        print("seed", seed, file=sys.stderr)
        raise
"""


@pytest.mark.slow
def test_ten_thousand_mutilated_specs():
    # In two processes of their own, where types are not checked: that takes a quarter of the time.
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    halves = [
        subprocess.Popen(
            [sys.executable, "-c", _MANY, str(first), str(first + 5_000)],
            env={**os.environ, "PYTHONPATH": path},
            stderr=subprocess.PIPE,
            text=True,
        )
        for first in (1_000, 6_000)
    ]
    for half in halves:
        _, said = half.communicate()
        assert half.returncode == 0, said
