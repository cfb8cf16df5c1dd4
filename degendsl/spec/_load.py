"""Reading a spec: text, schema, changes, sweep, meaning; every problem of a stage at once."""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from . import kinds
from ._changes import Change, clashes, override, variant_changes, with_changes
from ._check import check_document
from ._compose import compose
from ._places import Node, Source
from ._problems import Problem, SpecError
from ._read import decode, read
from ._resolve import typed
from ._semantics import check_claims, check_conditions, check_sizes
from ._spec import Spec
from ._sweep import (
    kind_warnings,
    read_exclusions,
    read_sweep,
    swept_paths,
)


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
    - `overrides`: `path=value` texts, applied after the variant; of one path the last counts.
    - `large`: allow more than 100,000 conditions or 10⁶ networks, trials or starts.

    **Raises** `SpecError` with every problem found, each at its place.
    """
    path = Path(path)
    content = read(path)
    spec = parse_spec(content, str(path), variant=variant, overrides=overrides, large=large)
    return dataclasses.replace(spec, name=path.name, path=path)


def parse_spec(
    text: str | bytes,
    name: str = "spec.yaml",
    *,
    variant: str | None = None,
    overrides: Sequence[str] = (),
    large: bool = False,
) -> Spec:
    """A spec from its text; see `load_spec`. `name` is what problems call the text."""
    content = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    source = decode(content, name)
    root, problems = compose(source)
    problems += check_document(root)
    changes, found = _changes(root, source, variant, overrides, good=not problems)
    problems += found
    _stop(problems or _other_variants(root, source, variant))
    changed_root, warnings = with_changes(root, changes)
    if changes:
        _stop(check_document(changed_root))
    spec = _spec(changed_root, source, large)
    warnings = [*warnings, *spec.warnings]
    return dataclasses.replace(
        spec, variant=variant, overrides=tuple(overrides), warnings=tuple(warnings)
    )


def _changes(
    root: Node, source: Source, variant: str | None, overrides: Sequence[str], *, good: bool
) -> tuple[dict[str, Change], list[Problem]]:
    """What variant and `--set` change, and what is wrong with how they say so."""
    changes: dict[str, Change] = {}
    problems: list[Problem] = []
    # A file with problems may not even have the mappings that a variant is looked up in.
    if variant is not None and good:
        try:
            changes |= variant_changes(root, variant, source)
        except SpecError as error:
            problems += error.problems
    for text in overrides:
        try:
            path, change = override(text)
        except SpecError as error:
            problems += error.problems
        else:
            changes[path] = change
    if good:
        problems += clashes(changes, swept_paths(root))
    return changes, problems


def _other_variants(root: Node, source: Source, chosen: str | None) -> list[Problem]:
    """What is wrong with the variants that this spec is not read with."""
    node = root.value.get("variants")
    swept = swept_paths(root)
    problems = []
    for name in node.value if node else ():
        if name != chosen:
            changes = variant_changes(root, name, source)
            problems += clashes(changes, swept)
            problems += check_document(with_changes(root, changes)[0])
    return problems


def _spec(root: Node, source: Source, large: bool) -> Spec:
    document: Mapping[str, Any] = root.plain()
    networks = typed(kinds.Networks, document.get("networks", {}))
    measure = typed(kinds.Measure, document.get("measure", {}))
    if not large:
        _stop(check_sizes(root, networks, measure))
    problems: list[Problem] = []
    sweep = read_sweep(root, problems)
    exclude = read_exclusions(root, sweep, problems)
    spec = Spec(
        name=source.name,
        text=source.text,
        path=None,
        document=document,
        study=typed(kinds.Study, document["study"]),
        networks=networks,
        measure=measure,
        expect=tuple(typed(kinds.Expectation, claim) for claim in document.get("expect", [])),
        report=typed(kinds.Report, document.get("report", {})),
        profiles={
            name: typed(kinds.Profile, profile)
            for name, profile in document.get("profiles", {}).items()
        },
        sweep=sweep,
        exclude=exclude,
        variant=None,
        overrides=(),
    )
    problems += check_claims(spec, root)
    _stop(problems)
    found = check_conditions(spec, root, large=large)
    _stop([problem for problem in found if problem.severity == "error"])
    return dataclasses.replace(spec, warnings=(*kind_warnings(root, sweep), *found))


def _stop(problems: Sequence[Problem]) -> None:
    if problems:
        raise SpecError(problems)
