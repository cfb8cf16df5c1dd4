"""One hash for one meaning: sha256 over canonical JSON."""

import hashlib
from typing import Any

import rfc8785


def digest(value: Any) -> str:
    """sha256 over canonical JSON (RFC 8785) in hex. Raises for numbers that JSON cannot hold."""
    return hashlib.sha256(rfc8785.dumps(value)).hexdigest()
