"""`degendsl init`: a first spec that runs, and what editors need to help writing it."""

import argparse
import json
from importlib.resources import files
from pathlib import Path

from degendsl.errors import UsageError

from ._answers import Answer, json_option, say

NAME = "init"
HELP = "Write a commented spec that runs, and the schema for editors beside it."

SCHEMA = ".degendsl/schema-v1.json"

# JetBrains editors read this; others follow the comment in the spec's first line.
_JETBRAINS = f"""\
<?xml version="1.0" encoding="UTF-8"?>
<project version="4">
  <component name="JsonSchemaMappingsProjectConfiguration">
    <state>
      <map>
        <entry key="degendsl">
          <value>
            <SchemaInfo>
              <option name="name" value="degendsl" />
              <option name="relativePathToSchema" value="{SCHEMA}" />
              <option name="patterns">
                <list>
                  <Item><option name="path" value="spec.yaml" /></Item>
                  <Item>
                    <option name="directory" value="true" />
                    <option name="path" value="specs" />
                    <option name="mappingKind" value="Directory" />
                  </Item>
                </list>
              </option>
            </SchemaInfo>
          </value>
        </entry>
      </map>
    </state>
  </component>
</project>
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", metavar="DIR", nargs="?", default=".", help="where; by default here"
    )
    json_option(parser)


def run(options: argparse.Namespace) -> int:
    from degendsl.spec import json_schema

    folder = Path(options.folder)
    contents = {
        "spec.yaml": (files("degendsl.commands") / "first_study.yaml").read_text(encoding="utf-8"),
        SCHEMA: json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n",
        ".idea/jsonSchemas.xml": _JETBRAINS,
    }
    written, kept, lines = [], [], []
    for name, content in contents.items():
        path = folder / name
        if _create(path, content):
            written.append(name)
            lines.append(f"wrote {path}")
            continue
        kept.append(name)
        old = name == SCHEMA and path.read_text(encoding="utf-8", errors="replace") != content
        newer = "; it is of another version of degendsl, delete it to get this one's" if old else ""
        lines.append(f"kept  {path}, which was there{newer}")
    lines.append(f"next: degendsl run {folder / 'spec.yaml'}")
    content = {"folder": str(folder), "written": written, "kept": kept}
    return say(Answer(text="\n".join(lines), content=content), as_json=options.json)


def _create(path: Path, content: str) -> bool:
    """Write a new file; false where something is there already."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "x", encoding="utf-8") as file:
            file.write(content)
    except FileExistsError:
        if not path.is_file():
            raise UsageError(f"cannot write {path}: something else is there") from None
        return False
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror or error}") from None
    return True
