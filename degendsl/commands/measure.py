"""`degendsl measure`: compare networks that were trained elsewhere."""

import argparse
from typing import Any

from ._answers import Answer, count, json_option, say, warned
from ._measure_settings import setting_options, settings
from ._results import listener

NAME = "measure"
HELP = "Compare networks trained elsewhere: npz files or folders of safetensors."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="+",
        help="an npz file with states, weights, losses, labels; or a folder of safetensors",
    )
    parser.add_argument("--out", metavar="DIR", required=True, help="folder for tables and page")
    parser.add_argument(
        "--group-by",
        choices=("label", "file"),
        default="label",
        help="what tells groups apart: labels, where there are none the file's name",
    )
    parser.add_argument(
        "--untrained",
        metavar="FILE",
        nargs="+",
        default=[],
        help="the same networks before training: a file or folder for each FILE, in their order",
    )
    parser.add_argument("--title", metavar="TEXT", help="what the page is called")
    setting_options(parser)
    json_option(parser)


def run(options: argparse.Namespace) -> int:
    asked = settings(options)
    from degendsl.elsewhere import measure_files

    heard = listener()
    try:
        found = measure_files(
            options.files,
            options.out,
            group_by=options.group_by,
            untrained=options.untrained,
            **asked,
            title=options.title,
            report=lambda label: heard.stage("measuring", label),
        )
    finally:
        heard.close()
    return say(_answer(found), as_json=options.json)


def _answer(found: Any) -> Answer:
    labels = dict(zip(found.ids, found.networks, strict=True))
    lines = [f"{label}: {count(n, 'network')}" for label, n in found.networks.items()]
    for row in found.degeneracy:
        if row["metric"] in _SAID and row["at"] == "end":
            interval = untrained = ""
            if row["ci_low"] is not None:
                interval = f" [{row['ci_low']:.3g}, {row['ci_high']:.3g}]"
            if row["untrained"] is not None:
                untrained = f", untrained {row['untrained']:.4g}"
            said = f"{row['metric']} {row['value']:.4g}{interval}{untrained}"
            lines.append(f"{labels[row['condition']]}, {row['level']}: {said}")
    if found.rank is not None:
        lines.append(f"rank: {found.rank}, chosen from the networks")
    lines.append(f"page: {found.report}")
    return Answer(
        text="\n".join(lines),
        content={
            "folder": str(found.store.root),
            "report": str(found.report),
            "groups": dict(found.networks),
            "rank": found.rank,
            "degeneracy": [{**row, "label": labels[row["condition"]]} for row in found.degeneracy],
            "problems": list(found.problems),
            "warnings": list(found.warnings),
        },
        problems="\n".join([*warned(found.warnings), *found.problems]),
        code=1 if found.problems else 0,
    )


# The first metric of each level.
_SAID = ("ood_spread", "dsa", "pif")
