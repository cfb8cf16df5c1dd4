"""`degendsl explain`: what a word of the language, an error code or a whole study means."""

import argparse
from dataclasses import asdict
from pathlib import Path

from ._answers import Answer, answer_each, json_option, say
from ._specs import load, spec_options

NAME = "explain"
HELP = "What a key, an error code or a whole study means, in plain English."

_HEADINGS = {
    "trained": "What is trained",
    "varied": "How many, and what varies",
    "measured": "What is measured",
    "expected": "What is expected",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    spec_options(parser, "word", "such as task.flip_probability, E012, or a spec")
    json_option(parser)


def run(options: argparse.Namespace) -> int:
    from degendsl.errors import UsageError

    target = Path(options.word)
    if target.suffix in (".yaml", ".yml"):
        return answer_each(options, options.word, lambda path: _study(options, path))
    try:
        return say(_word(options.word), as_json=options.json)
    except UsageError:
        # A word of the language comes first: a folder may well be called `model`.
        if target.is_dir():
            return answer_each(options, options.word, lambda path: _study(options, path))
        raise


def _word(word: str) -> Answer:
    from degendsl.spec import explain

    text = explain(word)
    return Answer(text=text, content={"word": word, "text": text})


def _study(options: argparse.Namespace, path: str) -> Answer:
    from degendsl.planning import make_plan, sentences

    spec = load(options, path)
    told = asdict(sentences(make_plan(spec)))
    title = spec.study.title or spec.study.name
    lines = [title]
    for part, heading in _HEADINGS.items():
        if told[part]:
            lines += ["", heading, *(f"  {sentence}" for sentence in told[part])]
    return Answer(text="\n".join(lines), content={"title": title, **told})
