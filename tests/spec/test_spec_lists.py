"""A key that takes one mapping or a list of them, and blocks whose kind is not called `kind`."""

from dataclasses import dataclass
from typing import Any, Literal

import pytest
from spec_texts import HEAD

from degendsl.spec import SpecError, explain, kinds, parse_spec, to_plain
from degendsl.spec._keys import key
from degendsl.spec._resolve import typed
from degendsl.spec._schema import _closed
from degendsl.spec._types import Block, OneOrMany, chooser, fields_of

ONE = HEAD + "measure: {dynamics: {delays: 5, rank: 4}}\n"
LISTED = HEAD + "measure: {dynamics: [{delays: 5, rank: 4}]}\n"
TWO = HEAD + "measure:\n  dynamics:\n    - {delays: 5, rank: 4}\n    - {delays: 200, rank: 4}\n"


def test_one_mapping_and_a_list_of_one_are_the_same():
    one, listed = parse_spec(ONE), parse_spec(LISTED)
    assert one.measure == listed.measure
    assert one.measure.dynamics == (kinds.DSA(delays=5, rank=4.0),)
    assert to_plain(one)["measure"] == to_plain(listed)["measure"]
    assert one.folder_hash == listed.folder_hash == parse_spec(HEAD).folder_hash


def test_without_the_key_there_is_the_default_alone():
    measure = parse_spec(HEAD).measure
    assert measure.behavior == (kinds.TemporalBehavior(),)
    assert measure == kinds.Measure()


def test_a_list_keeps_its_order():
    text = HEAD + "measure: {dynamics: [{rank: 4}, {rank: 2}]}\n"
    assert [one.rank for one in parse_spec(text).measure.dynamics] == [4, 2]


def said(text: str, **options: Any) -> str:
    with pytest.raises(SpecError) as caught:
        parse_spec(text, **options)
    (problem,) = caught.value.problems
    return f"{problem.line}:{problem.column} {problem.code} {problem.message}"


def test_every_entry_is_checked_at_its_place():
    assert said(TWO) == (
        "7:16 E032 200 delays do not fit into a trial of 100 steps "
        "(task.duration by default, solver.dt by default)"
    )
    assert said(TWO.replace("200, rank: 4", "2, rank: 500")) == (
        "7:25 E033 rank 500 is above 2 delays × 128 units "
        "(measure.dynamics[1].delays line 7, model.units by default)"
    )


def test_a_list_of_one_is_pointed_into():
    assert said(LISTED.replace("5,", "500,")).startswith("4:31 E032")


def test_starts_are_counted_in_every_entry():
    text = HEAD + "measure: {weights: [{starts: 2}, {starts: 2000000}]}\n"
    assert said(text).startswith("4:43 E040 2,000,000 starts")


def test_a_path_into_one_mapping_can_be_set_and_into_a_list_it_cannot():
    assert parse_spec(ONE, overrides=["measure.dynamics.rank=3"]).measure.dynamics[0].rank == 3
    assert parse_spec(HEAD, overrides=["measure.dynamics.rank=3"]).measure.dynamics[0].rank == 3
    assert said(TWO.replace("200", "2"), overrides=["measure.dynamics.rank=3"]) == (
        "1:1 E090 'measure.dynamics' is a list at line 6, "
        "so 'measure.dynamics.rank' is not one place"
    )
    whole = parse_spec(TWO, overrides=["measure.dynamics=[{rank: 3}, {rank: 1}]"])
    assert [one.rank for one in whole.measure.dynamics] == [3, 1]


def test_it_is_explained_as_one_or_a_list():
    text = explain("measure.dynamics")
    assert "a mapping of keys to values, or a list of such" in text and "dsa: Dynamics" in text
    assert "temporal: Trials longer" in explain("measure.behavior")


@dataclass(frozen=True, kw_only=True)
class Long:
    """Longer trials."""

    ood: Literal["long"] = key("long", doc="Which.", chooses=True)
    factor: float = key(2.0, doc="How many times.", above=1)


@dataclass(frozen=True, kw_only=True)
class Noise:
    """Noisier trials."""

    ood: Literal["noise"] = key("noise", doc="Which.", chooses=True)
    size: float = key(0.1, doc="How noisy.", above=0)


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Somebody who takes either."""

    behavior: tuple[Long | Noise, ...] = key((Long(),), doc="Either, or several.", or_one=True)


def test_another_word_than_kind_can_choose():
    assert chooser(Noise) == "ood" and chooser(Holder) is None
    (field,) = fields_of(Holder)
    assert field.type == OneOrMany(Block((Long, Noise)))
    made = typed(Holder, {"behavior": [{"ood": "noise"}, {"factor": 3}, {"ood": "long"}]})
    assert made.behavior == (Noise(), Long(factor=3.0), Long())
    assert typed(Holder, {"behavior": {"ood": "noise", "size": 1}}).behavior == (Noise(size=1.0),)


@pytest.mark.parametrize(
    ("behavior", "errors"),
    [
        ({}, 0),
        ([{}], 0),
        ({"factor": 3}, 0),
        ({"ood": "noise", "size": 1}, 0),
        ([{"ood": "long"}, {"ood": "noise", "size": 1}], 0),
        (3, 1),
        ([], 1),
        ([3], 1),
        ({"ood": "nosie", "size": "x"}, 1),
        ({"ood": "noise", "factor": 2}, 1),
        ({"size": 2}, 1),
        ([{}, {"size": 2}], 1),
        ([{"ood": "noise", "size": 0}], 1),
    ],
)
def test_a_mistake_in_either_form_is_one_error(behavior: Any, errors: int):
    from jsonschema import Draft7Validator

    schema = {"type": "object", **_closed(Holder)}
    Draft7Validator.check_schema(schema)
    assert len(list(Draft7Validator(schema).iter_errors({"behavior": behavior}))) == errors
