"""What keeps a page to itself: a policy that names its own script and styles, and safe JSON."""

import base64
import hashlib
import json
from typing import Any


def content_policy(scripts: list[str], styles: list[str]) -> str:
    """A content security policy under which only these very texts run and nothing is fetched."""
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {_sources(scripts)}",
            f"style-src {_sources(styles)}",
            "img-src data: blob:",
            "connect-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def inline_json(value: Any) -> str:
    """JSON that no text inside can end the script element of."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _sources(texts: list[str]) -> str:
    """The texts that may run, by their hash; none where there are none."""
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts]
    return " ".join(f"'sha256-{digest}'" for digest in digests) or "'none'"
