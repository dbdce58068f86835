"""A client of the REST API of a running Superset."""

import json
import secrets
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from typing import Any

from carbonshed.errors import CarbonshedError

TIMEOUT = 120  # seconds


class Client:
    """A user who has logged in.

    Parameters
    ----------
    address
        Address of the server, such as ``http://127.0.0.1:8088``.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._open = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar()),
            urllib.request.ProxyHandler({}),  # the server is on this machine
        ).open
        self._headers: dict[str, str] = {"Referer": address}

    def log_in(self, user: str, password: str) -> None:
        """Log in for all later requests."""
        answer = self.post(
            "security/login",
            {
                "username": user,
                "password": password,
                "provider": "db",
                "refresh": False,
            },
        )
        self._headers["Authorization"] = f"Bearer {answer['access_token']}"
        token = self.get("security/csrf_token/")["result"]
        self._headers["X-CSRFToken"] = token

    def get(self, path: str) -> dict[str, Any]:
        """Return the answer to a GET below ``/api/v1/``."""
        return self._ask(path, None, {})

    def post(self, path: str, content: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to a POST of JSON below ``/api/v1/``."""
        body = json.dumps(content).encode()
        return self._ask(path, body, {"Content-Type": "application/json"})

    def upload(self, path: str, field: str, content: bytes) -> dict[str, Any]:
        """Return the answer to a POST of a zip file below ``/api/v1/``."""
        border = secrets.token_hex(16)
        head = (
            f"--{border}\r\nContent-Disposition: form-data;"
            f' name="{field}"; filename="{field}.zip"\r\n'
            "Content-Type: application/zip\r\n\r\n"
        )
        body = head.encode() + content + f"\r\n--{border}--\r\n".encode()
        kind = f"multipart/form-data; boundary={border}"
        return self._ask(path, body, {"Content-Type": kind})

    def everything(self, kind: str) -> list[dict[str, Any]]:
        """Return all objects of a kind: ``chart``, ``dashboard``, ``database``."""
        return self.get(f"{kind}/?q=(page_size:100)")["result"]

    def _ask(
        self, path: str, body: bytes | None, headers: dict[str, str]
    ) -> dict[str, Any]:
        request = urllib.request.Request(
            f"{self.address}/api/v1/{path}", body, {**self._headers, **headers}
        )
        try:
            with self._open(request, timeout=TIMEOUT) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refusal:
            body = refusal.read().decode(errors="replace")
            msg = f"Superset answers {refusal.code} to {path}: {body[:2000]}"
            raise CarbonshedError(msg) from refusal
        except (urllib.error.URLError, TimeoutError) as failure:
            msg = f"Superset does not answer at {self.address}: {failure}"
            raise CarbonshedError(msg) from failure
