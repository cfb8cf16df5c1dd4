"""`degendsl plan`: what a run would do, before it does."""

import argparse

from ._answers import Answer, answer_each, count, json_option
from ._progress_rows import progress_rows
from ._specs import out_option, spec_and_store, spec_options

NAME = "plan"
HELP = "What a run would do: conditions, networks done and new."


def arguments(parser: argparse.ArgumentParser) -> None:
    spec_options(parser, "target", "the YAML file, a folder of them, or a results folder")
    out_option(parser)
    json_option(parser)


def run(options: argparse.Namespace) -> int:
    return answer_each(options, options.target, lambda target: _planned(options, target))


def _planned(options: argparse.Namespace, target: str) -> Answer:
    from degendsl.planning import make_plan

    spec, store = spec_and_store(options, target)
    plan = make_plan(spec)
    rows = progress_rows(plan, store)
    groups = plan.groups()
    width = max(len(row["label"]) for row in rows)
    lines = [
        f"{row['condition']}  {row['label']:<{width}}  {row['done']} done  {row['new']} new"
        for row in rows
    ]
    new = sum(row["new"] for row in rows)
    lines.append(
        f"{count(len(rows), 'condition')}, {len(plan.units)} networks, {new} to train, "
        f"{count(len(groups), 'compiled program')}; results in {store.root}"
    )
    return Answer(
        text="\n".join(lines),
        content={
            "folder": str(store.root),
            "compile_groups": len(groups),
            "conditions": rows,
        },
    )
