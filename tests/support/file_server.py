"""A server on the loopback interface that can be told to misbehave."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Files:
    """What the server serves, and how.

    Attributes
    ----------
    content
        Files by path.
    cut_after
        Bytes after which the line breaks, once for each entry; None is never.
    headers
        Further headers of every answer.
    has_ranges
        Whether a part may be asked for.
    tag
        The version of all files; None to say none.
    requests
        Method, path and range of everything that was asked for.
    """

    content: dict[str, bytes]
    cut_after: list[int | None] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    has_ranges: bool = True
    wrong_range: bool = False
    tag: str | None = '"1"'
    address: str = ""
    requests: list[tuple[str, str, str | None]] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    files: Files

    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.do_GET()

    def do_GET(self) -> None:
        asked = self.headers.get("Range")
        self.files.requests.append((self.command, self.path, asked))
        body = self.files.content.get(self.path)
        if body is None:
            self.send_error(404, "Not Found")
            return
        self._send(body, self._start(asked))

    def _start(self, asked: str | None) -> int:
        same = self.headers.get("If-Range") in (None, self.files.tag)
        if not asked or not self.files.has_ranges or not same:
            return 0
        return int(asked.removeprefix("bytes=").removesuffix("-"))

    def _send(self, body: bytes, start: int) -> None:
        files = self.files
        if start and start >= len(body):
            self.send_error(416, "Range Not Satisfiable")
            return
        self.send_response(206 if start else 200)
        if start:
            first = start + 1 if files.wrong_range else start
            span = f"bytes {first}-{len(body) - 1}/{len(body)}"
            self.send_header("Content-Range", span)
        self.send_header("Content-Length", str(len(body) - start))
        if files.tag:
            self.send_header("ETag", files.tag)
        for name, value in files.headers.items():
            self.send_header(name, value)
        self.end_headers()
        end = files.cut_after.pop(0) if files.cut_after else None
        self.wfile.write(body[start:] if end is None else body[start : start + end])


@contextmanager
def serving(files: Files) -> Iterator[Files]:
    """Serve files while the block runs; `address` is then where."""
    handler = type("Handler", (_Handler,), {"files": files})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    files.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield files
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
