"""`degendsl diff`: how the science of two studies differs, and what that did."""

import argparse
from typing import Any

from ._answers import Answer, json_option, say
from ._side_by_side import Pair, has_results, primary, side_by_side
from ._specs import out_option, spec_and_store, spec_options

NAME = "diff"
HELP = "Which science differs between two specs or results, and what it did to each level."


def arguments(parser: argparse.ArgumentParser) -> None:
    spec_options(parser, "before", "a spec or a results folder")
    parser.add_argument("after", metavar="AFTER", help="another; options change both where specs")
    out_option(parser)
    json_option(parser)


def run(options: argparse.Namespace) -> int:
    from degendsl.planning import differences, measured_differences

    (spec_a, store_a), (spec_b, store_b) = (
        spec_and_store(options, target) for target in (options.before, options.after)
    )
    before, after = spec_a.resolved(), spec_b.resolved()
    science, measured = differences(before, after), measured_differences(before, after)
    lines = _listed("science", science) + _listed("measured and expected", measured)
    missing = [
        target
        for target, store in ((options.before, store_a), (options.after, store_b))
        if not has_results(store)
    ]
    pairs = [] if missing else side_by_side(store_a, store_b)
    if missing:
        lines.append(f"results: none yet of {' and '.join(missing)}")
    elif pairs:
        lines += ["results, after training (value and 95 % interval):", *_table(primary(pairs))]
    else:
        lines.append("results: no condition is in both")
    content = {
        "science": [vars(one) for one in science],
        "measured": [vars(one) for one in measured],
        "results": [pair.plain() for pair in pairs],
        "without_results": missing,
    }
    return say(Answer(text="\n".join(lines), content=content), as_json=options.json)


def _listed(what: str, changes: list[Any]) -> list[str]:
    if not changes:
        return [f"{what}: the same"]
    return [f"{what}:", *(f"  {change.said()}" for change in changes)]


def _table(pairs: list[Pair]) -> list[str]:
    rows = [("level", "condition", "before", "after", "change", "")]
    for pair in pairs:
        change = "" if pair.change is None else f"{pair.change:+.0%}"
        apart = {True: "intervals apart", False: "intervals overlap", None: ""}[pair.told_apart]
        level = f"{pair.level} ({pair.metric})"
        rows.append((level, pair.label, _shown(pair.before), _shown(pair.after), change, apart))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  "
        + "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _shown(interval: tuple[float, float | None, float | None]) -> str:
    value, low, high = interval
    return f"{value:.3g}" + ("" if low is None or high is None else f" [{low:.3g}, {high:.3g}]")
