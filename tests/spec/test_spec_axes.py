"""Axes with names: the levels of one factor set paths of their own."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spec_texts import HEAD

from degendsl.planning import make_plan
from degendsl.spec import SpecError, parse_spec, to_plain

REGIMES = HEAD + (
    "sweep:\n"
    "  - name: regime\n"
    "    levels:\n"
    "      lazy: {model.init: {kind: gaussian, gain: 0.5}}\n"
    "      rich: {model.init.kind: uniform, train.optimizer.learning_rate: 2e-3}\n"
    "  - model.units: [32, 64]\n"
)


def test_levels_are_names_and_set_what_they_say():
    spec = parse_spec(REGIMES)
    assert spec.factors == ("regime", "model.units") and spec.size == 4
    assert [tuple(p.levels.values()) for p in spec.points] == [
        ("lazy", 32),
        ("lazy", 64),
        ("rich", 32),
        ("rich", 64),
    ]
    lazy, rich = spec.points[1].science, spec.points[2].science
    assert (lazy.model.init.kind, lazy.model.units) == ("gaussian", 64)
    assert (rich.model.init.kind, rich.train.optimizer.learning_rate) == ("uniform", 2e-3)
    assert make_plan(spec).conditions[0].label == "regime lazy, units 32"


def test_an_axis_is_a_factor_for_claims_comparison_and_exclusions():
    more = (
        "expect: [{level: dynamics, falls_with: regime}]\nreport: {compare: regime}\n"
        "exclude: [{regime: lazy, model.units: 64}]\n"
    )
    spec = parse_spec(REGIMES + more)
    assert [tuple(p.levels.values()) for p in spec.points] == [
        ("lazy", 32),
        ("rich", 32),
        ("rich", 64),
    ]


def test_names_are_for_people_and_change_no_hash():
    other = REGIMES.replace("regime", "learning").replace("lazy", "kernel")
    first, second = parse_spec(REGIMES), parse_spec(other)
    assert first.folder_hash == second.folder_hash
    assert [p.hash for p in first.points] == [p.hash for p in second.points]


def test_what_was_resolved_is_a_spec_that_means_the_same():
    spec = parse_spec(REGIMES + "exclude: [{regime: lazy, model.units: 64}]\n")
    again = parse_spec(json.dumps(to_plain(spec)))
    assert again.folder_hash == spec.folder_hash and again.points == spec.points


@settings(max_examples=30, deadline=None, derandomize=True)
@given(
    st.lists(st.integers(1, 9), unique=True, min_size=1, max_size=4),
    st.lists(st.sampled_from([16, 32, 64]), unique=True, min_size=1),
)
def test_a_named_axis_is_the_plain_item_with_labels(channels: list[int], units: list[int]):
    plain: list[dict[str, Any]] = [{"task.channels": channels}, {"model.units": units}]
    levels = {f"level-{one}": {"task.channels": one} for one in channels}
    named = [{"name": "load", "levels": levels}, plain[1]]
    first = parse_spec(HEAD + f"sweep: {json.dumps(plain)}\n")
    second = parse_spec(HEAD + f"sweep: {json.dumps(named)}\n")
    assert first.folder_hash == second.folder_hash
    assert [p.hash for p in first.points] == [p.hash for p in second.points]


def said(text: str, **options: Any) -> str:
    with pytest.raises(SpecError) as caught:
        parse_spec(text, **options)
    (problem,) = caught.value.problems
    return f"{problem.line}:{problem.column} {problem.code} {problem.message}"


def test_what_a_level_sets_cannot_be_set_elsewhere():
    assert said(REGIMES, overrides=["model.init.gain=2"]) == (
        "1:1 E023 'model.init.gain' is set here and swept at spec.yaml line 7 "
        "as part of 'model.init'"
    )


def test_a_level_that_cannot_be_is_pointed_at():
    text = HEAD + "sweep: [{name: a, levels: {b: {solver.dt: 1}, c: {solver.dt: 0.3}}}]\n"
    assert said(text) == (
        "4:62 E031 a duration of 100 is 333.333 steps of 0.3 (task.duration by default); "
        "in 1 of 2 conditions"
    )
