"""The generated schema: draft 7, closed, one error a mistake, and true of every example."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator
from spec_texts import HEAD

from degendsl.spec import SpecError, json_schema, kinds, load_spec, parse_spec
from degendsl.spec._compose import compose
from degendsl.spec._paths import chosen_at, homes
from degendsl.spec._places import Source
from degendsl.spec._resolve import resolve, typed_science
from degendsl.spec._types import Block, fields_of, type_of

SPECS = sorted((Path(__file__).parents[2] / "specs").rglob("*.yaml"))
# Keywords that came after draft 7, or that editors and error messages do badly.
REFUSED = {"oneOf", "unevaluatedProperties", "dependentSchemas", "$defs", "else", "not"}


def schemas(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        for inner in schema.values():
            yield from schemas(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from schemas(inner)


def test_it_is_a_draft_7_schema():
    Draft7Validator.check_schema(json_schema())
    assert not any(REFUSED & set(schema) for schema in schemas(json_schema()))


def test_every_object_is_closed():
    for schema in schemas(json_schema()):
        if "properties" in schema and "if" not in schema:
            branches = "allOf" in schema
            condition = set(schema) <= {"properties", "required"}
            assert branches or condition or schema.get("additionalProperties") is False, schema


def test_every_branch_is_complete_and_asks_for_its_kind():
    for schema in schemas(json_schema()):
        for branch in schema.get("allOf", ()) if "properties" in schema else ():
            ((key, condition),) = branch["if"]["properties"].items()
            default = schema["properties"][key].get("default")
            assert ("required" in branch["if"]) == (condition["const"] != default)
            assert branch["then"]["additionalProperties"] is False
            assert key in branch["then"]["properties"]


def test_every_key_is_described_for_editors():
    for path, several in homes().items():
        assert all(home.field.key.doc.endswith(".") for home in several), path


def test_kinds_of_one_block_agree_on_the_types_of_shared_keys():
    for path, several in homes().items():
        if chosen_at(path) is None:
            assert len({home.field.type for home in several}) == 1, path


def test_defaults_of_blocks_are_the_defaults_of_their_keys():
    # The resolver takes a block that is not written for one with no keys.
    for several in homes().values():
        for home in several:
            if isinstance(home.field.type, Block) and not home.field.required:
                assert home.field.default == home.field.type.default()


def test_a_spec_without_anything_is_the_blocks_as_python_builds_them():
    science = typed_science(resolve({"task": {"kind": "flip_flop"}})[0])
    assert science.model == kinds.RateModel() and science.train == kinds.Train()


def test_annotations_that_the_language_has_no_type_for_are_refused():
    with pytest.raises(TypeError, match="no type for the annotation"):
        type_of(bytes)


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_every_example_is_good(path: Path):
    spec = load_spec(path)
    assert spec.points and not spec.warnings
    text = path.read_text(encoding="utf-8")
    node, problems = compose(Source(path.name, text))
    # The published schema by itself, as an editor uses it.
    assert not problems and not list(Draft7Validator(json_schema()).iter_errors(node.plain()))


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_examples_mean_the_same_without_our_own_reader(path: Path):
    text = path.read_text(encoding="utf-8")
    ours = compose(Source(path.name, text))[0].plain()
    theirs = yaml.safe_load(text)
    # YAML 1.1 takes 1e-3 for text, so only what both agree on is compared.
    assert set(ours) == set(theirs) and ours["study"] == theirs["study"]


@pytest.mark.parametrize(
    "more",
    [
        "model: {unit: 3}\n",
        "model: {kind: rates, units: 3, other: 4}\n",
        "model: {kind: current, units: 0}\n",
        "model: {init: {kind: gaussian, gain: 0}}\n",
        "model: 3\n",
        "train: {optimizer: {kind: sgdd, learning_rate: x}}\n",
        "sweep: [{task.channels: [1, x]}]\n",
        "sweep: [{name: a, levels: {b: {task.channels: x}}}]\n",
        "sweep: [{name: a, levels: {b: {task.chanels: 1}}}]\n",
        "sweep: [{name: a, levels: {b: {}}}]\n",
        "sweep: [{name: a, levels: {}}]\n",
        "sweep: [{name: a}]\n",
        "sweep: [{levels: {b: {task.channels: 1}}}]\n",
        "sweep: [{name: 'a b', levels: {b: {task.channels: 1}}}]\n",
        "sweep: [{name: a, levels: {b c: {task.channels: 1}}}]\n",
        "sweep: [{name: a, level: {}, levels: {b: {task.channels: 1}}}]\n",
        "sweep: [3]\n",
        "sweep: [{}]\n",
        "measure: {dynamics: 3}\n",
        "measure: {dynamics: []}\n",
        "measure: {dynamics: [3]}\n",
        "measure: {dynamics: {delay: 3}}\n",
        "measure: {dynamics: [{rank: 3}, {delay: 3}]}\n",
        "measure: {dynamics: [{kind: dsb, rank: x}]}\n",
        "measure: {behavior: {ood: temporel, factor: x}}\n",
        "measure: {behavior: [{ood: temporal, factor: x}]}\n",
        "sweep: [{model.init: [{kind: nope, gain: x}]}]\n",
    ],
)
def test_one_mistake_is_one_error(more: str):
    with pytest.raises(SpecError) as caught:
        parse_spec(HEAD + more)
    assert len(caught.value.problems) == 1


def test_the_fields_of_a_block_begin_with_its_kind():
    assert [field.name for field in fields_of(kinds.RateModel)][:2] == ["kind", "units"]
