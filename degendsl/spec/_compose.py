"""YAML text to nodes that remember their place. Strict: a spec is data and nothing else.

Events of PyYAML's parser are folded here, without its loaders: YAML 1.2 core rules for scalars,
no anchors, aliases, tags or merge keys, no key twice, a bound on depth that is checked as the
events arrive.
"""

import math
import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from ._problems import Problem, SpecError

MAX_BYTES = 256_000
MAX_DEPTH = 30

_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(frozen=True)
class Place:
    """Where a node or a key stands; line and column count from 1."""

    line: int
    column: int
    length: int


@dataclass
class Node:
    """A value and its place. `value` is a scalar, a list of nodes or a dict of nodes."""

    value: Any
    place: Place
    keys: dict[str, Place] = field(default_factory=dict)

    def plain(self) -> Any:
        """The value without places."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


class Source:
    """The text of a spec and how to point into it."""

    def __init__(self, text: str, name: str) -> None:
        self.text, self.name = text, name
        self._lines = text.splitlines() or [""]

    def problem(self, code: str, message: str, place: Place | None, hint: str = "") -> Problem:
        """A problem at a place of this text, or of the file as a whole."""
        if place is None:
            return Problem(code=code, name=self.name, message=message, hint=hint)
        line = self._lines[place.line - 1] if place.line <= len(self._lines) else ""
        return Problem(
            code=code,
            name=self.name,
            message=message,
            hint=hint,
            line=place.line,
            column=place.column,
            length=place.length,
            source=line,
        )


def decode(content: bytes, name: str) -> str:
    """The text of a file's bytes, or a problem with the file as a whole."""

    def refuse(message: str, hint: str) -> SpecError:
        return SpecError([Problem(code="E002", name=name, message=message, hint=hint)])

    if len(content) > MAX_BYTES:
        size = f"{len(content):,} bytes" if len(content) < 10**9 else "over a gigabyte"
        raise refuse(f"the file has {size}", f"a spec is at most {MAX_BYTES:,} bytes of text")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refuse(
            f"byte {error.start} is not UTF-8 text", "a spec is a text file encoded as UTF-8"
        ) from None
    if not text.strip():
        raise refuse("the file is empty", "`degendsl: 1`, `study.name` and `task.kind` are needed")
    return text


def compose(source: Source) -> Node:
    """The one document of a text, as nodes."""
    folder = _Folder(source)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for event in yaml.parse(source.text, Loader=loader):
            folder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(mark.line + 1, mark.column + 1, 1) if mark else None
        raise SpecError(
            [source.problem("E003", f"not YAML: {error.problem or error.context}", place)]
        ) from None
    except yaml.reader.ReaderError as error:
        line = source.text.count("\n", 0, error.position) + 1
        raise SpecError(
            [source.problem("E003", f"not YAML: {error.reason}", Place(line, 1, 1))]
        ) from None
    if folder.problems:
        raise SpecError(folder.problems)
    assert folder.root is not None
    return folder.root


class _Folder:
    """Folds a stream of events into one node, keeping a stack instead of recursing."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._stack: list[tuple[Node, list[Any]]] = []  # a collection and its pending key
        self.root: Node | None = None
        self.problems: list[Problem] = []

    def take(self, event: Any) -> None:
        place = _place(event)
        if getattr(event, "anchor", None) or isinstance(event, yaml.AliasEvent):
            self._refuse("E004", "anchors and aliases are not part of the language", place)
        tag = getattr(event, "tag", None)
        if tag not in (None, "!"):
            self._refuse("E004", "tags are not part of the language", place, "remove the tag")
        match event:
            case yaml.DocumentStartEvent() if self.root is not None:
                self._refuse("E004", "one document to a file", place)
                raise SpecError(self.problems)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                if len(self._stack) >= MAX_DEPTH:
                    self._refuse("E006", f"nested more than {MAX_DEPTH} levels deep", place)
                    raise SpecError(self.problems)
                node = Node({} if isinstance(event, yaml.MappingStartEvent) else [], place)
                self._stack.append((node, []))
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._place(self._stack.pop()[0])
            case yaml.ScalarEvent():
                self._place(Node(self._scalar(event, place), place))
            case yaml.AliasEvent():
                self._place(Node(None, place))

    def _scalar(self, event: Any, place: Place) -> Any:
        text = event.value
        if event.style not in (None, ""):
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _NOT_FINITE.fullmatch(text):
            self._refuse("E007", f"{text} is not a finite number", place)
            return 0.0
        if len(text) <= 400 and _INT.fullmatch(text):
            return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
        if len(text) <= 400 and _FLOAT.fullmatch(text):
            number = float(text)
            if not math.isfinite(number):
                self._refuse("E007", f"{text} is beyond the largest number", place)
            return number
        return text

    def _place(self, node: Node) -> None:
        if not self._stack:
            self.root = node
            return
        parent, pending = self._stack[-1]
        if isinstance(parent.value, list):
            parent.value.append(node)
        elif not pending:
            pending.append(node)
        else:
            self._enter(parent, pending.pop(), node)

    def _enter(self, parent: Node, key: Node, node: Node) -> None:
        name = key.value
        if not isinstance(name, str):
            shown = "a list or mapping" if isinstance(name, list | dict) else f"{name!r}"
            self._refuse("E004", f"keys are text, but this one is {shown}", key.place)
        elif name == "<<":
            self._refuse("E004", "merge keys are not part of the language", key.place)
        elif name in parent.value:
            first = parent.keys[name].line
            self._refuse("E005", f"key '{name}' is already at line {first}", key.place)
        else:
            parent.value[name] = node
            parent.keys[name] = key.place

    def _refuse(self, code: str, message: str, place: Place, hint: str = "") -> None:
        self.problems.append(self._source.problem(code, message, place, hint))


def _place(event: Any) -> Place:
    start, end = event.start_mark, event.end_mark
    length = end.column - start.column if end.line == start.line else 1
    return Place(start.line + 1, start.column + 1, max(1, length))
