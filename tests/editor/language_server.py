"""A client of the YAML language server, as small as an editor can be: JSON-RPC over pipes."""

import json
import queue
import subprocess
import threading
from pathlib import Path
from typing import Any, Self

_SECONDS = 60.0


class Editor:
    """Opens files in the server and asks what an editor would ask."""

    def __init__(self, command: Path, folder: Path) -> None:
        self._process = subprocess.Popen(
            [str(command), "--stdio"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._heard: queue.Queue[dict[str, Any]] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        self._asked = 0
        markdown = {"contentFormat": ["markdown", "plaintext"]}
        completion = {"completionItem": {"documentationFormat": ["markdown"]}}
        capabilities = {
            "textDocument": {"hover": markdown, "completion": completion},
            "workspace": {"configuration": True},
        }
        root = {"rootUri": folder.as_uri(), "processId": None, "capabilities": capabilities}
        self.ask("initialize", root)
        self._tell("initialized", {})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()

    def diagnostics(self, path: Path, text: str) -> list[dict[str, Any]]:
        """What the server has to say about a text."""
        uri = path.as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._tell("textDocument/didOpen", {"textDocument": document})
        while True:
            message = self._next()
            if message.get("method") == "textDocument/publishDiagnostics":
                if message["params"]["uri"] == uri:
                    return message["params"]["diagnostics"]

    def completions(self, path: Path, line: int, character: int) -> dict[str, dict[str, Any]]:
        """What is offered at a place of an open file, by label."""
        found = self.ask("textDocument/completion", _at(path, line, character))
        items = found["items"] if isinstance(found, dict) else found
        return {item["label"]: item for item in items}

    def hover(self, path: Path, line: int, character: int) -> str:
        """What is shown at a place of an open file."""
        found = self.ask("textDocument/hover", _at(path, line, character))
        contents = found["contents"] if found else ""
        return contents["value"] if isinstance(contents, dict) else str(contents)

    def ask(self, method: str, params: Any) -> Any:
        """The answer to one request."""
        self._asked += 1
        number = self._asked
        self._send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        while True:
            message = self._next()
            if message.get("id") == number and "method" not in message:
                assert "error" not in message, message["error"]
                return message["result"]

    def _tell(self, method: str, params: Any) -> None:
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def _next(self) -> dict[str, Any]:
        message = self._heard.get(timeout=_SECONDS)
        if "id" in message and "method" in message:
            # The server asks for settings; without the store of schemas it needs no network.
            settings = {"schemaStore": {"enable": False}, "validate": True, "hover": True}
            settings |= {"completion": True}
            asked = message.get("params") or {}
            items = asked.get("items", ())
            result: Any = [settings if one.get("section") == "yaml" else None for one in items]
            self._send({"jsonrpc": "2.0", "id": message["id"], "result": result or None})
        return message

    def _send(self, message: dict[str, Any]) -> None:
        content = json.dumps(message).encode()
        assert self._process.stdin
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(content), content))
        self._process.stdin.flush()

    def _listen(self) -> None:
        stream = self._process.stdout
        assert stream
        while header := stream.readline():
            length = int(header.split(b":")[1])
            while stream.readline().strip():
                pass
            self._heard.put(json.loads(stream.read(length)))


def _at(path: Path, line: int, character: int) -> dict[str, Any]:
    place = {"line": line, "character": character}
    return {"textDocument": {"uri": path.as_uri()}, "position": place}
