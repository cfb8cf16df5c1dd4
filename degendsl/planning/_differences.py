"""How the science of two studies differs, path by path."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from degendsl.spec._paths import SCIENCE

_ABSENT = object()


@dataclass(frozen=True)
class Difference:
    """One path at which two studies say different things; None where one says nothing."""

    path: str
    before: Any
    after: Any

    def said(self) -> str:
        """`model.units: 32 → 64`."""
        return f"{self.path}: {_short(self.before)} → {_short(self.after)}"


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Where the science, the sweep and the seeds of two resolved specs differ."""
    words = (*SCIENCE, "sweep", "exclude")
    found = [one for word in words for one in _below(word, before.get(word), after.get(word))]
    for word in ("seed", "vary"):
        old, new = (spec.get("networks", {}).get(word) for spec in (before, after))
        found += list(_below(f"networks.{word}", old, new))
    return found


def measured_differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Where what is measured, how many networks there are and what is expected differ."""
    found = list(_below("measure", before.get("measure"), after.get("measure")))
    old, new = (spec.get("networks", {}).get("count") for spec in (before, after))
    found += list(_below("networks.count", old, new))
    return found + list(_below("expect", before.get("expect"), after.get("expect")))


def _below(path: str, before: Any, after: Any) -> Iterator[Difference]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys([*before, *after]):
            old, new = before.get(key, _ABSENT), after.get(key, _ABSENT)
            yield from _below(f"{path}.{key}", old, new)
    elif before != after:
        yield Difference(path, _known(before), _known(after))


def _known(value: Any) -> Any:
    return None if value is _ABSENT else value


def _short(value: Any) -> str:
    if value is None:
        return "not there"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Mapping):
        inner = ", ".join(f"{key}: {_short(one)}" for key, one in value.items())
        return f"{{{inner}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_short(one) for one in value)}]"
    return str(value)
