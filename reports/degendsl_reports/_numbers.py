"""Numbers for people, and what a chart has to know of its numbers."""

import math
import re
from collections.abc import Sequence

# What a chart is drawn of: values may be counts.
Number = float | int

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: Number | None, digits: int = 3) -> str:
    """A number for people: three significant digits, powers of ten where it is far from one."""
    if value is None or not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    exponent = math.floor(math.log10(abs(value)))
    if -4 < exponent < 6:
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


# Behind a number: a space that is thin and does not break.
PERCENT = "\u202f%"


def typeset(words: str) -> str:
    """Plain text with the signs of the page: −25 % for -25%."""
    return re.sub(r"(?<=\d)%", PERCENT, re.sub(r"(?<!\w)-(?=\d)", "−", words))


def trimmed(text: str) -> str:
    """A decimal without zeros at its end."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def wide(values: Sequence[Number | None], factor: Number = 50.0) -> bool:
    """Whether positive values span so many sizes that only logarithms show them all."""
    known = [value for value in values if value is not None]
    return bool(known) and min(known) > 0 and max(known) / min(known) > factor
