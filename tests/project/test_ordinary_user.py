"""Root and an ordinary user ingest, build and ask alike, and replace no device."""

import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from support.tiny_folder import TinyFolder
from support.tiny_warehouse import write_warehouse

pytestmark = pytest.mark.slow

RUNNER, ORDINARY = "who runs the tests", "nobody"
READS_ALL = "dac_read_search"  # the environment may be in a folder of root's own


class User:
    """Somebody with a project of his own."""

    def __init__(self, name: str, project: Path, environment: dict[str, str]) -> None:
        self.name = name
        self.project = project
        self.environment = environment
        self.prefix: tuple[str, ...] = ()
        if name == ORDINARY:
            user = pwd.getpwnam(name)
            self.prefix = (
                *("setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}"),
                "--clear-groups",
                *(f"--{kind}-caps=+{READS_ALL}" for kind in ("inh", "ambient")),
            )

    def take(self, path: Path) -> Path:
        """Own a file, or a folder with all that is in it; return it."""
        if self.name == ORDINARY:
            for each in (path, *path.rglob("*")):
                shutil.chown(each, ORDINARY)
        return path

    def run(self, program: str, *words: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [*self.prefix, str(Path(sys.executable).with_name(program)), *words],
            cwd=self.project,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )


@pytest.fixture(scope="module", params=[RUNNER, ORDINARY])
def user(request, small_project):
    """Yield whoever runs the tests, and an ordinary user."""
    if request.param == ORDINARY:
        if os.geteuid() != 0:
            pytest.skip("who runs the tests is an ordinary user already")
        if shutil.which("setpriv") is None:
            pytest.skip("only root with setpriv can run commands as another user")
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "project"
        made = shutil.ignore_patterns("data", "warehouse", "target", "logs")
        shutil.copytree(small_project.root, project, ignore=made)
        home = {"HOME": "/nonexistent", "USER": request.param}
        kept = small_project.environment | (home if request.param == ORDINARY else {})
        user = User(request.param, project, kept)
        user.take(Path(folder))
        tried = user.run("python", "-c", "import carbonshed")
        if tried.returncode:
            pytest.skip(f"{ORDINARY} cannot read the environment: {tried.stdout}")
        yield user


@pytest.fixture(scope="module")
def published(user):
    """Publish a warehouse of two marts as the user, and return the project."""
    user.take(write_warehouse(user.project / "warehouse" / "tiny.duckdb", rows=30))
    user.take(user.project / "warehouse")
    done = user.run("carbonshed", "publish", "tiny")
    assert done.returncode == 0, done.stdout
    return user.project


# root does so in all other files
@pytest.mark.parametrize("user", [RUNNER if os.geteuid() else ORDINARY], indirect=True)
def test_a_dataset_is_ingested_and_built(user):
    folder = user.take(TinyFolder(user.project / "tidy").write())
    ingested = user.run("carbonshed", "ingest", "tidy", str(folder), "--name", "own")
    assert ingested.returncode == 0, ingested.stdout
    # which becomes dbt
    words = ("--", "--threads", "1", "--select", "stg_regions")
    built = user.run("carbonshed", "build", "own", *words)
    assert built.returncode == 0, built.stdout
    checked = user.run("carbonshed", "check", "dataset", "own")
    assert checked.returncode == 0, checked.stdout
    owners = {path.owner() for path in user.project.rglob("*")}
    assert owners == {user.project.owner()}


def test_a_question_is_answered(user, published):
    words = ("tiny", "select sum(regions) as regions from sums", "-f", "csv")
    done = user.run("carbonshed", "query", *words)
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines()[-2:] == ["regions", "30"]


def test_a_folder_that_may_not_be_written_to_is_named(user, published):
    """Root may write there; then the answer is there."""
    folder = published / "kept"
    folder.mkdir(exist_ok=True)
    folder.chmod(0o555)
    user.take(folder)
    answer = folder / "answer.csv"
    done = user.run("carbonshed", "query", "tiny", "from sums", "-o", str(answer))
    assert "Traceback" not in done.stdout
    if user.name == ORDINARY or os.geteuid() != 0:
        assert done.returncode == 1, done.stdout
        assert "error: " in done.stdout
        assert str(answer) in done.stdout
        assert "Permission denied" in done.stdout
        assert not answer.exists()
    else:
        assert done.returncode == 0, done.stdout
        assert answer.read_text("utf-8").splitlines()[1:] == ["1,30"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a device")
def test_a_device_stays_one(user, published):
    device = published / "device"
    os.mknod(device, stat.S_IFCHR | 0o666, os.makedev(1, 3))  # as /dev/null
    try:
        user.take(device)
        before = device.stat()
        words = ("query", "tiny", "from sums", "-f", "csv", "-o", str(device))
        done = user.run("carbonshed", *words)
        assert "Traceback" not in done.stdout
        now = device.stat()
        assert stat.S_ISCHR(now.st_mode), done.stdout
        assert (now.st_ino, now.st_rdev) == (before.st_ino, before.st_rdev)
    finally:
        device.unlink()
