"""Whatever is given in place of numbers ends in a message that names the network and the remedy."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.extra import numpy as hnp

from degendsl import metrics
from degendsl.errors import MeasureError
from degendsl.metrics._numbers import LARGEST_STATE, real_numbers, scaled
from degendsl.metrics._states import checked_states

SHAPES = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3)
KINDS = st.one_of(
    hnp.boolean_dtypes(), hnp.integer_dtypes(), hnp.unsigned_integer_dtypes(),
    hnp.floating_dtypes(), hnp.complex_number_dtypes(), hnp.unicode_string_dtypes(),
    hnp.byte_string_dtypes(), hnp.datetime64_dtypes(), st.just(np.dtype(object)),
)  # fmt: skip
ODD = st.one_of(st.none(), st.text(max_size=3), st.floats(), st.complex_numbers())
ARRAYS = KINDS.flatmap(
    lambda kind: hnp.arrays(kind, SHAPES, elements=ODD if kind.kind == "O" else None)
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ARRAYS)
def test_an_array_is_numbers_of_these_axes_or_is_refused_by_name(values: np.ndarray):
    try:
        found = real_numbers(values, "the states of network 7", ("trial", "time", "unit"))
    except MeasureError as error:
        assert str(error).startswith("the states of network 7 are") or "have shape" in str(error)
        assert any(word in str(error) for word in ("give", "leave", "must be"))
    else:
        assert found.ndim == 3 and found.size and found.dtype.kind in "biuf"
        assert np.isfinite(found).all() and (np.abs(found.astype(float)) <= LARGEST_STATE).all()


@pytest.mark.parametrize("size", [5e-324, 1e-310, 1e-160, 3.0, LARGEST_STATE])
def test_numbers_of_any_size_come_near_one_and_keep_every_digit(size: float):
    numbers = size * np.array([0.3, -1.0, 0.0, 1 / 7])
    found, power = scaled(numbers)
    assert 0.5 <= np.abs(found).max() < 1
    np.testing.assert_array_equal(np.ldexp(found, power), numbers)


@pytest.mark.parametrize("values", [None, 3, "states", [], [[[1.0], [1.0, 2.0]]] * 2, [{}, {}]])
def test_what_is_no_list_of_arrays(values: Any):
    with pytest.raises(MeasureError):
        checked_states(values)


def at_rest(moving: np.ndarray) -> np.ndarray:
    """Another state in each trial, which it keeps."""
    return np.repeat(moving[:, :1], moving.shape[1], axis=1)


@pytest.mark.parametrize("spoil, said", [
    (at_rest, "never change within a trial"),
    # Float32 states that have come to rest still turn over in their last digit.
    (lambda one: at_rest(one) * (1 + 1e-7 * np.sign(one)), "never change within a trial"),
    (lambda one: 0 * one, "are all zero"),
])  # fmt: skip
def test_states_without_dynamics_are_refused(spoil: Callable[[Any], Any], said: str):
    states = np.random.default_rng(0).standard_normal((3, 6, 12, 4))
    states[1] = spoil(states[1])
    words = f"the states of network 1 {said}; measure steps at which they change, or leave it out"
    for call in (
        lambda: metrics.dsa_distances(states, delays=2, rank=2),
        lambda: metrics.dsa_operators(states, delays=2, rank=2),
        lambda: metrics.rank_for_variance(states, delays=2, share=0.9),
        lambda: metrics.choose_dsa_settings(states, delays=[2], ranks=[2]),
    ):
        with pytest.raises(MeasureError, match=f"^{words}$"):
            call()


def test_states_that_hardly_move_have_dynamics():
    states = np.random.default_rng(0).standard_normal((6, 12, 4))
    # A thousand times what float32 rounds, in one unit of a network that rests otherwise.
    still = at_rest(states)
    still[:, :, 0] += 1e-4 * states[:, :, 0]
    assert not metrics.resting(states) and not metrics.resting(still)
    # One step tells nothing, and units may rest in some trials.
    assert not metrics.resting(states[:, :1])
    assert not metrics.resting(np.concatenate([at_rest(states), states]))


# Called as a laboratory calls them: without the run-time checks of shapes that tests have.


def test_public_functions_refuse_what_is_no_data():
    script = Path(__file__).parent / "refused_calls.py"
    command = [sys.executable, "-W", "error", script]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


def test_settings_are_chosen_of_one_network_too_and_say_what_they_lack():
    states = np.random.default_rng(0).normal(size=(2, 3, 12, 3))
    assert metrics.choose_dsa_settings(states[:1], delays=[1], ranks=[2]).rank == 2
    with pytest.raises(MeasureError, match="network 1 has one trial, and choosing settings holds"):
        metrics.choose_dsa_settings([states[0], states[1][:1]], delays=[1], ranks=[2])


def test_a_matrix_alone_is_balanced():
    matrix = np.random.default_rng(0).normal(size=(4, 4))
    alone, block = metrics.balanced(matrix), metrics.balanced(metrics.Weights.of(matrix))
    np.testing.assert_array_equal(alone.recurrent, block.recurrent)
