"""The settings of `degendsl measure`: one table for its options and for `--sensitivity`."""

import argparse
import itertools
import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from degendsl.errors import UsageError


class _Setting(NamedTuple):
    """An option that is a key of measures. keys: its paths below `measure`."""

    keys: tuple[str, ...]
    kind: Callable[[str], Any]
    help: str
    choices: tuple[str, ...] | None = None


_SETTINGS = {
    "delays": _Setting(("dynamics.delays",), int, "delays of the embedding (20)"),
    "interval": _Setting(("dynamics.interval",), int, "steps between two delays (1)"),
    "rank": _Setting(
        ("dynamics.rank",),
        float,
        "rank of the operators (30); below 1 the share of variance that it must reach",
    ),
    "choose": _Setting(
        ("dynamics.choose",),
        str,
        "where the rank comes from (given); prediction: the lowest up to --rank that predicts "
        "held-out trials",
        ("given", "prediction"),
    ),
    "window": _Setting(
        ("dynamics.window",), str, "part of each trial (all)", ("all", "early", "late")
    ),
    "burn-in": _Setting(
        ("dynamics.burn_in",), float, "steps left out at the start of the window (0)"
    ),
    "score": _Setting(
        ("dynamics.score",),
        str,
        "how operators are compared (angular)",
        ("angular", "euclidean", "wasserstein"),
    ),
    "starts": _Setting(
        ("dynamics.starts", "weights.starts"),
        int,
        "starts of each minimisation, of DSA of each determinant (16, and of weights as many as "
        "their size asks for)",
    ),
    "group": _Setting(
        ("weights.group",),
        str,
        "what may be done to units (permutations); signs also turns them over, for tanh and other "
        "odd ones",
        ("permutations", "signs"),
    ),
    "seed": _Setting(("weights.seed",), int, "seed of the random starts (0)"),
}
# All starts of a pair are in memory at once; a hundred find what there is to find.
_MOST_STARTS = 10_000


def setting_options(parser: argparse.ArgumentParser) -> None:
    """An option for each setting, and `--sensitivity` for several values of any."""
    measures = parser.add_argument_group(
        "settings of the measures", "In brackets what they are where none is given."
    )
    for name, one in _SETTINGS.items():
        metavar = None if one.choices else "N"
        measures.add_argument(
            f"--{name}", type=one.kind, choices=one.choices, metavar=metavar, help=one.help
        )
    measures.add_argument(
        "--sensitivity",
        metavar="KEY=V1,V2",
        action="append",
        default=[],
        help="measure again with other values of a setting, such as rank=10,20; several are "
        "combined",
    )
    measures.add_argument(
        "--pairs-max", type=int, metavar="N", help="compare at most so many pairs of a group (all)"
    )


def settings(options: argparse.Namespace) -> dict[str, Any]:
    """The arguments of `measure_files` about measures; what was not given is as in a spec.

    **Raises** `UsageError` for a value out of its range, and for one that is no value at all.
    """
    from degendsl.spec import kinds

    given = {name: getattr(options, name.replace("-", "_")) for name in _SETTINGS}
    given = {name: value for name, value in given.items() if value is not None}
    for name, value in given.items():
        _check(f"--{name}", name, value)
    if options.pairs_max is not None:
        _check("--pairs-max", "pairs-max", options.pairs_max)
    grid = dict(_listed(text) for text in options.sensitivity)
    for chosen in itertools.product(*grid.values()):
        _check_rank(given, dict(zip(grid, chosen, strict=True)))

    def block(level: str) -> dict[str, Any]:
        return {
            key.removeprefix(f"{level}."): value
            for name, value in given.items()
            for key in _SETTINGS[name].keys
            if key.startswith(f"{level}.")
        }

    return {
        "dsa": kinds.DSA(**block("dynamics")),
        "pif": kinds.PIF(**block("weights")),
        "pairs": options.pairs_max,
        "sensitivity": {key: grid[name] for name in grid for key in _SETTINGS[name].keys},
    }


def _listed(text: str) -> tuple[str, tuple[Any, ...]]:
    """A setting and its values from `delays=10,20`."""
    from degendsl.spec import nearest

    name, equals, said = text.partition("=")
    name = name.strip().removeprefix("--").replace("_", "-")
    words = [word.strip() for word in said.split(",") if word.strip()]
    if not equals or not words:
        raise UsageError(f"--sensitivity {text!r} is not KEY=V1,V2, such as delays=10,20")
    if name not in _SETTINGS:
        raise UsageError(
            f"--sensitivity {name}: {nearest(name, _SETTINGS)}its keys are {', '.join(_SETTINGS)}"
        )
    values = tuple(dict.fromkeys(_value(name, word) for word in words))
    return name, values


def _value(name: str, word: str) -> Any:
    one = _SETTINGS[name]
    try:
        value = one.kind(word)
    except ValueError as error:
        what = "whole numbers" if one.kind is int else "numbers"
        raise UsageError(f"--sensitivity {name} takes {what}, not {word!r}") from error
    if one.choices and value not in one.choices:
        raise UsageError(f"--sensitivity {name} is one of {', '.join(one.choices)}, not {word!r}")
    _check(f"--sensitivity {name}", name, value)
    return value


def _check(said: str, name: str, value: Any) -> None:
    """A value in its range, or a message that begins with how it was `said`."""
    from degendsl.spec import describe, kinds

    if name == "rank":
        if not (0 < value < 1 or (1 <= value <= 10_000 and value == int(value))):
            raise UsageError(f"{said} is a whole number or a share below 1, not {value:g}")
    elif name == "burn-in":
        if not (0 <= value < 2**31 and value == int(value)):
            raise UsageError(f"{said} must be a whole number of steps from 0 on, not {value:g}")
    elif isinstance(value, int):
        pairs = {"pairs-max": describe(kinds.Pairs)["max"]}
        ranges = {**describe(kinds.PIF), **describe(kinds.DSA), **pairs}
        least, most = ranges[name].at_least or 0, ranges[name].at_most or math.inf
        most = _MOST_STARTS if name == "starts" else most
        if value < least:
            raise UsageError(f"{said} must be at least {least}, not {value}")
        if value > most:
            raise UsageError(f"{said} must be at most {most:,}, not {value:,}")


def _check_rank(given: Mapping[str, Any], changes: Mapping[str, Any]) -> None:
    """Prediction chooses among ranks up to a whole number."""
    # A rank that is listed is taken as it is, unless the setting also says how to choose.
    choose = changes.get("choose", "given" if "rank" in changes else given.get("choose"))
    rank = {**given, **changes}.get("rank")
    if choose == "prediction" and rank is not None and rank < 1:
        raise UsageError(
            f"--choose prediction tries ranks up to a whole --rank, not a share of {rank:g}"
        )
