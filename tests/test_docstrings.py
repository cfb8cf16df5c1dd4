"""What a lab calls says what comes out of it and which errors it raises."""

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import degendsl
from degendsl import api, errors, metrics

ERRORS = {
    name
    for name, kind in vars(errors).items()
    if inspect.isclass(kind) and issubclass(kind, errors.DegendslError)
}
# First words of a docstring that names an act, not what comes out.
ACTS = {"Train", "Measure", "Write", "Read", "Make", "Find", "Choose"}


def public() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every function of `degendsl`, `degendsl.metrics` and `degendsl.api`, by its name there."""
    names = {*dir(metrics), *metrics._WITH_JAX}
    places = [
        *((metrics, name) for name in sorted(names)),
        *((degendsl, name) for name in degendsl._HOMES),
    ]
    for place, name in places:
        found = getattr(place, name)
        if inspect.isfunction(found) and not name.startswith("_"):
            yield f"{place.__name__}.{name}", found
    for name, found in vars(api).items():
        if inspect.isfunction(found) and found.__module__ == api.__name__ and name[0] != "_":
            yield f"{api.__name__}.{name}", found


def raised(function: Callable[..., Any], seen: set[Any]) -> set[str]:
    """Our errors that a function, or one of ours that its text names, raises."""
    function = inspect.unwrap(function)
    if function in seen:
        return set()
    seen.add(function)
    found: set[str] = set()
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            found |= {getattr(node.exc.func, "id", "")} & ERRORS
        if isinstance(node, ast.Name):
            other = function.__globals__.get(node.id)
            if inspect.isfunction(other) and other.__module__.startswith("degendsl"):
                found |= raised(other, seen)
    return found


PUBLIC = dict(public())


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_function_says_what_comes_out_and_which_errors(name: str):
    function = PUBLIC[name]
    said = inspect.getdoc(function) or ""
    assert len(said.partition("\n")[0]) > 15, "no docstring"
    returns = inspect.signature(function).return_annotation
    if returns is not None and said.split()[0] in ACTS:
        assert "**Returns:**" in said
    # Functions that it refers to speak for it.
    others = re.findall(r"(?:see|as) `(\w+)`", said)
    docs = [said, *(inspect.getdoc(one) or "" for key, one in PUBLIC.items()
                    if key.rpartition(".")[2] in others)]  # fmt: skip
    missing = {error for error in raised(function, set()) if not any(error in doc for doc in docs)}
    assert not missing


def test_the_public_functions_of_the_contract_are_there():
    named = {name.partition(".")[2] for name in PUBLIC}
    assert {
        "load_spec", "make_plan", "run", "open_store", "metrics.dsa_distances",
        "metrics.pif_distances", "metrics.ood_spread",
    } <= named  # fmt: skip
    assert len([name for name in PUBLIC if name.startswith("degendsl.metrics.")]) > 20
