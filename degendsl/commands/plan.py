"""`degendsl plan`: what a run would do and take, before it does."""

import argparse
import sys
from typing import Any

from ._answers import Answer, answer_each, count, json_option
from ._specs import out_option, spec_and_store, spec_options

NAME = "plan"
HELP = "What a run would do: networks done and new and why, time, memory and disk."


def arguments(parser: argparse.ArgumentParser) -> None:
    spec_options(parser, "target", "the YAML file, a folder of them, or a results folder")
    out_option(parser)
    parser.add_argument("--profile", metavar="P", help="a name under `profiles`")
    parser.add_argument(
        "--no-probe",
        action="store_true",
        help="do not find out how fast this machine is; times are unknown if it is not known",
    )
    json_option(parser)


def run(options: argparse.Namespace) -> int:
    return answer_each(options, options.target, lambda target: _planned(options, target))


def _planned(options: argparse.Namespace, target: str) -> Answer:
    from degendsl.api import chosen_profile
    from degendsl.errors import RunnerError
    from degendsl.outlook import outlook
    from degendsl.planning import make_plan, scaling

    spec, store = spec_and_store(options, target)
    plan = make_plan(spec)
    found = outlook(
        plan,
        store,
        lanes=chosen_profile(spec, options.profile).lanes,
        probe=None if options.no_probe else _say_probing,
    )
    last = (store.runs() or [None])[-1]
    scales = scaling(plan)
    return Answer(
        text="\n".join(
            [
                *_rows(found),
                _sum(plan, found, store),
                *scales,
                *_costs(found),
                *_measuring(found.measuring),
                *_last(last),
            ]
        ),
        content={
            "folder": str(store.root),
            "compile_groups": len(plan.groups()),
            "to_train": len(found.missing),
            "programs": len(found.groups),
            "conditions": [row.plain() for row in found.rows],
            "estimate": found.estimate.plain(),
            "measuring": found.measuring.plain(),
            "last_run": last,
            "too_large": list(found.too_large),
            "scaling": scales,
        },
        problems="\n".join(found.too_large),
        code=RunnerError.exit_code if found.too_large else 0,
    )


def _say_probing() -> None:
    print("finding out, once, how fast this machine trains", file=sys.stderr, flush=True)


def _rows(found: Any) -> list[str]:
    width = max(len(row.condition.label) for row in found.rows)
    lines = []
    for row in found.rows:
        stale = f"  {row.stale} stale" if row.stale else ""
        why = f"  ({row.why})" if row.why else ""
        lines.append(
            f"{row.condition.id}  {row.condition.label:<{width}}  "
            f"{row.done} done{stale}  {row.new} new{why}"
        )
    return lines


def _sum(plan: Any, found: Any, store: Any) -> str:
    twins = f" and {count(len(plan.twins), 'twin')}" if plan.twins else ""
    return (
        f"{count(len(found.rows), 'condition')}, {len(plan.units)} networks{twins}, "
        f"{len(found.missing)} to train, {count(len(plan.groups()), 'compiled program')}; "
        f"results in {store.root}"
    )


def _costs(found: Any) -> list[str]:
    from degendsl.outlook import duration, size

    costs = found.estimate
    if not found.missing:
        return []
    where = f"{count(costs.lanes, 'lane')} on each of {count(costs.devices, 'device')}"
    if costs.seconds is not None:
        took = f"about {duration(costs.seconds)}, at most {duration(costs.most)}"
    elif costs.most is not None:
        took = f"at most {duration(costs.most)}, if every network trains to its last epoch"
    else:
        took = "time not known without a probe"
    return [f"{where}; {took}; {size(costs.memory)} of memory, {size(costs.disk)} of disk"]


def _measuring(costs: Any) -> list[str]:
    from degendsl.outlook import duration

    if not costs.conditions:
        return []
    return [
        f"measuring {count(costs.conditions, 'condition')}: {count(costs.operators, 'operator')}, "
        f"{count(costs.dynamics, 'pair')} of dynamics, {count(costs.weights, 'pair')} of weights; "
        f"roughly {duration(costs.seconds)}"
    ]


def _last(last: Any) -> list[str]:
    return [f"last run: {told(last)}"] if last else []


def told(run: Any) -> str:
    """What a run took beside what was expected of it."""
    from degendsl.outlook import duration

    text = f"{run['networks']} networks, {run['epochs']:,} epochs in {duration(run['seconds'])}"
    if run["expected_seconds"] is None:
        return f"{text}; nothing was expected, since the machine's speed was not known"
    return f"{text}; expected {duration(run['expected_seconds'])}, off by {run['error']:+.0%}"
