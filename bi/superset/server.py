"""A Superset of one dataset, on this machine alone."""

import os
import secrets
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

from carbonshed.errors import CarbonshedError

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
PROGRAM = PROJECT / ".venv-superset" / "bin" / "superset"
USER = "admin"
PATIENCE = 180  # seconds to wait for the start


class Server:
    """Superset with its own folder of settings, users and dashboards.

    Parameters
    ----------
    home
        The folder; made if it is missing.
    port
        Port on 127.0.0.1; 0 takes any that is free.
    """

    def __init__(self, home: Path, port: int) -> None:
        self.home = home.resolve()
        self.port = port or _free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen | None = None

    @property
    def password(self) -> str:
        """The password of the user: ``SUPERSET_PASSWORD``, or a random one."""
        return os.environ.get("SUPERSET_PASSWORD") or self._secret("password")

    @property
    def where(self) -> str:
        """The place of the password: a variable or a file."""
        if os.environ.get("SUPERSET_PASSWORD"):
            return "SUPERSET_PASSWORD"
        return str(self.home / "password")

    def prepare(self) -> None:
        """Create tables, roles and user; takes half a minute the first time."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._secret("secret")
        prepared = self.home / "prepared"
        if not prepared.exists():
            self._run("db", "upgrade")
            self._run("init")
            self._run(
                *("fab", "create-admin", "--username", USER),
                *("--firstname", "Carbonshed", "--lastname", "Admin"),
                *("--email", "admin@localhost"),
                typed=f"{self.password}\n" * 2,
            )
            prepared.touch()

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises
        ------
        CarbonshedError
            If the port is taken, or it ends without an answer.
        """
        _refuse_port_in_use(self.port)
        with (self.home / "server.log").open("w") as log:
            self._process = subprocess.Popen(
                [PROGRAM, "run", "--host", "127.0.0.1", "--port", str(self.port)],
                cwd=PROJECT,
                env=self._environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        end = time.monotonic() + PATIENCE
        while not self._is_up():
            if self._process.poll() is not None or time.monotonic() > end:
                msg = f"Superset did not start; see {self.home / 'server.log'}"
                raise CarbonshedError(msg)
            time.sleep(0.3)

    def wait(self) -> None:
        """Wait until it ends."""
        if self._process:
            self._process.wait()

    def stop(self) -> None:
        """Stop it."""
        if self._process and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()

    def _is_up(self) -> bool:
        # connect directly, whatever proxy the environment names
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"{self.address}/health", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def _environment(self) -> dict[str, str]:
        ours = {
            "SUPERSET_HOME": str(self.home),
            "SUPERSET_CONFIG_PATH": str(HERE / "superset_config.py"),
            "FLASK_APP": "superset",
        }
        # keep the packages of the project out of Superset's environment
        kept = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
        return {**kept, **ours}

    def _run(self, *words: str, typed: str = "") -> None:
        done = subprocess.run(
            [PROGRAM, *words],
            cwd=PROJECT,
            env=self._environment(),
            input=typed,
            # without a terminal Superset reads the password from its input; in a
            # command line every user of the machine would see it
            start_new_session=True,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            output = (done.stdout + done.stderr)[-2000:]
            raise CarbonshedError(f"superset {words[0]} failed:\n{output}")

    def _secret(self, name: str) -> str:
        path = self.home / name
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(32), encoding="utf-8")
        return path.read_text(encoding="utf-8")


def _refuse_port_in_use(port: int) -> None:
    # a server that uses the port already would receive the password
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as taken:
            msg = f"port {port} cannot be used: {taken.strerror}; name another: --port"
            raise CarbonshedError(msg) from taken


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
