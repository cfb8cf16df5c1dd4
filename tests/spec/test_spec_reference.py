"""The reference is made from the language, so it says everything and is never out of date."""

from pathlib import Path

import pytest

from degendsl.spec import CODES, error_reference, language_reference
from degendsl.spec._paths import homes

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(
    ("name", "made"), [("language.md", language_reference), ("errors.md", error_reference)]
)
def test_the_documents_are_current(name: str, made: object):
    assert callable(made)
    # `make docs` writes them.
    assert (DOCS / name).read_text(encoding="utf-8") == made()


def test_every_key_and_every_code_is_in_it():
    text = language_reference()
    for path, several in homes().items():
        assert f"| `{path.rsplit('.', 1)[-1]}` |" in text, path
        assert all(home.field.key.doc.replace("|", "\\|") in text for home in several), path
    assert all(f"| {code} |" in error_reference() for code in CODES)


def test_every_row_has_five_cells():
    for line in language_reference().splitlines():
        if line.startswith("| "):
            assert line.replace("\\|", "").count("|") == 6, line
