"""`degendsl report`: tables and page from what is trained."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from ._answers import Answer, answer_each, json_option, specs_of
from ._index import index_of
from ._results import answer_of, listener
from ._specs import measured_store, out_option, spec_and_store, spec_options

NAME = "report"
HELP = "Measure what is missing and write tables and page; train nothing."


def arguments(parser: argparse.ArgumentParser) -> None:
    spec_options(parser, "target", "the YAML file, a folder of them, or a results folder")
    out_option(parser)
    parser.add_argument(
        "--figures",
        metavar="DIR",
        type=Path,
        help="write every chart there as SVG and PDF, in one column and in two",
    )
    json_option(parser)


def run(options: argparse.Namespace) -> int:
    stores: list[Any] = []
    code = answer_each(options, options.target, lambda target: _reported(options, target, stores))
    index_of(options, options.target, stores)
    return code


def _reported(options: argparse.Namespace, target: str, stores: list[Any]) -> Answer:
    from degendsl import api
    from degendsl.errors import StoreError

    measured = measured_store(target)
    if measured is not None:
        return _page_again(options, measured, stores)
    spec, store = spec_and_store(options, target)
    if not (store.root / "spec.lock.json").exists():
        raise StoreError(f"there is nothing in {store.root} yet; `degendsl run` comes first")
    heard = listener()
    try:
        answer = answer_of(api.report(spec, store, listener=heard), strict=False)
    finally:
        heard.close()
    stores.append(store)
    if options.figures is None:
        return answer
    return _with_figures(options, store, answer, several=specs_of(options.target) is not None)


def _page_again(options: argparse.Namespace, store: Any, stores: list[Any]) -> Answer:
    """The page of networks from elsewhere, from their tables: the files may be gone."""
    from degendsl_reports import write_report

    with store.locked():
        write_report(store)
    stores.append(store)
    answer = Answer(
        text=f"page: {store.report_path}",
        content={"folder": str(store.root), "report": str(store.report_path)},
    )
    if options.figures is None:
        return answer
    return _with_figures(options, store, answer, several=False)


def _with_figures(
    options: argparse.Namespace, store: Any, answer: Answer, *, several: bool
) -> Answer:
    """The answer once the figures are written; those of several studies in a folder each."""
    from degendsl_reports import write_figures

    folder = options.figures / store.root.parent.name if several else options.figures
    written = write_figures(store, folder)
    return replace(
        answer,
        text=f"{answer.text}\nfigures: {len(written)} files in {folder}",
        content={**answer.content, "figures": [str(path) for path in written]},
    )
