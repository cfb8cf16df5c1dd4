"""Arrays of real numbers, or a message that says whose are not and what to do."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from degendsl.errors import MeasureError

# Their squares, and the squares of these, must be numbers still.
LARGEST_STATE = 1e60
# Products of two weights, summed over all pairs of units, must be float32 numbers still.
LARGEST_WEIGHT = 1e15


def unusable(numbers: Any, largest: float) -> str:
    """What keeps numbers from being measured: "are not finite"; nothing where they are sound."""
    try:
        numbers = np.asarray(numbers, np.float64)
    except (TypeError, ValueError):
        return "are not numbers"
    if not np.isfinite(numbers).all():
        return "are not finite"
    return f"are above {largest:g}" if numbers.size and np.abs(numbers).max() > largest else ""


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
    if bad := unusable(found, largest):
        raise MeasureError(f"{what} {bad}; leave it out")
    return found.astype(np.float32) if found.dtype.kind == "V" else found


def at_least(least: int, **settings: Any) -> None:
    """Whole numbers from `least` on, or a message that names the setting."""
    for name, value in settings.items():
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
            raise MeasureError(
                f"{name} must be a whole number of at least {least}, not {value!r}; change it"
            )


def one_of(name: str, value: Any, known: Sequence[str]) -> None:
    """One of the words known, or a message that lists them."""
    if value not in known:
        raise MeasureError(f"there is no {name} {value!r}; use one of {', '.join(known)}")
