"""Where something stands in a text: every node, key and problem has such a place."""

from dataclasses import dataclass, field
from typing import Any, Literal

from ._problems import Problem


@dataclass(frozen=True, eq=False)
class Source:
    """A text that a spec comes from: the file, or one `--set`."""

    name: str
    text: str
    lines: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        # `splitlines` would also break at characters that YAML 1.2 does not count as line ends.
        text = self.text.replace("\r\n", "\n").replace("\r", "\n")
        object.__setattr__(self, "lines", tuple(text.split("\n")))

    def at(self, line: int, column: int, length: int = 1) -> "Place":
        """A place by its line and column, both counted from 1."""
        return Place(self, line, column, length)

    @property
    def start(self) -> "Place":
        """Where a problem with the whole text is pointed at."""
        return self.at(1, 1)


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of one line. Lines and columns count characters from 1."""

    source: Source
    line: int
    column: int
    length: int

    def problem(
        self,
        code: str,
        message: str,
        hint: str = "",
        severity: Literal["error", "warning"] = "error",
    ) -> Problem:
        """A problem here."""
        lines = self.source.lines
        return Problem(
            code=code,
            name=self.source.name,
            message=message,
            hint=hint,
            line=self.line,
            column=self.column,
            length=self.length,
            source=lines[self.line - 1] if self.line <= len(lines) else "",
            severity=severity,
        )

    def said(self) -> str:
        """The place in a sentence: `line 7`, or the option on the command line."""
        name = self.source.name
        return f"{name} {self.source.text}" if name == "--set" else f"line {self.line}"


@dataclass(eq=False)
class Node:
    """A value and its place. `value` is a scalar, a list of nodes or a dict of nodes.

    keys: where each key of a mapping stands.
    broken: the composer has complained of it already, so nobody else needs to.
    """

    value: Any
    place: Place
    keys: dict[str, Place] = field(default_factory=dict)
    broken: bool = False

    def plain(self) -> Any:
        """The value without places."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value
