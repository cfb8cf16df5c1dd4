"""Arrays of real numbers, or a message that says whose are not and what to do."""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from degendsl.errors import LEAVE_OUT, MeasureError

# Their squares, and the squares of these, must be numbers still.
LARGEST_STATE = 1e60
# Products of two weights, summed over all pairs of units, must be float32 numbers still.
LARGEST_WEIGHT = 1e15


def unusable(numbers: Any, largest: float) -> str:
    """What keeps numbers from being measured: "are not finite"; nothing where they are sound."""
    try:
        numbers = np.asarray(numbers)
        if numbers.dtype.kind not in "biuf":
            numbers = numbers.astype(np.float64)
    except (TypeError, ValueError):
        return "are not numbers"
    if not numbers.size:
        return ""
    # What is not a number is the least and the largest of its array as well.
    low, high = float(numbers.min()), float(numbers.max())
    if not (math.isfinite(low) and math.isfinite(high)):
        return "are not finite"
    return f"are above {largest:g}" if max(-low, high) > largest else ""


def array_of(values: Any, what: str, axes: Sequence[str], *, empty: bool = False) -> np.ndarray:
    """`values` as an array of real numbers with these axes, which need not be finite.

    **Raises** `MeasureError`, which begins with `what`, for anything else.
    """
    if np.ma.is_masked(values):
        raise MeasureError(f"{what} are masked in part; give numbers that all count")
    try:
        found = np.asarray(values)
    except ValueError as error:
        raise MeasureError(f"{what} are ragged; give one array ({', '.join(axes)})") from error
    if found.dtype.kind == "c":
        raise MeasureError(
            f"{what} are complex; give real numbers, such as real and imaginary parts side by side"
        )
    # Kind V is bfloat16, which JAX brings along.
    if found.dtype.kind not in "biufV" or found.dtype.names:
        raise MeasureError(f"{what} are no numbers but {found.dtype}; give an array of numbers")
    if found.ndim != len(axes):
        raise MeasureError(f"{what} have shape {found.shape}; they must be ({', '.join(axes)})")
    if not empty and 0 in found.shape:
        raise MeasureError(f"{what} are empty: shape {found.shape}; give data or leave it out")
    return found.astype(np.float32) if found.dtype.kind == "V" else found


def real_numbers(
    values: Any,
    what: str,
    axes: Sequence[str],
    *,
    largest: float = LARGEST_STATE,
    empty: bool = False,
) -> np.ndarray:
    """`values` as an array of finite real numbers with these axes, of the type they came in.

    **Raises** `MeasureError`, which begins with `what`, for anything else.
    """
    found = array_of(values, what, axes, empty=empty)
    if bad := unusable(found, largest):
        raise MeasureError(f"{what} {bad}", LEAVE_OUT)
    return found


def listed(values: Any, what: str) -> list[Any]:
    """What there is one of for each network, or a message that begins with `what`."""
    if not np.iterable(values) or isinstance(values, str | bytes | Mapping):
        raise MeasureError(f"{what} are a {type(values).__name__}; give one for each network")
    return list(values)


def named(names: Sequence[str] | None, count: int) -> Sequence[str]:
    """What messages call each of so many networks."""
    if names is None:
        return [f"network {index}" for index in range(count)]
    found = listed(names, "the names")
    if len(found) != count:
        raise MeasureError(f"there are {len(found)} names of {count} networks; name each of them")
    return found


def count(number: int, noun: str) -> str:
    """`1 trial`, `2 trials`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def alike(
    one: np.ndarray, other: np.ndarray, what: str, remedy: str = "give the same matrix"
) -> None:
    """Two arrays of one shape, or a message: shapes that NumPy would stretch are refused too."""
    if one.shape != other.shape:
        raise MeasureError(f"{what} have shapes {one.shape} and {other.shape}; {remedy}")


def positive(**settings: Any) -> None:
    """Finite numbers above 0, or a message that names the setting."""
    for name, value in settings.items():
        if not real(value) or not 0 < value < np.inf:
            raise MeasureError(f"{name} must be a number above 0, not {value!r}; change it")


def real(value: Any) -> bool:
    """Whether something is one real number, of Python or NumPy."""
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)


def at_least(least: int, **settings: Any) -> None:
    """Whole numbers from `least` on, or a message that names the setting."""
    for name, value in settings.items():
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
            raise MeasureError(
                f"{name} must be a whole number of at least {least}, not {value!r}; change it"
            )


def checked_pairs(pairs: Any, count: int) -> list[tuple[int, int]]:
    """Pairs of places among so many, or a message that shows the first that is none."""
    found = []
    for pair in pairs if np.iterable(pairs) else [pairs]:
        places = list(pair) if np.iterable(pair) else []
        if len(places) != 2:
            raise MeasureError(f"a pair is (i, j), two places, not {pair!r}; change it")
        i, j = places
        at_least(0, place=i)
        at_least(0, place=j)
        if max(i, j) >= count:
            raise MeasureError(f"there is no pair ({i}, {j}) of {count}; count from 0")
        found.append((int(i), int(j)))
    return found


def one_of(name: str, value: Any, known: Sequence[str]) -> None:
    """One of the words known, or a message that lists them."""
    if value not in known:
        raise MeasureError(f"there is no {name} {value!r}; use one of {', '.join(known)}")


@contextmanager
def decomposing(what: str) -> Iterator[None]:
    """Inside, a decomposition that LAPACK gives up is a `MeasureError` that begins with `what`."""
    try:
        yield
    except np.linalg.LinAlgError as error:
        raise MeasureError(f"{what} cannot be decomposed ({error})", LEAVE_OUT) from error


def scaled(numbers: np.ndarray) -> tuple[np.ndarray, int]:
    """float64 numbers of a size near 1, and the power of 2 that they were divided by.

    Squares of numbers below 1e-160 are 0. Powers of 2 leave every digit as it is.
    """
    numbers = numbers.astype(np.float64)
    power = math.frexp(max(numbers.max(initial=0.0), -numbers.min(initial=0.0)))[1]
    # In two steps: 2 to the power itself may be no number.
    for half in (power // 2, power - power // 2):
        numbers *= math.ldexp(1.0, -half)
    return numbers, power
