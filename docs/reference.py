"""Writes docs/language.md and docs/errors.md from the language's own description."""

from pathlib import Path

from degendsl.spec import error_reference, language_reference

FOLDER = Path(__file__).parent


def main() -> None:
    (FOLDER / "language.md").write_text(language_reference(), encoding="utf-8")
    (FOLDER / "errors.md").write_text(error_reference(), encoding="utf-8")


if __name__ == "__main__":
    main()
