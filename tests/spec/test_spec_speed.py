"""Checking a spec is quick and loads no numerical library."""

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


_TIMED = """
import sys, time
from degendsl.spec import parse_spec
text, taken = sys.stdin.read(), []
for _ in range(3):
    begun = time.process_time()
    spec = parse_spec(text)
    assert len(spec.points) == 5000
    taken.append(time.process_time() - begun)
print(min(taken))
"""


def seconds(text: str) -> float:
    """The best of three, in a process of its own: types are not checked there as they are here."""
    command = [sys.executable, "-c", _TIMED]
    done = subprocess.run(command, input=text, capture_output=True, text=True, cwd=ROOT, check=True)
    return float(done.stdout)


def test_five_thousand_conditions_are_checked_within_a_second():
    ones = ", ".join(str(i + 1) for i in range(50))
    probabilities = ", ".join(str((i + 1) / 100) for i in range(100))
    swept = f"sweep: [{{task.channels: [{ones}]}}, {{task.flip_probability: [{probabilities}]}}]\n"
    assert seconds(HEAD + swept) < 1


def test_five_thousand_levels_are_checked_within_a_second():
    rates = ", ".join(str((i + 1) / 5000) for i in range(5000))
    assert seconds(HEAD + f"sweep: [{{task.flip_probability: [{rates}]}}]\n") < 1
