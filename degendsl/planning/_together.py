"""One sentence for many conditions: `1, 2 or 3 channels` where they differ."""

import difflib
import os.path
from collections.abc import Iterator, Sequence

_LISTED = 8


def together(sentences: Sequence[str]) -> str | None:
    """The one sentence that is true of all, alternatives listed where they differ.

    None where the sentences are built too differently for that. A word that only some of them
    have, such as a plural's, is kept as long as it is no number.
    """
    several = list(dict.fromkeys(sentences))
    tokens = [sentence.split(" ") for sentence in several]
    longest = max(tokens, key=len)
    rows = [_stretched(words, longest) for words in tokens]
    if any(row is None for row in rows):
        return None
    columns = zip(*(row for row in rows if row is not None), strict=True)
    return " ".join(_alternatives(list(dict.fromkeys(column))) for column in columns)


def listed(words: Sequence[str], last: str = "or") -> str:
    """`a`, `a or b`, `a, b or c`."""
    *others, final = words
    return f"{', '.join(others)} {last} {final}" if others else final


def _stretched(words: list[str], longest: list[str]) -> list[str] | None:
    """Words with as many places as the longest sentence, or None where they do not fit it."""
    if len(words) == len(longest):
        return words
    stretched: list[str] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, words, longest, False).get_opcodes():
        if kind == "insert" and not any(_digit(word) for word in longest[c:d]):
            stretched += longest[c:d]
        elif kind == "equal" or (kind == "replace" and b - a == d - c):
            stretched += words[a:b]
        else:
            return None
    return stretched


def _digit(word: str) -> bool:
    return any(character.isdigit() for character in word)


def _alternatives(words: list[str]) -> str:
    """Words at one place of a sentence; what they all begin and end with is said once."""
    if len(words) == 1:
        return words[0]
    plurals = [word for word in words if f"{word}s" in words]
    if len(words) == 2 and plurals:
        return f"{plurals[0]}s"
    before = "(" if all(word.startswith("(") for word in words) else ""
    after = _common_end([word[len(before) :] for word in words])
    cores = [word[len(before) : len(word) - len(after)] for word in words]
    return f"{before}{_values(cores)}{after}"


def _common_end(words: list[str]) -> str:
    """The end that words share, as long as no number is cut in two."""
    end = os.path.commonprefix([word[::-1] for word in words])[::-1]
    shortest = min(len(word) for word in words)
    end = end[max(0, len(end) - shortest + 1) :]
    return "".join(_from_sign(end))


def _from_sign(end: str) -> Iterator[str]:
    started = False
    for character in end:
        started = started or not (character.isalnum() or character == ".")
        if started:
            yield character
    if not started and end.endswith("."):
        yield "."


def _values(cores: list[str]) -> str:
    if len(cores) <= _LISTED:
        return listed(cores)
    return f"{cores[0]} to {cores[-1]} ({len(cores)} values)"
