"""What a spec resolves to: sweeps, exclusions, variants, `--set`, and defaults filled last."""

import itertools
from typing import Any

import pytest
from spec_texts import HEAD

from degendsl.spec import Spec, SpecError, kinds, parse_spec, program_structure, to_plain


def only(text: str, **more: Any) -> kinds.Science:
    (point,) = parse_spec(text, **more).points
    return point.science


def test_without_a_sweep_there_is_one_condition_with_the_paper_s_defaults():
    science = only(HEAD)
    assert science == kinds.Science(
        task=kinds.FlipFlop(),
        model=kinds.RateModel(),
        solver=kinds.Euler(),
        train=kinds.Train(),
        numerics=kinds.Numerics(),
    )


def test_a_sweep_is_a_product_and_its_first_item_is_the_slowest():
    spec = parse_spec(HEAD + "sweep:\n  - task.channels: [1, 2]\n  - model.units: [32, 64, 96]\n")
    found = [(p.levels["task.channels"], p.levels["model.units"]) for p in spec.points]
    assert found == list(itertools.product([1, 2], [32, 64, 96]))
    assert [(p.blocks["task"]["channels"], p.science.model.units) for p in spec.points] == found
    assert spec.size == 6 and spec.factors == ("task.channels", "model.units")


def test_paths_of_one_item_move_together():
    spec = parse_spec(HEAD + "sweep: [{task.channels: [1, 2], model.units: [32, 64]}]\n")
    assert [dict(p.levels) for p in spec.points] == [
        {"task.channels": 1, "model.units": 32},
        {"task.channels": 2, "model.units": 64},
    ]
    (item,) = spec.sweep
    assert item.paths == ("task.channels", "model.units") and len(item.levels) == 2


def test_exclusions_leave_conditions_out():
    text = HEAD + "sweep: [{task.channels: [1, 2]}, {model.units: [32, 64]}]\n"
    spec = parse_spec(text + "exclude: [{task.channels: 1, model.units: 64}]\n")
    assert len(spec.points) == 3
    assert {"task.channels": 1, "model.units": 64} not in [dict(p.levels) for p in spec.points]


def test_an_exclusion_finds_its_value_however_it_is_spelled():
    text = (
        HEAD
        + "sweep: [{task.flip_probability: [0.5, 1]}]\nexclude: [{task.flip_probability: 1.0}]\n"
    )
    assert len(parse_spec(text).points) == 1


def test_levels_have_the_type_of_their_path():
    spec = parse_spec(HEAD + "sweep: [{solver.dt: [1, 0.5]}]\nmodel: {time_constant: 1}\n")
    assert all(type(point.levels["solver.dt"]) is float for point in spec.points)


def test_a_swept_kind_drops_the_block_s_other_keys_and_warns():
    text = HEAD + "model: {kind: rate, units: 64}\nsweep: [{model.kind: [rate, current]}]\n"
    spec = parse_spec(text)
    rate, current = (point.science.model for point in spec.points)
    assert (rate.units, current.units) == (64, 128)
    (warning,) = spec.warnings
    assert (warning.code, warning.severity, warning.line) == ("W001", "warning", 5)
    assert "units (line 4)" in warning.message


def test_a_swept_kind_with_nothing_to_drop_is_silent():
    spec = parse_spec(HEAD + "sweep: [{model.kind: [rate, current]}]\n")
    assert [type(p.science.model) for p in spec.points] == [kinds.RateModel, kinds.CurrentModel]
    assert not spec.warnings


def test_a_swept_kind_comes_before_its_neighbours_whatever_the_order():
    text = HEAD + "sweep:\n  - {model.units: [32, 64], model.kind: [rate, current]}\n"
    spec = parse_spec(text)
    assert [point.science.model.units for point in spec.points] == [32, 64]


def test_a_swept_block_replaces_the_whole_block():
    text = HEAD + "model: {init: {kind: gaussian, gain: 3}}\n"
    spec = parse_spec(text + "sweep: [{model.init: [{kind: gaussian}, {kind: uniform}]}]\n")
    assert [point.science.model.init for point in spec.points] == [
        kinds.GaussianInit(gain=1.0),
        kinds.UniformInit(),
    ]


def test_a_default_that_follows_another_key_is_filled_per_condition():
    spec = parse_spec(HEAD + "sweep: [{solver.dt: [1, 0.5]}]\n")
    assert [point.science.model.time_constant for point in spec.points] == [1.0, 0.5]
    assert [point.science.n_steps for point in spec.points] == [100, 200]


def test_the_order_is_file_then_variant_then_set():
    text = HEAD + "model: {units: 8}\nvariants: {desk: {model.units: 16, train.batch_size: 4}}\n"
    assert only(text).model.units == 8
    assert only(text, variant="desk").model.units == 16
    assert only(text, variant="desk").train.batch_size == 4
    changed = only(text, variant="desk", overrides=["model.units=32", "model.units=64"])
    assert (changed.model.units, changed.train.batch_size) == (64, 4)


def test_a_variant_may_change_networks_and_measures():
    text = HEAD + "variants: {desk: {networks.count: 3, measure.trials.count: 5}}\n"
    spec = parse_spec(text, variant="desk")
    assert (spec.networks.count, spec.measure.trials.count, spec.variant) == (3, 5, "desk")


@pytest.mark.parametrize(
    ("override", "value"),
    [
        ("model.init={kind: gaussian, gain: 2}", kinds.GaussianInit(gain=2.0)),
        ("model.init.kind=gaussian", kinds.GaussianInit()),
        (" model.init = {kind: uniform}", kinds.UniformInit()),
    ],
)
def test_set_takes_yaml_values(override: str, value: Any):
    assert only(HEAD, overrides=[override]).model.init == value


def test_set_lists_and_profiles():
    spec = parse_spec(HEAD, overrides=["networks.vary=[init]", "measure.at=[end]"])
    assert spec.networks.vary == ("init",) and spec.measure.at == ("end",)


def test_a_set_kind_drops_the_block_s_other_keys_and_warns():
    spec = parse_spec(HEAD + "model: {units: 64}\n", overrides=["model.kind=current"])
    assert spec.points[0].science.model == kinds.CurrentModel()
    assert [(w.code, w.name) for w in spec.warnings] == [("W001", "--set")]
    kept = parse_spec(HEAD + "model: {units: 64}\n", overrides=["model.kind=rate"])
    assert kept.points[0].science.model.units == 64 and not kept.warnings


def test_a_set_that_breaks_something_is_pointed_at_on_the_command_line():
    with pytest.raises(SpecError) as caught:
        parse_spec(HEAD, overrides=["solver.dt=3"])
    (problem,) = caught.value.problems
    assert (problem.name, problem.column, problem.code) == ("--set", 11, "E031")


def test_what_a_spec_resolves_to_is_a_spec_with_the_same_hashes():
    text = (
        HEAD
        + "sweep: [{solver.dt: [1, 0.5]}, {model.init: [{}, {kind: gaussian}]}]\n"
        + "exclude: [{solver.dt: 1, model.init: {}}]\n"
        + "expect: [{level: dynamics, falls_with: solver.dt}]\nmodel: {time_constant: 2}\n"
    )
    spec = parse_spec(text)
    import json

    again = parse_spec(json.dumps(to_plain(spec)))
    assert hashes(again) == hashes(spec)
    assert (again.expect, again.measure, again.study) == (spec.expect, spec.measure, spec.study)


def hashes(spec: Spec) -> tuple[Any, ...]:
    return spec.folder_hash, tuple(point.hash for point in spec.points)


def test_large_specs_need_to_be_meant():
    row = str([i / 1000 for i in range(1, 401)])
    text = (
        HEAD
        + "networks: {count: 2}\n"
        + f"sweep: [{{task.flip_probability: {row}}}, {{train.stop.train_mse: {row}}}]\n"
    )
    with pytest.raises(SpecError) as caught:
        parse_spec(text)
    assert {problem.code for problem in caught.value.problems} == {"E040"}
    few = HEAD + "measure: {trials: {count: 2000000}}\n"
    assert parse_spec(few, large=True).measure.trials.count == 2_000_000


def test_numbers_and_what_the_host_does_never_compile():
    base = program_structure(only(HEAD))
    same = [
        "train: {optimizer: {learning_rate: 0.1}, max_epochs: 3, stop: {patience: 1}}\n",
        "model: {time_constant: 7}\n",
        "networks: {seed: 3}\n",
    ]
    assert all(program_structure(only(HEAD + more)) == base for more in same)
    stretched = only(HEAD, overrides=["task.duration=50", "solver.dt=0.5"])
    assert program_structure(stretched) == base


@pytest.mark.parametrize(
    "override",
    [
        "task.channels=2",
        "task.duration=50",
        "model.units=64",
        "model.nonlinearity=relu",
        "model.init.kind=gaussian",
        "train.batch_size=8",
        "train.steps_per_epoch=8",
        "numerics.precision=tf32",
    ],
)
def test_shapes_and_structure_compile(override: str):
    base = program_structure(only(HEAD))
    assert program_structure(only(HEAD, overrides=[override])) != base
