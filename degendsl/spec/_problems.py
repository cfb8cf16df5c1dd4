"""What is wrong with a spec, said so that a person can mend it."""

import difflib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from degendsl.errors import InvalidSpec

_WIDEST_LINE = 110


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing wrong, or worth a warning, at one place of a file.

    line, column: counted from 1; line 0 where the file as a whole is meant.
    length: how many characters the carets underline.
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
        place = f"{self.name}:{self.line}:{self.column}" if self.line else self.name
        head = f"{place}: {self.severity}[{self.code}]: {self.message}"
        if not self.line:
            return f"{head}\n  {self.hint}" if self.hint else head
        text, before, under = _window(self.source, self.column - 1, self.length)
        number = f"{self.line:>5} | "
        return (
            f"{head}\n{number}{text}\n{' ' * 5} | {' ' * before}{'^' * under} {self.hint}".rstrip()
        )

    def to_json(self) -> dict[str, Any]:
        """For programs: everything but the drawing."""
        return {
            "code": self.code,
            "severity": self.severity,
            "file": self.name,
            "line": self.line,
            "column": self.column,
            "message": self.message,
            "hint": self.hint,
        }


class SpecError(InvalidSpec):
    """Everything wrong with a spec, all at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: (p.line, p.column, p.code)))
        super().__init__("\n".join(problem.format() for problem in self.problems))


def nearest(word: str, known: Sequence[str]) -> str:
    """`did you mean 'units'? ` or nothing."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f"did you mean '{close[0]}'? " if close else ""


def _window(source: str, start: int, length: int) -> tuple[str, int, int]:
    """The part of a long line around the caret, made printable, and where the caret goes."""
    source = source.rstrip("\r\n")
    first = max(0, start - 60) if len(source) > _WIDEST_LINE else 0
    last = first + _WIDEST_LINE
    length = max(1, min(length, len(source) - start, last - start))
    text = _printable(source[first:last])
    text = ("…" if first else "") + text + ("…" if last < len(source) else "")
    before = _width(_printable(source[first:start])) + (1 if first else 0)
    return text, before, max(1, _width(_printable(source[start : start + length])))


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _width(text: str) -> int:
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.combining(c) != 0 for c in text)
