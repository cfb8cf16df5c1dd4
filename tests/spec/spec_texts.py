"""Specs made at random from the language itself, and many ways to write one of them down."""

import json
import math
from copy import deepcopy
from typing import Any, get_args

from hypothesis import strategies as st

from degendsl.spec import _paths as paths
from degendsl.spec import kinds
from degendsl.spec._types import (
    Block,
    Field,
    Many,
    Maybe,
    OneOrMany,
    Scalar,
    Table,
    Type,
    ValueOrBlock,
    Words,
    field_of,
    fields_of,
    kind_name,
)

HEAD = "degendsl: 1\nstudy: {name: tested}\ntask: {kind: flip_flop}\n"

# Keys that must fit one another, which types and ranges do not tell; see `_fitting`.
_COUPLED = {
    "solver.dt",
    "task.duration",
    "model.time_constant",
    "train.trainable",
    "train.data",
    "model.parameterization",
    "model.init",
    "model.recurrent",
    "model.noise",
    "networks.count",
    "measure.at",
    "measure.weights.group",
    "measure.sensitivity",
    "measure.trials.count",
    "measure.dynamics.burn_in",
    "measure.dynamics.choose",
    "measure.dynamics.delays",
    "measure.dynamics.interval",
    "measure.dynamics.rank",
    "measure.dynamics.rank_per",
    "measure.dynamics.starts",
    "measure.dynamics.window",
    "measure.weights.starts",
}
_NAMES = st.from_regex(r"\A[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?\Z")
_TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=12
)


def number(field: Field, *, whole: bool) -> st.SearchStrategy[Any]:
    """A number in the range of a key."""
    key = field.key
    low = key.at_least if key.at_least is not None else key.above
    high = key.at_most if key.at_most is not None else key.below
    low, high = (0 if low is None else low), (1000 if high is None else high)
    if whole:
        return st.integers(math.ceil(low), min(int(high), 10_000))
    return st.floats(low, high, exclude_min=key.above is not None, allow_subnormal=False)


def value(described: Type, field: Field, path: str) -> st.SearchStrategy[Any]:
    """A value of a type, as a spec would write it."""
    match described:
        case Scalar("integer" | "number" as name):
            return number(field, whole=name == "integer")
        case Scalar("string"):
            return st.from_regex(rf"\A{field.key.pattern}\Z") if field.key.pattern else _TEXTS
        case Scalar("boolean"):
            return st.booleans()
        case ValueOrBlock(plain, inner):
            return value(plain, field, path) | block(inner, path)
        case Words(words):
            return st.sampled_from(words)
        case Many(Words(words)):
            return st.lists(st.sampled_from(words), min_size=1, unique=True)
        case Many(item):
            return st.lists(value(item, field, path), max_size=2)
        case Maybe(inner):
            return st.none() | value(inner, field, path)
        case Table(inner):
            return st.dictionaries(_NAMES, value(inner, field, path), max_size=2)
        case Block():
            return block(described, path)
        case OneOrMany(item):
            return block(item, path) | st.lists(block(item, path), min_size=1, max_size=2)
        case _:
            raise AssertionError(f"{path} has no values that can be made at random")


@st.composite
def block(draw: st.DrawFn, described: Block, path: str) -> dict[str, Any]:
    """A block of any of its kinds, with some of its keys."""
    kind = draw(st.sampled_from(described.kinds))
    made: dict[str, Any] = {}
    for field in fields_of(kind):
        here = f"{path}.{field.name}"
        if field.name == described.word:
            if field.required or kind is not described.default or draw(st.booleans()):
                made[field.name] = kind_name(kind)
        elif here not in _COUPLED and (field.required or draw(st.booleans())):
            made[field.name] = draw(value(field.type, field, here))
    return made


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A spec without sweep, claims and variants, as plain data."""
    made: dict[str, Any] = {"degendsl": 1}
    for word in (*paths.SCIENCE, "study", "networks", "measure", "profiles"):
        field = next(f for f in fields_of(kinds.Document) if f.name == word)
        if field.required or draw(st.booleans()):
            made[word] = draw(value(field.type, field, word))
    _fitting(draw, made)
    return made


def _fitting(draw: st.DrawFn, made: dict[str, Any]) -> None:
    """Values that fit one another, for the keys whose ranges do not say enough."""
    steps = draw(st.integers(2, 200))
    # Samples of Lorenz-96 must lie close together.
    coarse = made["task"]["kind"] != "lorenz96"
    dt = draw(st.sampled_from([0.1, 0.5, 1, 1.0, 2] if coarse else [0.05, 0.1]))
    made.setdefault("solver", {})["dt"] = dt
    made["task"]["duration"] = dt * steps
    _fitting_task(draw, made, dt, steps)
    if draw(st.booleans()):
        made.setdefault("model", {})["time_constant"] = dt * draw(st.sampled_from([1, 1.5, 10]))
    made.setdefault("model", {}).update(deepcopy(draw(st.sampled_from(_NETWORKS))))
    delays = draw(st.integers(1, min(20, steps - 1)))
    units = made.get("model", {}).get("units", 128)
    trials = draw(st.integers(2, 64))
    most = min(delays * units, trials * (steps - delays))
    measure = made.setdefault("measure", {})
    measure["trials"] = {**measure.get("trials", {}), "count": trials}
    dynamics = {"kind": "dsa", "delays": delays, "rank": draw(st.integers(1, most))}
    several = measure.get("dynamics", {})
    several = several if isinstance(several, list) else [several]
    several = [{**one, **dynamics} for one in several]
    measure["dynamics"] = several if len(several) > 1 else several[0]


def _fitting_task(draw: st.DrawFn, made: dict[str, Any], dt: float, steps: int) -> None:
    """Keys of the task that fit its trials, and tests and units that fit the task."""
    task = made["task"]
    for name, fewest in (("channels", 1), ("sites", 4)):
        if name in task:
            task[name] = draw(st.integers(fewest, 16))
    made.setdefault("model", {})["units"] = draw(st.integers(16, 256))
    match task["kind"]:
        case "delayed_discrimination":
            longest = draw(st.integers(0, steps - 2))
            shortest = draw(st.integers(0, longest))
            task["delay"] = {"min": dt * shortest, "max": dt * longest}
        case "sine_wave":
            high = draw(st.sampled_from([0.05, 0.3, 0.5])) / dt
            task["frequencies"] = {"count": draw(st.integers(1, 9)), "low": high / 9, "high": high}
        case "path_integration":
            task["speed"] = 5 / dt
        case _:
            pass
    tested = made.get("measure", {}).get("behavior", {})
    for one in tested if isinstance(tested, list) else [tested]:
        shifts = _task(made).shifts
        if one.get("ood", "temporal") not in shifts:
            one.clear()
            one["ood"] = draw(st.sampled_from(shifts))
        if one.get("ood") == "rollout":
            one["steps"] = draw(st.integers(1, steps - 1))


def _task(document: dict[str, Any]) -> type[kinds.TaskDescription]:
    return next(
        kind for kind in get_args(kinds.Task) if kind_name(kind) == document["task"]["kind"]
    )


# Keys of a network that fit one another and every solver.
_NETWORKS: list[dict[str, Any]] = [
    {},
    {"recurrent": {"sparse": 0.5, "dale": 0.8}, "init": {"kind": "gaussian"}},
    {"recurrent": {"low_rank": 1}},
    {"init": {"kind": "gaussian", "rank": 1}},
    {"time_constant": {"low": 2, "high": 3.5}},
]

_SWEPT: dict[str, list[Any]] = {
    "task.channels": [1, 2, 3, 5],
    "task.flip_probability": [0.1, 0.5, 1],
    "model.init": [{"kind": "uniform"}, {"kind": "gaussian", "gain": 2}, {"kind": "gaussian"}],
    "model.nonlinearity": ["tanh", "relu", "softplus"],
    "train.optimizer.learning_rate": [1e-3, 2e-3, 1],
    "train.batch_size": [8, 16],
}


@st.composite
def swept(draw: st.DrawFn) -> tuple[dict[str, Any], list[dict[str, list[Any]]]]:
    """A spec with a sweep and exclusions, and the items of its sweep."""
    document = draw(documents())
    task = _task(document)
    paths = [p for p in sorted(_SWEPT) if p[:5] != "task." or field_of(task, p[5:])]
    chosen = draw(st.lists(st.sampled_from(paths), unique=True, max_size=3))
    items: list[dict[str, list[Any]]] = []
    for path in chosen:
        levels = draw(st.lists(st.sampled_from(_SWEPT[path]), min_size=1, unique_by=json.dumps))
        if items and draw(st.booleans()) and len(next(iter(items[-1].values()))) == len(levels):
            items[-1][path] = levels
        else:
            items.append({path: levels})
    document["sweep"] = items
    document["exclude"] = [
        {path: draw(st.sampled_from(levels)) for path, levels in item.items()}
        for item in items
        if len(next(iter(item.values()))) > 1 and draw(st.booleans())
    ]
    return document, items


@st.composite
def texts(draw: st.DrawFn, document: dict[str, Any]) -> str:
    """One of the many ways to write a spec: order, comments, spelling of numbers, style."""
    keys = draw(st.permutations(list(document)))
    lines = []
    for key in keys:
        lines += ["# a comment", ""] if draw(st.booleans()) else []
        lines.append(
            f"{key}: {_flow(draw, document[key])}" + draw(st.sampled_from(["", "  # why"]))
        )
    return "\n".join(lines) + "\n"


def _flow(draw: st.DrawFn, data: Any) -> str:
    match data:
        case dict():
            keys = draw(st.permutations(list(data)))
            inner = ", ".join(f"{_flow(draw, key)}: {_flow(draw, data[key])}" for key in keys)
            return f"{{{inner}}}"
        case list() | tuple():
            return f"[{', '.join(_flow(draw, one) for one in data)}]"
        case bool() | None:
            return json.dumps(data)
        case float():
            return draw(st.sampled_from([repr(data), f"{data:.17e}", f"+{data!r}"]))
        case int():
            return draw(st.sampled_from([str(data), f"0{data}", hex(data), f"0o{data:o}"]))
        case _:
            return json.dumps(data, ensure_ascii=False)
