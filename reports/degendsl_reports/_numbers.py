"""Numbers for people, and what a chart has to know of its numbers."""

import math
import re
from collections.abc import Sequence
from typing import TypeVar

import polars as pl

# What a chart is drawn of: values may be counts.
Number = float | int

T = TypeVar("T")
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: Number | None, digits: int = 3) -> str:
    """A number for people: three significant digits, powers of ten below 10⁻⁴ and from 10⁶ on.

    Whole numbers are counts, all of whose digits are meant.
    """
    if value is None or not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    if isinstance(value, int):
        return str(value).replace("-", "−")
    exponent = math.floor(math.log10(abs(value)))
    if -5 < exponent < 6:
        text = f"{value:.{digits}g}"
        # Rounding up to a power of ten makes Python switch to an exponent.
        text = f"{float(text):.{max(0, digits - 1 - exponent)}f}" if "e" not in text else text
        if "e" in text:
            text = f"{float(text):.0f}"
        return trimmed(text).replace("-", "−")
    mantissa = trimmed(f"{value / 10**exponent:.{digits - 1}f}")
    power = f"10{str(exponent).translate(_SUPERSCRIPTS)}"
    return (power if mantissa == "1" else f"{mantissa}×{power}").replace("-", "−")


def span(values: Sequence[Number | None], digits: int = 3) -> str:
    """From the least to the greatest of some values; one number where both read the same."""
    known = [value for value in values if value is not None]
    low, high = number(min(known, default=None), digits), number(max(known, default=None), digits)
    return low if low == high else f"{low} to {high}"


def count(number: int, word: str) -> str:
    """A number of things: `1 network`, `2 networks`."""
    return f"{number} {word}{'' if number == 1 else 's'}"


def counts(values: Sequence[Number | None], word: str) -> str:
    """Numbers of things, from the least to the greatest: `3 to 4 networks`."""
    known = {value for value in values if value is not None}
    return f"{span(values)} {word}{'' if known == {1} else 's'}"


# Behind a number: a space that is thin and does not break.
PERCENT = "\u202f%"


def typeset(words: str) -> str:
    """Plain text with the signs of the page: −25 % for -25%."""
    return re.sub(r"(?<=\d)%", PERCENT, re.sub(r"(?<!\w)-(?=\d)", "−", words))


def unquoted(words: str) -> str:
    """Text without the signs that mark words of the language in a terminal."""
    return re.sub(r"`([^`]+)`", r"\1", words)


def trimmed(text: str) -> str:
    """A decimal without zeros at its end."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def wide(values: Sequence[Number | None], factor: Number = 50.0) -> bool:
    """Whether positive values span so many sizes that only logarithms show them all."""
    known = [value for value in values if value is not None]
    return bool(known) and min(known) > 0 and max(known) / min(known) > factor


def evenly(items: Sequence[T], most: int) -> tuple[T, ...]:
    """At most so many of a sequence, evenly chosen, the first and the last among them."""
    if len(items) <= most:
        return tuple(items)
    return tuple(items[round(index * (len(items) - 1) / (most - 1))] for index in range(most))


def least(*columns: pl.Series) -> Number:
    """The least value of some columns; 0 where they have none."""
    values = [value for column in columns if (value := column.cast(pl.Float64).min()) is not None]
    return min((float(value) for value in values if isinstance(value, float)), default=0.0)


def most(*columns: pl.Series) -> Number:
    """The greatest value of some columns; 0 where they have none."""
    return -least(*(-column.cast(pl.Float64) for column in columns))


def farthest(*columns: pl.Series) -> Number:
    """The greatest distance from zero in some columns; 1 where there is none, as a scale needs."""
    return most(*(column.cast(pl.Float64).abs() for column in columns)) or 1.0
