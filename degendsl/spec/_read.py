"""From a path or bytes to the text of a spec; everything that can be wrong before YAML begins."""

import os
import re
import stat
from pathlib import Path

from ._places import Place, Source
from ._problems import Problem, SpecError
from ._words import nearest

MAX_BYTES = 256_000

# What YAML 1.2 calls printable, less the characters at which only some programs end a line, so
# that everyone counts the same lines.
_CONTROL = re.compile(
    "[^\\n\\r\\t\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029\ufeff]"
)
_NEEDED = "a spec begins with `degendsl: 1` and names `study.name` and `task.kind`"
_SMALL = f"a spec is at most {MAX_BYTES:,} bytes of text"


def read(path: Path) -> bytes:
    """The bytes of a spec file, never more than a spec may have."""
    name = str(path)
    try:
        # Asked first, because opening a pipe would wait for somebody to write into it.
        kind = os.stat(path).st_mode
        if stat.S_ISDIR(kind):
            raise _refuse("E001", name, "this is a folder", "give a spec file inside it")
        if not stat.S_ISREG(kind):
            raise _refuse("E001", name, "this is not a file", "give the path of a spec file")
        with open(path, "rb") as file:
            # A byte more than allowed is enough to know; the rest is never read.
            content = file.read(MAX_BYTES + 1)
            if len(content) > MAX_BYTES:
                size = os.fstat(file.fileno()).st_size
                raise _refuse("E002", name, f"the file has {size:,} bytes", _SMALL)
            return content
    except FileNotFoundError:
        raise _refuse("E001", name, "there is no such file", _neighbour(path)) from None
    except PermissionError:
        hint = "ask for permission to read it"
        raise _refuse("E001", name, "the file may not be read", hint) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _refuse("E001", name, f"the file cannot be read: {reason}") from None


def decode(content: bytes, name: str) -> Source:
    """The text of a spec's bytes."""
    if len(content) > MAX_BYTES:
        raise _refuse("E002", name, f"the text has {len(content):,} bytes", _SMALL)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        place = Source(name, "").start
        message, hint = "this is UTF-16 text, not UTF-8", "save the file as UTF-8"
        raise SpecError([place.problem("E002", message, hint)])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # `object` is what was decoded, which lacks the mark that `utf-8-sig` takes away.
        good = error.object[: error.start].decode("utf-8")
        source = Source(name, good)
        message, hint = "this is not UTF-8 text", "save the file as text encoded in UTF-8"
        raise SpecError([_end(source, good).problem("E002", message, hint)]) from None
    source = Source(name, text)
    if not text.strip():
        raise SpecError([source.start.problem("E002", "the file is empty", _NEEDED)])
    problems = [_control(source, match) for match in _CONTROL.finditer(text)]
    problems += [] if problems else _tabs(source)
    if problems:
        # A binary file has thousands; the first few say as much.
        raise SpecError(problems[:3])
    return source


def _control(source: Source, match: "re.Match[str]") -> Problem:
    place = _end(source, source.text[: match.start()])
    message = f"a spec is text, but this is the control character U+{ord(match.group()):04X}"
    return place.problem("E002", message, "remove it")


def _tabs(source: Source) -> list[Problem]:
    """Tabs outside comments: in YAML they look like indentation and are none."""
    problems = []
    for number, line in enumerate(source.lines, start=1):
        if "\t" in line:
            column = re.split(r"(?:^|[ \t])#", line)[0].find("\t")
            # A line that holds nothing else means nothing.
            if column >= 0 and line.strip():
                place = source.at(number, column + 1)
                problems.append(place.problem("E003", "a tab", "write spaces instead"))
    return problems


def _end(source: Source, text: str) -> Place:
    lines = Source("", text).lines
    return source.at(len(lines), len(lines[-1]) + 1)


def _neighbour(path: Path) -> str:
    try:
        close = nearest(path.name, sorted(p.name for p in path.parent.glob("*.y*ml"))[:1000])
    except OSError:
        close = ""
    return close or "check the path; `degendsl init` writes a first spec"


def _refuse(code: str, name: str, message: str, hint: str = "") -> SpecError:
    return SpecError([Problem(code=code, name=name, message=message, hint=hint)])
