"""Every file in `broken_specs` is wrong and says so exactly as its own first lines promise.

A file opens with one `# expect: ` line for each line of the message, and may add one
`# options: --variant NAME --set path=value`. The whole file is parsed, comments included, so the
line numbers in the message count those lines too.
"""

import argparse
import shlex
from pathlib import Path

import pytest

from degendsl.spec import CODES, SpecError, parse_spec

FOLDER = Path(__file__).parent.parent / "broken_specs"
FILES = sorted(FOLDER.glob("*.yaml"))


def promised(text: str) -> str:
    lines = text.splitlines()
    return "\n".join(
        line.removeprefix("# expect:")[1:] for line in lines if line.startswith("# expect:")
    )


def options(text: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--variant")
    parser.add_argument("--set", action="append", default=[], dest="overrides")
    found = [line for line in text.splitlines() if line.startswith("# options:")]
    return parser.parse_args(shlex.split(found[0].removeprefix("# options:")) if found else [])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_broken_spec_says_exactly_what_is_wrong(path: Path):
    text = path.read_text(encoding="utf-8")
    given = options(text)
    with pytest.raises(SpecError) as caught:
        parse_spec(text, path.name, variant=given.variant, overrides=given.overrides)
    assert str(caught.value) == promised(text)
    assert all(problem.line >= 1 for problem in caught.value.problems)


def test_there_are_many_broken_specs_and_they_show_every_code():
    assert len(FILES) >= 80
    shown = {
        word.removeprefix("error[").removesuffix("]:")
        for path in FILES
        for word in promised(path.read_text(encoding="utf-8")).split()
        if word.startswith("error[")
    }
    # What no text can show: a file that cannot be opened, and what is only a warning.
    assert set(CODES) - shown == {"E001", "W001", "W051"}
    assert shown <= set(CODES)
