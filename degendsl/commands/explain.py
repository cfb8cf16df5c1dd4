"""`degendsl explain`: what a word of the language or an error code means."""

import argparse

from ._answers import Answer, json_option, say

NAME = "explain"
HELP = "What a key or an error code means."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("word", metavar="WORD", help="such as task.flip_probability or E012")
    json_option(parser)


def run(options: argparse.Namespace) -> int:
    from degendsl.spec import explain

    text = explain(options.word)
    return say(Answer(text=text, content={"text": text}), as_json=options.json)
