"""What an unquoted word of a spec means: the core rules of YAML 1.2, and no others.

PyYAML follows YAML 1.1, where `no` is false, `1e-3` is text, `010` is eight and `12:30` is 750.
"""

import math
import re
from typing import Any

_INTEGER = re.compile(r"[-+]?[0-9]+")
_OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
# Beyond this a JSON number is not exact, and neither would its hash be.
_LARGEST = 2**53 - 1
_LONGEST = 400


class NotANumber(ValueError):
    """A number that cannot be held as it is written."""


def scalar(text: str) -> Any:
    """The value of a plain scalar. Raises `NotANumber` with a message that says what is wrong."""
    if text in _WORDS:
        return _WORDS[text]
    if _NOT_FINITE.fullmatch(text):
        raise NotANumber(f"{text} is not a finite number")
    if _OTHER_BASE.fullmatch(text):
        return _whole(text, 0)
    if _INTEGER.fullmatch(text):
        return _whole(text, 10)
    if _FLOAT.fullmatch(text):
        return _real(text)
    return text


def _whole(text: str, base: int) -> int:
    # Python refuses to convert thousands of digits, so length is looked at first.
    number = int(text, base) if len(text) <= _LONGEST else _LARGEST + 1
    if abs(number) > _LARGEST:
        raise NotANumber("a whole number beyond 2^53 cannot be held exactly")
    return number


def _real(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise NotANumber("this number is too large to be held")
    mantissa = re.split("[eE]", text)[0]
    if number == 0 and any(digit in "123456789" for digit in mantissa):
        raise NotANumber("this number is too small to be told from zero")
    return number
