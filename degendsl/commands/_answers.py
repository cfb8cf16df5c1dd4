"""What a command answers, for one study or for every study of a folder."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from degendsl.errors import DegendslError

# Warnings that a terminal is given.
_WARNINGS = 20


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is said of one study.

    text: for people, on standard output. content: the same for programs.
    problems: for people, on standard error, also with `--json`. code: the exit code.
    """

    text: str
    content: Any
    problems: str = ""
    code: int = 0


def json_option(parser: argparse.ArgumentParser) -> None:
    """`--json`, which every command has whose answer a program might read."""
    parser.add_argument("--json", action="store_true", help="the answer as JSON")


def say(answer: Answer, *, as_json: bool) -> int:
    """Print an answer; its exit code."""
    if answer.problems:
        warn(answer.problems)
    if as_json:
        print(_json(answer.content))
    elif answer.text:
        print(shown(answer.text))
    return answer.code


def _json(content: Any) -> str:
    """JSON that any terminal takes: a path that is not in UTF-8 is kept as escapes."""
    text = json.dumps(content, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(content)
    return text


def warn(text: str) -> None:
    """Something for people, on standard error."""
    print(shown(text), file=sys.stderr)


def warned(warnings: Sequence[str]) -> list[str]:
    """Lines on standard error for what does not fail; of very many the page has the rest."""
    more = len(warnings) - _WARNINGS
    rest = [f"warning: and {more} more, on the page"] if more > 0 else []
    return [*(f"warning: {one}" for one in warnings[:_WARNINGS]), *rest]


def shown(text: str) -> str:
    """Lines as a terminal shows them: what files say steers no terminal."""
    from degendsl.spec import printable

    return "\n".join(printable(line) for line in text.split("\n"))


def answer_each(options: argparse.Namespace, target: str, answer: Callable[[str], Answer]) -> int:
    """The answer for a target, or one after another for every spec of a folder.

    A study that fails does not keep the others from their turn; the exit code is the worst. As
    JSON a folder is a list, each entry with its `spec`.
    """
    specs = specs_of(target)
    if specs is None:
        return say(answer(target), as_json=options.json)
    contents, worst = [], 0
    for path in specs:
        try:
            found = answer(str(path))
        except DegendslError as error:
            if options.debug:
                raise
            content = {"error": str(error), "exit_code": error.exit_code}
            found = Answer(text="", content=content, problems=str(error), code=error.exit_code)
        contents.append({"spec": str(path), **found.content})
        worst = max(worst, found.code)
        if not options.json and found.text:
            head = f"{path}:\n" if "\n" in found.text else ""
            found = Answer(text=head + found.text, content=None, problems=found.problems)
        elif options.json:
            found = Answer(text="", content=None, problems=found.problems)
        say(found, as_json=False)
    if options.json:
        print(_json(contents))
    return worst


def specs_of(target: str) -> list[Path] | None:
    """The specs of a folder by name; None where the target is a file or a results folder."""
    folder = Path(target)
    if not folder.is_dir() or (folder / "spec.lock.json").exists():
        return None
    found = sorted(p for p in folder.iterdir() if p.suffix in (".yaml", ".yml") and p.is_file())
    return found or None


def count(number: int, what: str) -> str:
    """`1 condition`, `3 conditions`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"
