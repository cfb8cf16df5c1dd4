"""What is wrong with a spec, drawn so that a person can mend it."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from degendsl.errors import InvalidSpec

_WIDEST_LINE = 110


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing wrong, or worth a warning, at one place of a file.

    line, column: counted from 1; line 0 where there is no text to point into.
    length: how many characters the carets underline.
    source: the line itself.
    """

    code: str
    name: str
    message: str
    hint: str = ""
    line: int = 0
    column: int = 1
    length: int = 1
    source: str = ""
    severity: Literal["error", "warning"] = "error"

    def format(self) -> str:
        """As printed: place and message, then the line, then a caret with the hint."""
        name, message, hint = (printable(text) for text in (self.name, self.message, self.hint))
        place = f"{name}:{self.line}:{self.column}" if self.line else name
        head = f"{place}: {self.severity}[{self.code}]: {message}"
        if not self.line:
            return f"{head}\n  {hint}" if hint else head
        text, before, under = _window(self.source, self.column - 1, self.length)
        drawing = f"{self.line:>5} | {text}\n      | {' ' * before}{'^' * under} {hint}"
        return f"{head}\n{drawing}".rstrip()

    def to_json(self) -> dict[str, Any]:
        """For programs: everything but the drawing."""
        return {
            "code": self.code,
            "severity": self.severity,
            "file": self.name,
            "line": self.line,
            "column": self.column,
            "length": self.length,
            "message": self.message,
            "hint": self.hint,
            "source": self.source,
        }


class SpecError(InvalidSpec):
    """Everything wrong with a spec, all at once, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        # One cause can be seen twice, say in the file and again after a variant was applied.
        once = dict.fromkeys(problems)
        # What the command line said comes after the file that it changes.
        order = sorted(once, key=lambda p: (p.name == "--set", p.line, p.column, p.code))
        self.problems = tuple(order)
        super().__init__("\n".join(problem.format() for problem in self.problems))


def printable(text: str) -> str:
    """Text that a terminal shows as it is: no control, no change of direction, one line."""
    if text.isprintable():
        return text
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    code = ord(character)
    if character.isprintable() or unicodedata.category(character) == "Zs":
        return character
    # Unicode has a picture for each of the first control characters, such as ␛.
    return chr(0x2400 + code) if code < 0x20 else "\N{REPLACEMENT CHARACTER}"


def _window(source: str, start: int, length: int) -> tuple[str, int, int]:
    """The part of a long line around the caret, made printable, and where the carets go."""
    first = max(0, start - _WIDEST_LINE // 2) if len(source) > _WIDEST_LINE else 0
    last = first + _WIDEST_LINE
    length = max(1, min(length, len(source) - start, last - start))
    text = printable(source[first:last])
    text = ("…" if first else "") + text + ("…" if last < len(source) else "")
    before = _width(printable(source[first:start])) + (1 if first else 0)
    return text, before, max(1, _width(printable(source[start : start + length])))


def _width(text: str) -> int:
    """Columns of a terminal: wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.combining(c) != 0 for c in text)
