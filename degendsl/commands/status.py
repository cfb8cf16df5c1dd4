"""`degendsl status`: what is done of a study."""

import argparse
from typing import Any

from ._answers import Answer, answer_each, count, json_option
from ._progress_rows import progress_rows
from ._specs import measured_store, out_option, spec_and_store, spec_options
from .plan import told

NAME = "status"
HELP = "What is done, of a spec, a folder of specs or a results folder."


def arguments(parser: argparse.ArgumentParser) -> None:
    spec_options(parser, "target", "the YAML file, a folder of them, or a results folder")
    out_option(parser)
    json_option(parser)


def run(options: argparse.Namespace) -> int:
    return answer_each(options, options.target, lambda target: _status(options, target))


def _status(options: argparse.Namespace, target: str) -> Answer:
    from degendsl.planning import make_plan

    measured = measured_store(target)
    if measured is not None:
        return _measured(measured)
    spec, store = spec_and_store(options, target)
    rows = progress_rows(make_plan(spec), store)
    has_page = store.report_path.exists()
    lines = [_line(row) for row in rows]
    runs = store.runs()
    lines += [f"last run: {told(runs[-1])}"] if runs else []
    lines.append(f"page: {store.report_path if has_page else 'not yet'}")
    content = {
        "folder": str(store.root),
        "conditions": rows,
        "runs": runs,
        "page": has_page,
    }
    return Answer(text="\n".join(lines), content=content)


def _measured(store: Any) -> Answer:
    """What is there of networks from elsewhere: all of it was measured at once."""
    rows = store.table("conditions").select("condition", "label", "n_networks").to_dicts()
    problems = store.table("problems")["problem"].to_list()
    has_page = store.report_path.exists()
    lines = [f"{row['label']}: {count(row['n_networks'], 'network')} measured" for row in rows]
    lines += [f"not measured: {problem}" for problem in problems]
    untrained = store.lock.get("untrained", [])
    lines += [f"read: {one['file']}" for one in store.lock["inputs"]]
    lines += [f"untrained: {one['file']}" for one in untrained]
    lines.append(f"page: {store.report_path if has_page else 'not yet'}")
    content = {
        "folder": str(store.root),
        "conditions": rows,
        "inputs": store.lock["inputs"],
        "untrained": untrained,
        "problems": problems,
        "page": has_page,
    }
    return Answer(text="\n".join(lines), content=content)


def _line(row: dict[str, Any]) -> str:
    networks, twins = row["done"] + row["new"], row["twins_done"] + row["twins_new"]
    also = f", {row['twins_done']} of {twins} twins" if twins else ""
    return f"{row['label']}: {row['done']} of {networks} networks{also}"
