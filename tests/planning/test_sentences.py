"""A study in plain English: true of every condition, said once."""

from pathlib import Path

import pytest
from conftest import TINY

from degendsl import cli
from degendsl.planning import make_plan, methods, sentences
from degendsl.planning._together import together
from degendsl.spec import parse_spec

SPECS = sorted((Path(__file__).parents[2] / "specs").rglob("*.yaml"))
HEAD = "degendsl: 1\nstudy: {name: told}\ntask: {kind: flip_flop}\n"


@pytest.mark.parametrize(
    ("several", "one"),
    [
        (["rate 0.1."], "rate 0.1."),
        (["rate 0.1.", "rate 0.25."], "rate 0.1 or 0.25."),
        (["(p 1, q 2)", "(p 1, q 3)", "(p 1, q 2)"], "(p 1, q 2 or 3)"),
        (["a 1-bit task", "a 2-bit task", "a 8-bit task"], "a 1, 2 or 8-bit task"),
        (["1 channel", "2 channels"], "1 or 2 channels"),
        (["each one has 1", "each one independently has 2"], "each one independently has 1 or 2"),
        ([f"rate {i}" for i in range(20)], "rate 0 to 19 (20 values)"),
        (["rate 1.5 here", "rate 2.5 here"], "rate 1.5 or 2.5 here"),
        (["short", "a sentence with 3 more"], None),
    ],
)
def test_sentences_are_put_together(several: list[str], one: str | None):
    assert together(several) == one


def test_conditions_that_differ_have_labels_that_differ():
    rates, inits = (
        "[0.00123456789, 0.00123456788]",
        "[{kind: gaussian, gain: 1.5}, {kind: gaussian}]",
    )
    sweep = f"sweep: [{{train.optimizer.learning_rate: {rates}}}, {{model.init: {inits}}}]\n"
    labels = [one.label for one in make_plan(parse_spec(HEAD + sweep)).conditions]
    assert labels[0] == "learning rate 0.00123456789, init gaussian gain 1.5"
    assert len(set(labels)) == 4


def said(text: str) -> str:
    return " ".join(methods(make_plan(parse_spec(text))))


def test_what_is_swept_is_listed_where_it_stands():
    text = said(HEAD + "sweep: [{task.channels: [1, 2, 3]}, {model.units: [32, 64]}]\n")
    assert "on a 1, 2 or 3-channel flip-flop task" in text
    assert "Each had 32 or 64 tanh units" in text
    assert "in each of 6 conditions, 300 in all; conditions differ in channels and units" in text


def test_kinds_that_differ_too_much_are_told_apart():
    text = said(
        HEAD + "sweep: [{name: task-kind, levels: {memory: {task.channels: 2}, "
        "comparison: {task: {kind: delayed_discrimination}}}}]\n"
    )
    assert "Where task-kind memory: Networks were trained on a 2-channel flip-flop task" in text
    assert "Where task-kind comparison: Networks were trained on a 1-channel delayed" in text
    assert "'memory' (channels 2) or 'comparison' (task delayed_discrimination)" in text


def test_what_a_value_is_held_against_is_told():
    text = said(
        HEAD + "networks: {count: 3}\n"
        "measure: {include: below_threshold, pairs: {max: 2}, "
        "sensitivity: {dynamics.rank: [5, 8]}}\n"
    )
    assert "As a numerical floor, 3 networks of each condition trained a second time" in text
    assert "Networks above the threshold on the test trials were left out." in text
    assert "At most 2 pairs of networks of each condition" in text
    assert "under every combination of dynamics.rank 5 and 8." in text
    alone = "measure: {dynamics: {rank: %s}, sensitivity: {dynamics.rank_per: [condition]}}\n"
    for rank, words in ((30, "the lowest rank up to 30"), (0.9, "the rank that reaches 0.9")):
        assert f"A rank per condition is {words}" in said(HEAD + alone % rank)
    assert "floor" not in said(HEAD + "measure: {floor: {networks: 0}}\n")


def test_starts_are_told_as_they_are_tried():
    asked = HEAD + "measure: {dynamics: {starts: 4, score: %s}}\n"
    assert "rank 30, best of 8 starts, 4 of each determinant)" in said(asked % "angular")
    # Eigenvalues are matched exactly.
    assert "20 delays, rank 30)" in said(asked % "wasserstein")


def test_intervals_are_told_and_where_they_are_too_narrow():
    text = said(TINY)
    assert "Intervals are 95 %: delete-one-network jackknife for means over pairs, t for" in text
    assert "less often than they say where a few networks are far worse than the rest." in text
    # Of some pairs networks are not left out: that would count the choice of pairs twice.
    some = said(HEAD + "measure: {pairs: {max: 2}}\n")
    assert "pairs that share networks for means over pairs" in some and "jackknife" not in some


def test_exclusions_and_expectations_are_told():
    told = sentences(
        make_plan(
            parse_spec(
                HEAD + "sweep: [{task.channels: [1, 2]}, {model.units: [32, 64]}]\n"
                "exclude: [{task.channels: 1, model.units: 64}]\n"
                "expect: [{level: dynamics, falls_with: model.units}]\n"
            )
        )
    )
    assert told.varied[-1] == "1 condition was left out: channels 1 and units 64."
    assert told.expected == ("Degeneracy of dynamics falls with model.units.",)


def test_one_condition_is_told_without_conditions():
    told = sentences(make_plan(parse_spec(TINY)))
    assert len(told.varied) == 1 and "condition" not in told.varied[0] and not told.expected


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_every_example_is_explained(path: Path, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["explain", str(path)]) == 0
    text = capsys.readouterr().out
    assert "What is trained" in text and "What is measured" in text
    assert "object at" not in text and "None" not in text
    assert cli.main(["explain", str(path), "--json"]) == 0
