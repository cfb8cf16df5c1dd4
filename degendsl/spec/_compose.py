"""YAML text to nodes that remember their place. Strict: a spec is data and nothing else.

Events of PyYAML's parser are folded here, without its loaders: core scalars only, no anchors,
aliases, tags or merge keys, no key twice, a bound on depth that is checked as the events arrive.
"""

from typing import Any

import yaml

from ._places import Node, Place, Source
from ._problems import Problem, SpecError
from ._scalars import NotANumber, scalar
from ._words import show

MAX_DEPTH = 30

# The parser written in C is quicker and comes with every wheel of PyYAML, but not every build.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# What the two parsers say, by what it mostly means to the author of a spec.
_PLAINLY = (
    ("mapping values are not allowed", "a second ': ' in one line", "put the value in quotes"),
    ("could not find expected ':'", "a key without a value", "write `key: value`"),
    ("expected ',' or ", "a bracket that does not close", "close it, or put a comma before this"),
    ("expected <block end>", "this line does not fit the ones above", "check its indentation"),
    ("expected key", "this line does not fit the ones above", "check its indentation"),
    ("expected '-' indicator", "this line does not fit the list above", "check its indentation"),
    ("expected the node content", "a value is missing here", "write one, or take the bracket away"),
    ("document start", "a second document begins here", "one spec to a file"),
    ("cannot start any token", "this character cannot begin a value", "put the text in quotes"),
    ("unexpected end of stream", "a quotation mark that does not close", "close it"),
    ("document separator", "a quotation mark that does not close", "close it"),
    ("block sequence entries are not allowed", "a list cannot begin here", "begin a new line"),
    ("unknown escape", "an unknown escape in a quoted text", "use single quotes"),
)


def compose(source: Source) -> tuple[Node, list[Problem]]:
    """The one document of a text as nodes, and what is wrong with it as YAML.

    Where there are problems the nodes are good to look for further ones, and for nothing else.
    Raises `SpecError` where there are no nodes at all.
    """
    folder = _Folder()
    try:
        for event in yaml.parse(source.text, Loader=_LOADER):
            folder.take(event, _place(event, source))
    except yaml.MarkedYAMLError as error:
        raise SpecError([*folder.problems, _syntax(error, source)]) from None
    if folder.root is None:
        hint = "a spec begins with `degendsl: 1` and names `study.name` and `task.kind`"
        raise SpecError([source.start.problem("E002", "the file holds only comments", hint)])
    return folder.root, folder.problems


class _Folder:
    """Folds a stream of events into one node, keeping a stack instead of recursing."""

    def __init__(self) -> None:
        self._stack: list[tuple[Node, list[Node]]] = []  # a collection and its pending key
        self.root: Node | None = None
        self.problems: list[Problem] = []

    def take(self, event: Any, place: Place) -> None:
        """One more event of the parser."""
        broken = len(self.problems)
        self._refuse_extras(event, place)
        match event:
            case yaml.DocumentStartEvent() if self.root is not None:
                self._refuse("E004", "a second document begins here", place, "one spec to a file")
                raise SpecError(self.problems)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                if len(self._stack) >= MAX_DEPTH:
                    self._refuse("E006", f"nested more than {MAX_DEPTH} levels deep", place)
                    raise SpecError(self.problems)
                node = Node({} if isinstance(event, yaml.MappingStartEvent) else [], place)
                node.broken = len(self.problems) > broken
                self._stack.append((node, []))
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._put(self._stack.pop()[0])
            case yaml.ScalarEvent():
                value = self._scalar(event, place)
                self._put(Node(value, place, broken=len(self.problems) > broken))
            case yaml.AliasEvent():
                self._put(Node(None, place, broken=True))

    def _refuse_extras(self, event: Any, place: Place) -> None:
        if isinstance(event, yaml.AliasEvent):
            # The place of an alias ends before its name does.
            self._refuse("E004", f"'*{event.anchor}' is an alias", place, "write the value out")
        elif getattr(event, "anchor", None):
            self._refuse("E004", f"'&{event.anchor}' is an anchor", place, "remove it")
        tag = getattr(event, "tag", None)
        if tag:
            short = tag.replace("tag:yaml.org,2002:", "!!")
            self._refuse("E004", f"'{short}' is a tag", place, "remove it")
        if getattr(event, "version", None) or getattr(event, "tags", None):
            self._refuse("E004", "a spec has no % directives", place, "remove the line")

    def _scalar(self, event: yaml.ScalarEvent, place: Place) -> Any:
        if event.style or event.tag:
            return event.value
        try:
            return scalar(event.value)
        except NotANumber as error:
            self._refuse("E007", str(error), place)
            return None

    def _put(self, node: Node) -> None:
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
        if key.broken:
            parent.broken = True
        elif not isinstance(name, str):
            shown = show(name)
            hint = "" if isinstance(name, list | dict) else "put it in quotes if it is meant"
            self._refuse("E004", f"keys are text, but this one is {shown}", key.place, hint)
        elif name == "<<":
            self._refuse("E004", "'<<' is a merge key", key.place, "write the keys out")
        elif name in parent.value:
            first = parent.keys[name].line
            self._refuse("E005", f"key '{name}' is already at line {first}", key.place, "keep one")
        else:
            if node.value is None and not node.broken:
                # An empty value has no place of its own; the parser's is that of what follows.
                node.place = key.place if node.place.line != key.place.line else node.place
            parent.value[name] = node
            parent.keys[name] = key.place

    def _refuse(self, code: str, message: str, place: Place, hint: str = "") -> None:
        self.problems.append(place.problem(code, message, hint))


def _place(event: Any, source: Source) -> Place:
    start, end = event.start_mark, event.end_mark
    if isinstance(event, yaml.CollectionStartEvent):
        # To the end of the line, at most: a collection is pointed at by where it begins.
        line = source.lines[start.line] if start.line < len(source.lines) else ""
        length = _closing(line, start.column) if event.flow_style else 1
    else:
        length = end.column - start.column if end.line == start.line else 1
    return source.at(start.line + 1, start.column + 1, max(1, length))


def _closing(line: str, start: int) -> int:
    """The length of a bracketed value that closes in its own line, else 1."""
    depth = 0
    for index, character in enumerate(line[start:], start=1):
        depth += (character in "[{") - (character in "]}")
        if depth == 0:
            return index
    return 1


def _syntax(error: Any, source: Source) -> Problem:
    mark = error.problem_mark or error.context_mark
    said = f"{error.problem or ''} {error.context or ''}".strip()
    message, hint = next(
        (plainly for words, *plainly in _PLAINLY if words in said), (f"not YAML: {said}", "")
    )
    # The end of the file is after its last line, where nobody can look; the opening is better.
    lines = source.lines
    opening = error.context_mark
    if opening and (mark.line >= len(lines) or not lines[mark.line].strip()):
        mark = opening
    return _inside(source, mark).problem("E003", message, hint)


def _inside(source: Source, mark: Any) -> Place:
    line = min(mark.line, len(source.lines) - 1)
    while line > 0 and not source.lines[line].strip():
        line -= 1
    column = mark.column if line == mark.line else len(source.lines[line])
    return source.at(line + 1, min(column, len(source.lines[line])) + 1)
