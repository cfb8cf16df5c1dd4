"""Checking a spec is quick and loads no numerical library."""

import json
import subprocess
import sys
from pathlib import Path

from spec_texts import HEAD

ROOT = Path(__file__).parents[2]

_CHECK = """
import sys
from degendsl.spec import json_schema, load_spec, explain
spec = load_spec(sys.argv[1])
spec.points, spec.folder_hash, json_schema(), explain("task.channels")
heavy = {"jax", "jaxlib", "polars", "numpy", "rich", "equinox", "diffrax", "scipy", "altair"}
print(sorted(heavy & set(sys.modules)))
"""


def test_checking_a_spec_imports_no_numerical_library():
    command = [sys.executable, "-c", _CHECK, str(ROOT / "specs" / "quickstart.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"


# Processor time of checking a text beside that of reading 5,000 numbers by PyYAML's own loader, in
# a process of its own: types are not checked there as they are here. Pairs until one is good.
_RATIOS = """
import json, sys, time, yaml
from degendsl.spec import parse_spec
text, numbers, bound = json.load(sys.stdin)

def taken(work):
    begun = time.process_time()
    work()
    return time.process_time() - begun

def check():
    assert len(parse_spec(text).points) == 5000

ratios = []
while len(ratios) < 5 and min(ratios, default=bound) >= bound:
    reading = taken(lambda: yaml.compose(numbers, Loader=yaml.SafeLoader))
    ratios.append(taken(check) / reading)
print(json.dumps(ratios))
"""
RATES = ", ".join(str((i + 1) / 5000) for i in range(5000))
LEVELS = HEAD + f"sweep: [{{task.flip_probability: [{RATES}]}}]\n"
# Of 27 pairs, half of them beside four other busy processes on two cores, 20 were below 5.4 and all
# below 7.9 for 5,000 levels, and all below 5.1 for 5,000 conditions of few levels. Five pairs above
# it are not the machine's.
BOUND = 8


def ratios(text: str) -> list[float]:
    """The time of checking, in units of that of reading 5,000 numbers."""
    done = subprocess.run(
        [sys.executable, "-c", _RATIOS],
        input=json.dumps([text, LEVELS, BOUND]),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    return json.loads(done.stdout)


def test_five_thousand_conditions_are_checked_in_a_few_times_what_reading_takes():
    ones = ", ".join(str(i + 1) for i in range(50))
    probabilities = ", ".join(str((i + 1) / 100) for i in range(100))
    swept = f"sweep: [{{task.channels: [{ones}]}}, {{task.flip_probability: [{probabilities}]}}]\n"
    found = ratios(HEAD + swept)
    assert min(found) < BOUND, found


def test_five_thousand_levels_are_checked_in_a_few_times_what_reading_takes():
    found = ratios(LEVELS)
    assert min(found) < BOUND, found
