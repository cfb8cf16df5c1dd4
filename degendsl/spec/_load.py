"""Reading a spec: text, schema, changes, sweep, semantics; every problem at once."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import kinds
from ._check import block_errors, check_document, describe_error, dotted, show
from ._compose import MAX_BYTES, Node, Place, Source, compose, decode
from ._problems import Problem, SpecError, nearest
from ._resolve import apply, build, changed, paths
from ._schema import SCIENCE, TOP
from ._semantics import check_meaning
from ._spec import Spec, SweepItem


def load_spec(
    path: str | Path,
    *,
    variant: str | None = None,
    overrides: Sequence[str] = (),
    large: bool = False,
) -> Spec:
    """A spec file, validated and resolved.

    **Arguments:**

    - `path`: the YAML file.
    - `variant`: a name under `variants`, applied to the file.
    - `overrides`: `path=value` texts, applied after the variant.
    - `large`: allow more than 100,000 conditions or 10⁶ networks, samples or starts.

    **Raises** `SpecError` with every problem found, each at its place.
    """
    path = Path(path)
    content = _read(path)
    spec = parse_spec(content, path.name, variant=variant, overrides=overrides, large=large)
    return Spec(**{**vars_of(spec), "path": path})


def vars_of(spec: Spec) -> dict[str, Any]:
    """The fields of a spec, without what it has computed."""
    return {name: getattr(spec, name) for name in Spec.__dataclass_fields__}


def _read(path: Path) -> bytes:
    def refuse(code: str, message: str, hint: str = "") -> SpecError:
        return SpecError([Problem(code=code, name=str(path), message=message, hint=hint)])

    try:
        if stat.S_ISDIR(os.stat(path).st_mode):
            raise refuse("E001", "this is a folder", "give the spec file in it")
        with open(path, "rb") as file:
            # A byte more than allowed is enough to know; the rest is never read.
            content = file.read(MAX_BYTES + 1)
            if len(content) > MAX_BYTES:
                size = os.fstat(file.fileno()).st_size
                hint = f"a spec is at most {MAX_BYTES:,} bytes of text"
                raise refuse("E002", f"the file has {size:,} bytes", hint)
            return content
    except FileNotFoundError:
        close = nearest(path.name, [p.name for p in path.parent.glob("*.y*ml")][:1000])
        raise refuse("E001", "there is no such file", close) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise refuse("E001", f"cannot be read: {reason}") from None


def parse_spec(
    text: str | bytes,
    name: str = "spec.yaml",
    *,
    variant: str | None = None,
    overrides: Sequence[str] = (),
    large: bool = False,
) -> Spec:
    """A spec from its text; see `load_spec`."""
    content = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    source = Source(decode(content, name), name)
    root = compose(source)
    if not isinstance(root.value, dict):
        problem = source.problem(
            "E013",
            f"a spec is a mapping of keys to values, but this is {show(root.value)}",
            root.place,
        )
        raise SpecError([problem])
    problems = check_document(root, source)
    if problems:
        raise SpecError(problems)
    return _Reader(root, source, variant, tuple(overrides), large).read()


class _Reader:
    """Resolves one document that the schema has found good."""

    def __init__(
        self,
        root: Node,
        source: Source,
        variant: str | None,
        overrides: tuple[str, ...],
        large: bool,
    ) -> None:
        self._root, self._source, self._large = root, source, large
        self._variant, self._overrides = variant, overrides
        self._problems: list[Problem] = []
        self._document: dict[str, Any] = root.plain()
        self._swept = {
            path: key for item in self._items("sweep") for path, key in item.keys.items()
        }

    def read(self) -> Spec:
        self._check_variants()
        self._apply_variant()
        self._apply_overrides()
        self._stop()
        sweep = self._sweep()
        self._stop()
        spec = self._spec(sweep)
        found = check_meaning(spec, self._root, self._source, large=self._large)
        self._problems += [problem for problem in found if problem.severity == "error"]
        self._stop()
        warnings = tuple(problem for problem in found if problem.severity == "warning")
        return Spec(**{**vars_of(spec), "warnings": warnings})

    def _stop(self) -> None:
        if self._problems:
            raise SpecError(self._problems)

    def _items(self, word: str) -> list[Node]:
        node = self._root.value.get(word)
        return node.value if node else []

    def _spec(self, sweep: tuple[SweepItem, ...]) -> Spec:
        document = self._document
        expect = tuple(
            build(kinds.Expectation, claim, "", {}) for claim in document.get("expect", [])
        )
        profiles = document.get("profiles", {}).items()
        blocks = {
            word: build(TOP[word][0], document.get(word, {}), word, {})
            for word in ("study", "networks", "measure", "report")
        }
        return Spec(
            name=self._source.name,
            text=self._source.text,
            path=None,
            document=document,
            expect=expect,
            profiles={name: build(kinds.Profile, body, name, {}) for name, body in profiles},
            sweep=sweep,
            exclude=tuple(document.get("exclude", [])),
            variant=self._variant,
            overrides=self._overrides,
            **blocks,
        )

    def _check_variants(self) -> None:
        node = self._root.value.get("variants")
        for variant in node.value.values() if node else ():
            changes = {path: inner.plain() for path, inner in variant.value.items()}
            self._check(changes, variant.value, variant.keys, self._source)

    def _apply_variant(self) -> None:
        if self._variant is None:
            return
        known = self._document.get("variants", {})
        if self._variant not in known:
            hint = f"{nearest(self._variant, list(known))}variants: {', '.join(known) or 'none'}"
            problem = self._source.problem("E025", f"no variant '{self._variant}'", None, hint)
            raise SpecError([problem])
        node = self._root.value["variants"].value[self._variant]
        for path in node.value:
            if path in self._swept:
                self._already_swept(path, self._source, node.keys[path])
        self._document = changed(self._document, known[self._variant])

    def _apply_overrides(self) -> None:
        for text in self._overrides:
            path, equals, value = text.partition("=")
            source = Source(text, "--set")
            if not equals or not path.strip():
                hint = "write --set path=value, such as --set model.units=64"
                whole = Place(1, 1, len(text))
                self._problems.append(
                    source.problem("E026", f"'{text}' is not path=value", whole, hint)
                )
                continue
            path = path.strip()
            node = compose(Source(value or "null", f"--set {path}"))
            key, place = Place(1, 1, len(path)), Place(1, len(path) + 2, max(1, len(value)))
            if path in self._swept:
                self._already_swept(path, source, key)
            elif self._check({path: node.plain()}, {path: Node(None, place)}, {path: key}, source):
                apply(self._document, path, node.plain())

    def _already_swept(self, path: str, source: Source, place: Place) -> None:
        line = self._swept[path].line
        message = f"'{path}' is set here and swept at {self._source.name} line {line}"
        self._problems.append(source.problem("E023", message, place, "drop one of the two"))

    def _sweep(self) -> tuple[SweepItem, ...]:
        items = []
        for item in self._items("sweep"):
            lengths = {path: len(node.value) for path, node in item.value.items()}
            if len(set(lengths.values())) > 1:
                said = ", ".join(f"{path} has {length}" for path, length in lengths.items())
                hint = "keys of one item move together, so their lists are equally long"
                self._problems.append(
                    self._source.problem(
                        "E021", f"lists differ in length: {said}", item.place, hint
                    )
                )
                continue
            levels = []
            for index in range(next(iter(lengths.values()))):
                nodes = {path: node.value[index] for path, node in item.value.items()}
                level = {path: node.plain() for path, node in nodes.items()}
                if not self._check(level, nodes, item.keys, self._source):
                    # One wrong path is wrong at every level; a wrong value is wrong alone.
                    if not self._known(level):
                        break
                levels.append(level)
            items.append(SweepItem(paths=tuple(lengths), levels=tuple(levels)))
        self._check_excluded(items)
        return tuple(items)

    def _known(self, level: dict[str, Any]) -> bool:
        document = changed(self._document, level)
        return all(
            path.split(".")[0] in SCIENCE
            and path in paths(w := path.split(".")[0], document.get(w))
            for path in level
        )

    def _check_excluded(self, items: list[SweepItem]) -> None:
        values = {
            path: [level[path] for level in item.levels] for item in items for path in item.paths
        }
        for rule in self._items("exclude"):
            for path, node in rule.value.items():
                if path not in values:
                    hint = f"{nearest(path, list(values))}swept: {', '.join(values) or 'nothing'}"
                    found = self._source.problem(
                        "E024", f"'{path}' is not swept", rule.keys[path], hint
                    )
                elif node.plain() not in values[path]:
                    hint = f"levels: {', '.join(map(show, values[path]))}"
                    found = self._source.problem(
                        "E024", f"{path} never takes {show(node.plain())}", node.place, hint
                    )
                else:
                    continue
                self._problems.append(found)

    def _check(
        self,
        changes: dict[str, Any],
        nodes: dict[str, Node],
        keys: dict[str, Place],
        source: Source,
    ) -> bool:
        """Whether changes to the document are good; their problems are kept, at their place."""
        before = len(self._problems)
        document = changed({w: v for w, v in self._document.items() if w in TOP}, changes)
        for path, node in nodes.items():
            word = path.split(".")[0]
            allowed = SCIENCE if path in self._swept and source is self._source else tuple(TOP)
            known = [p for w in allowed for p in paths(w, document.get(w))]
            if path not in known:
                what = "sweepable path" if allowed == SCIENCE else "path"
                hint = nearest(path, known) or f"paths begin with {', '.join(allowed)}"
                self._problems.append(
                    source.problem("E020", f"there is no {what} '{path}'", keys[path], hint)
                )
                continue
            for error in block_errors(word, document.get(word)):
                where = dotted((word, *error.absolute_path))
                if where == path or where.startswith((f"{path}.", f"{path}[")):
                    code, message, hint = describe_error(error, where)
                    self._problems.append(source.problem(code, message, node.place, hint))
        return len(self._problems) == before
