"""What keeps a page to itself: a policy that names its own scripts and styles."""

import base64
import hashlib


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


def _sources(texts: list[str]) -> str:
    """The texts that may run, by their hash; none where there are none."""
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts]
    return " ".join(f"'sha256-{digest}'" for digest in digests) or "'none'"
