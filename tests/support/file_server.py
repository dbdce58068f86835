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
        Bytes after which the connection breaks, once for each entry; None is never.
    headers
        Further headers of every answer.
    redirects
        Addresses to go to in place of paths.
    requests
        Method and path of everything that was asked for.
    """

    content: dict[str, bytes]
    cut_after: list[int | None] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    address: str = ""
    requests: list[tuple[str, str]] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    files: Files

    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.do_GET()

    def do_GET(self) -> None:
        self.files.requests.append((self.command, self.path))
        if target := self.files.redirects.get(self.path):
            self.send_response(302)
            self.send_header("Location", target)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body = self.files.content.get(self.path)
        if body is None:
            self.send_error(404, "Not Found")
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        for name, value in self.files.headers.items():
            self.send_header(name, value)
        self.end_headers()
        end = self.files.cut_after.pop(0) if self.files.cut_after else None
        self.wfile.write(body[:end])


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
