"""`degendsl measure`: compare networks that were trained elsewhere."""

import argparse
import math
from typing import Any

from ._answers import Answer, count, json_option, say
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
    parser.add_argument("--title", metavar="TEXT", help="what the page is called")
    parser.add_argument("--delays", type=int, metavar="N", help="delays of the embedding")
    parser.add_argument("--interval", type=int, metavar="N", help="steps between two delays")
    parser.add_argument(
        "--rank",
        type=float,
        metavar="N",
        help="rank of the operators; below 1 the share of variance that it must reach",
    )
    parser.add_argument(
        "--choose",
        choices=("given", "prediction"),
        help="prediction: the lowest rank up to --rank that predicts held-out trials",
    )
    parser.add_argument("--window", choices=("all", "early", "late"), help="part of each trial")
    parser.add_argument(
        "--burn-in", type=float, metavar="N", help="steps left out at the start of the window"
    )
    parser.add_argument("--score", choices=("angular", "euclidean", "wasserstein"))
    parser.add_argument(
        "--starts",
        type=int,
        metavar="N",
        help="starts of each minimisation, of DSA of each determinant",
    )
    parser.add_argument(
        "--group",
        choices=("permutations", "signs"),
        help="what may be done to units; signs also turns them over, for tanh and other odd ones",
    )
    parser.add_argument("--seed", type=int, metavar="N", help="seed of the random starts")
    parser.add_argument(
        "--pairs-max", type=int, metavar="N", help="compare at most so many pairs of a group"
    )
    json_option(parser)


def run(options: argparse.Namespace) -> int:
    dsa, pif = _settings(options)
    from degendsl.elsewhere import measure_files

    heard = listener()
    try:
        found = measure_files(
            options.files,
            options.out,
            group_by=options.group_by,
            dsa=dsa,
            pif=pif,
            pairs=options.pairs_max,
            title=options.title,
            report=lambda label: heard.stage("measuring", label),
        )
    finally:
        heard.close()
    return say(_answer(found), as_json=options.json)


def _settings(options: argparse.Namespace) -> tuple[Any, Any]:
    """The measures asked for; what was not given is as in a spec."""
    from degendsl.errors import UsageError
    from degendsl.spec import describe, kinds

    ranges = describe(kinds.PIF) | describe(kinds.DSA) | {"pairs-max": describe(kinds.Pairs)["max"]}
    for name in ("delays", "interval", "starts", "seed", "pairs-max"):
        value = getattr(options, name.replace("-", "_"))
        least, most = ranges[name].at_least or 0, ranges[name].at_most or math.inf
        most = _MOST_STARTS if name == "starts" else most
        if value is not None and value < least:
            raise UsageError(f"--{name} must be at least {least}, not {value}")
        if value is not None and value > most:
            raise UsageError(f"--{name} must be at most {most:,}, not {value:,}")
    rank = options.rank
    if rank is not None and not (0 < rank < 1 or (1 <= rank <= 10_000 and rank == int(rank))):
        raise UsageError(f"--rank is a whole number or a share below 1, not {rank:g}")
    if options.choose == "prediction" and rank is not None and rank < 1:
        raise UsageError(
            f"--choose prediction tries ranks up to a whole --rank, not a share of {rank:g}"
        )

    burn_in = options.burn_in
    if burn_in is not None and not 0 <= burn_in < 2**31:
        raise UsageError(f"--burn-in must be a number of steps from 0 on, not {burn_in:g}")

    def given(*names: str) -> dict[str, Any]:
        chosen = {name: getattr(options, name) for name in names}
        return {name: value for name, value in chosen.items() if value is not None}

    dsa = kinds.DSA(
        **given("delays", "interval", "rank", "choose", "window", "burn_in", "score", "starts")
    )
    return dsa, kinds.PIF(**given("starts", "seed", "group"))


def _answer(found: Any) -> Answer:
    labels = dict(zip(found.ids, found.networks, strict=True))
    lines = [f"{label}: {count(n, 'network')}" for label, n in found.networks.items()]
    for row in found.degeneracy:
        if row["metric"] in _SAID:
            interval = ""
            if row["ci_low"] is not None:
                interval = f" [{row['ci_low']:.3g}, {row['ci_high']:.3g}]"
            label = labels[row["condition"]]
            lines.append(f"{label}, {row['level']}: {row['metric']} {row['value']:.4g}{interval}")
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
        problems="\n".join([*(f"warning: {one}" for one in found.warnings), *found.problems]),
        code=1 if found.problems else 0,
    )


# All starts of a pair are in memory at once; a hundred find what there is to find.
_MOST_STARTS = 10_000
# The first metric of each level.
_SAID = ("ood_spread", "dsa", "pif")
