"""The command line. Environment variables are set here, before anything imports JAX."""

import argparse
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from degendsl.errors import DegendslError, UsageError
from degendsl.version import __version__

INTERRUPTED = 130
TERMINATED = 143


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    # Read when Equinox is imported: errors become NaN instead of host callbacks, without which
    # the compilation cache never hits.
    os.environ.setdefault("EQX_ON_ERROR", "nan")
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        return options.command(options)
    except DegendslError as error:
        if options.debug:
            raise
        print(str(error), file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # Whoever read our output has gone; there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("interrupted; everything finished is kept", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="degendsl",
        description="Are these trained networks the same solution? One YAML file in, a page out.",
        epilog="Exit codes: 0 done, 1 incomplete, 2 usage, 3 invalid spec, 4 results folder, "
        "5 runner, 130 interrupted, 143 terminated.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(name: str, function: Callable[[Any], int], text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(command=function)
        command.add_argument("--debug", action="store_true", help="show tracebacks")
        return command

    def spec_options(command: argparse.ArgumentParser, name: str = "spec") -> None:
        command.add_argument(name, metavar=name.upper(), help="the YAML file")
        command.add_argument("--variant", metavar="V", help="a name under `variants`")
        command.add_argument(
            "--set",
            metavar="PATH=VALUE",
            action="append",
            default=[],
            dest="overrides",
            help="change one value; may be repeated",
        )
        command.add_argument("--large", action="store_true", help="allow very large studies")

    check = add("check", _check, "Validate a spec; every problem with its place.")
    spec_options(check)
    check.add_argument("--json", action="store_true", help="problems as JSON")

    explain = add("explain", _explain, "What a key or an error code means.")
    explain.add_argument("word", metavar="WORD", help="such as task.flip_probability or E012")

    schema = add("schema", _schema, "The JSON schema of the language.")
    schema.set_defaults()

    for name, function, text in (
        ("plan", _plan, "What a run would do: conditions, networks done and new."),
        ("status", _status, "What is done, of a spec or a results folder."),
        ("report", _report, "Measure what is missing and write tables and page; train nothing."),
    ):
        command = add(name, function, text)
        spec_options(command, "target")
        command.add_argument("--out", default="results", metavar="DIR", help="results folder")
        command.add_argument("--json", action="store_true", help="as JSON")

    run = add("run", _run, "Train, measure, write the page; again, only what is missing.")
    spec_options(run)
    run.add_argument("--out", default="results", metavar="DIR", help="results folder")
    run.add_argument("--profile", metavar="P", help="a name under `profiles`")
    run.add_argument("--mixed", action="store_true", help="accept another device or version")
    run.add_argument("--strict", action="store_true", help="exit 1 unless all converge and hold")
    run.add_argument("--json", action="store_true", help="the result as JSON")
    return parser


def _load(options: argparse.Namespace, path: str) -> Any:
    from degendsl.spec import load_spec

    spec = load_spec(
        path, variant=options.variant, overrides=options.overrides, large=options.large
    )
    for warning in spec.warnings:
        print(warning.format(), file=sys.stderr)
    return spec


def _check(options: argparse.Namespace) -> int:
    from degendsl.spec import SpecError

    try:
        spec = _load(options, options.spec)
    except SpecError as error:
        if not options.json:
            raise
        print(json.dumps({"valid": False, "problems": [p.to_json() for p in error.problems]}))
        return error.exit_code
    networks = len(spec.points) * spec.networks.count
    if options.json:
        sizes = {"conditions": len(spec.points), "networks": networks}
        print(json.dumps({"valid": True, "problems": [], **sizes}))
    else:
        print(f"{options.spec}: good; {_count(len(spec.points), 'condition')}, {networks} networks")
    return 0


def _explain(options: argparse.Namespace) -> int:
    from degendsl.spec import explain

    print(explain(options.word))
    return 0


def _schema(options: argparse.Namespace) -> int:
    from degendsl.spec import json_schema

    print(json.dumps(json_schema(), indent=2, ensure_ascii=False))
    return 0


def _target(options: argparse.Namespace) -> tuple[Any, Any]:
    """Spec and store of a results folder, or of a spec with the same options as its run."""
    from degendsl.spec import load_spec
    from degendsl.store import open_store, store_for

    target = Path(options.target)
    if not target.is_dir():
        spec = _load(options, options.target)
        return spec, store_for(spec.study.name, spec.folder_hash, options.out)
    if options.variant or options.overrides:
        raise UsageError("--variant and --set go with a spec; a results folder has its own")
    store = open_store(target)
    lock = store.lock
    spec = load_spec(
        target / "spec.yaml", variant=lock["variant"], overrides=lock["overrides"], large=True
    )
    return spec, store


def _plan(options: argparse.Namespace) -> int:
    from degendsl.planning import make_plan

    spec, store = _target(options)
    plan = make_plan(spec)
    rows = _progress_rows(plan, store)
    groups = plan.groups()
    if options.json:
        content = {"folder": str(store.root), "compile_groups": len(groups), "conditions": rows}
        print(json.dumps(content))
        return 0
    width = max(len(row["label"]) for row in rows)
    for row in rows:
        print(f"{row['condition']}  {row['label']:<{width}}  {row['done']} done  {row['new']} new")
    new = sum(row["new"] for row in rows)
    print(
        f"{_count(len(rows), 'condition')}, {len(plan.units)} networks, {new} to train, "
        f"{_count(len(groups), 'compiled program')}; results in {store.root}"
    )
    return 0


def _progress_rows(plan: Any, store: Any) -> list[dict[str, Any]]:
    rows = []
    for condition in plan.conditions:
        done = sum(store.has_unit(condition.id, seed) for seed in range(plan.spec.networks.count))
        rows.append(
            {
                "condition": condition.id,
                "label": condition.label,
                "done": done,
                "new": plan.spec.networks.count - done,
            }
        )
    return rows


def _status(options: argparse.Namespace) -> int:
    from degendsl.planning import make_plan

    spec, store = _target(options)
    rows = _progress_rows(make_plan(spec), store)
    has_page = store.report_path.exists()
    if options.json:
        print(json.dumps({"folder": str(store.root), "conditions": rows, "page": has_page}))
        return 0
    for row in rows:
        print(f"{row['label']}: {row['done']} of {row['done'] + row['new']} networks")
    print(f"page: {store.report_path if has_page else 'not yet'}")
    return 0


def _report(options: argparse.Namespace) -> int:
    from degendsl import api
    from degendsl.errors import StoreError

    spec, store = _target(options)
    if not (store.root / "spec.lock.json").exists():
        raise StoreError(f"there is nothing in {store.root} yet; `degendsl run` comes first")
    return _say(options, api.report(spec, store, listener=_listener()), strict=False)


def _run(options: argparse.Namespace) -> int:
    from degendsl import api
    from degendsl.training import Stopped

    spec = _load(options, options.spec)
    asked = _Signals()
    listener = _listener()
    try:
        result = api.run(
            spec,
            options.out,
            profile=options.profile,
            mixed=options.mixed,
            listener=listener,
            should_stop=lambda: asked.code is not None,
        )
    except Stopped:
        listener.close()
        print("stopped; the next run goes on from the checkpoint", file=sys.stderr)
        return asked.code or INTERRUPTED
    finally:
        listener.close()
    return _say(options, result, strict=options.strict)


def _listener() -> Any:
    from degendsl._progress import make_listener

    return make_listener()


def _say(options: argparse.Namespace, result: Any, *, strict: bool) -> int:
    """The result on standard output, and the exit code that it deserves."""
    if options.json:
        content = {
            "folder": str(result.store.root),
            "report": str(result.report),
            "outcomes": result.outcomes,
            "verdicts": result.verdicts,
            "failed": list(result.failed),
        }
        print(json.dumps(content))
    else:
        counts = ", ".join(f"{n} {outcome}" for outcome, n in sorted(result.outcomes.items()))
        print(f"networks: {counts}")
        for text, verdict in result.verdicts.items():
            print(f"{verdict:>8}: {text}")
        print(f"page: {result.report}")
    for line in result.failed:
        print(line, file=sys.stderr)
    unconverged = set(result.outcomes) - {"converged"}
    missed = set(result.verdicts.values()) - {"holds"}
    return 1 if result.failed or (strict and (unconverged or missed)) else 0


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


class _Signals:
    """Remembers the first request to stop; a second one stops at once."""

    def __init__(self) -> None:
        self.code: int | None = None
        signal.signal(signal.SIGINT, self._ask)
        signal.signal(signal.SIGTERM, self._ask)

    def _ask(self, number: int, _: Any) -> None:
        if self.code is not None:
            raise KeyboardInterrupt
        self.code = 128 + number
        print("stopping after this epoch; once more to stop at once", file=sys.stderr, flush=True)
