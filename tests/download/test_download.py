"""Downloads, from a server on the loopback interface that serves what is made here."""

import base64
import csv
import gzip
import hashlib
import io
import random
import socket
import sys
import zipfile
from pathlib import Path

import pytest
from support.file_server import Files, serving
from support.layouts.exiobase3 import write_exiobase3
from support.refusals import refused
from support.world_systems import Labels, world

from carbonshed.cli import app
from carbonshed.download.fetch import (
    BY_HAND,
    _encrypted,
    _refuse_other_checksum,
    checksum_file,
    fetch,
    plan_of,
    read_page,
)
from carbonshed.files import FileLock

BODY = random.Random(4).randbytes(300_000)


@pytest.fixture(autouse=True)
def no_proxy(empty_project, monkeypatch):
    """Work in a project of its own, and past every proxy."""
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def files():
    with serving(Files({"/a.bin": BODY})) as found:
        yield found


def get(files, path, name="/a.bin", progress=lambda *_: None):
    return fetch(files.address + name, path, progress, "https://page")


def test_a_file_arrives_with_its_checksum(files, empty_project):
    told = []
    path = empty_project / "deep" / "folder" / "a.bin"
    fetched = get(files, path, progress=lambda *step: told.append(step))
    assert path.read_bytes() == BODY
    digest = hashlib.sha256(BODY).hexdigest()
    assert fetched.sha256 == digest
    assert checksum_file(path).read_text() == f"{digest}  a.bin\n"
    assert told[-1] == ("a.bin", 1.0)
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert sorted(p.name for p in path.parent.iterdir()) == ["a.bin", "a.bin.sha256"]


def test_what_is_complete_is_checked_and_not_fetched_again(files, empty_project):
    path = empty_project / "a.bin"
    get(files, path)
    assert get(files, path).was_there
    assert len(files.requests) == 1
    path.write_bytes(BODY[:-1] + b"?")
    with refused("changed or damaged"):
        get(files, path)
    checksum_file(path).unlink()
    assert get(files, path).was_there  # put there by hand: it gets its checksum
    assert checksum_file(path).is_file()


@pytest.mark.parametrize("cut", [1, 299_999])
def test_half_a_file_is_no_file(files, empty_project, cut):
    files.cut_after = [cut]
    with refused("broke before all 300,000 bytes"):
        get(files, empty_project / "a.bin")
    assert not list(empty_project.glob("a.bin*"))
    get(files, empty_project / "a.bin")
    assert (empty_project / "a.bin").read_bytes() == BODY


def test_what_a_killed_download_left_is_written_over(files, empty_project):
    (empty_project / "a.bin.part").write_bytes(BODY[:100] + b"more")
    get(files, empty_project / "a.bin")
    assert (empty_project / "a.bin").read_bytes() == BODY
    assert not (empty_project / "a.bin.part").exists()


def _checksums(body):
    sha256 = base64.b64encode(hashlib.sha256(body).digest()).decode()
    md5 = hashlib.md5(body)
    return {
        "Digest": f"md5=0, SHA-256={sha256}",
        "Repr-Digest": f"sha-256=:{sha256}:",
        "Content-MD5": base64.b64encode(md5.digest()).decode(),
        "Content-MD5 in hexadecimal": md5.hexdigest(),
    }


@pytest.mark.parametrize("kind", _checksums(b""))
def test_the_checksum_that_the_server_sends_is_checked(files, empty_project, kind):
    header = kind.split()[0]
    files.headers = {header: _checksums(BODY)[kind]}
    get(files, empty_project / "right.bin")
    files.headers = {header: _checksums(BODY + b"?")[kind]}
    with refused(r"the server promises the (sha256|md5)"):
        get(files, empty_project / "wrong.bin")
    assert not list(empty_project.glob("wrong.bin*"))


def test_another_file_than_last_time_is_not_taken(files, empty_project):
    path = empty_project / "a.bin"
    get(files, path)
    path.unlink()
    files.content["/a.bin"] = BODY[::-1]
    with refused("the server has another file than before"):
        get(files, path)
    assert not path.exists()
    checksum_file(path).write_text("no checksum\n")
    with refused("is no SHA-256 checksum; delete it"):
        get(files, path)


def test_no_redirection_leads_to_what_is_not_encrypted(files, empty_project):
    files.redirects = {"/moved.bin": "/a.bin", "/down.bin": "http://example.invalid/a"}
    assert get(files, empty_project / "b.bin", "/moved.bin").size == len(BODY)
    with refused(r"redirects to http://example\.invalid/a"):
        get(files, empty_project / "a.bin", "/down.bin")
    with refused("is not encrypted"):
        read_page(f"{files.address}/down.bin")
    assert not list(empty_project.glob("a.bin*"))


def test_addresses_of_others_are_encrypted():
    assert _encrypted("http://www.wiod.org/a?b=1") == "https://www.wiod.org/a?b=1"
    for url in ("https://zenodo.org/a", "http://localhost:80/a", "http://127.0.0.1/a"):
        assert _encrypted(url) == url
    for url in ("ftp://host/a", "file:///etc/passwd", "a"):
        with refused("https://"):
            _encrypted(url)


def test_a_file_that_its_publisher_has_not_published_is_not_taken(empty_project):
    folder = Path(sys.modules[fetch.__module__].__file__).parent
    known = list(csv.DictReader((folder / "known_checksums.csv").open()))
    assert known
    (empty_project / "part").write_bytes(BODY)
    for row in known:
        assert len(row["digest"]) == 2 * hashlib.new(row["algorithm"]).digest_size
        with refused("is not the file that was published"):
            _refuse_other_checksum(f"{row['url']}?download=1", empty_project / "part")
    _refuse_other_checksum("https://example.org/unknown.zip", empty_project / "part")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.bin", r"404 Not Found; download it by hand from https://page"),
        ("a.zip", r"no zip file, it begins with b'<html>"),
    ],
)
def test_what_the_server_does_not_have_says_so(files, empty_project, name, message):
    files.content["/a.zip"] = b"<html>please log in</html>"
    with refused(message):
        get(files, empty_project / name, f"/{name}")
    assert not list(empty_project.glob(f"{name}*"))


def test_no_server_and_no_network_say_so(empty_project, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with refused(r"127\.0\.0\.1:\d+ cannot be reached"):
        fetch(
            f"http://127.0.0.1:{port}/a",
            empty_project / "a",
            lambda *_: None,
            "https://p",
        )

    def no_name(*_, **__):
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", no_name)
    with refused(r"is not known: no network\?"):
        fetch("http://example.invalid/a", empty_project / "a.bin", lambda *_: None)


def test_files_that_cannot_be_written_say_so(files, empty_project):
    lock = FileLock(empty_project / ".a.bin.lock")
    lock.acquire()
    with refused("another download of it is running"):
        get(files, empty_project / "a.bin")
    lock.release()
    (empty_project / "file").touch()
    with refused("cannot be written"):
        get(files, empty_project / "file" / "a.bin")


def packed(**members):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "."), text)
    return content.getvalue()


@pytest.fixture
def config(files, monkeypatch):
    """Send pymrio's addresses to the server."""
    config = pytest.importorskip("pymrio.tools.iodownloader")
    here, exiobase = files.address, config.EXIOBASE3_CONFIG
    pattern = exiobase["mrio_regex"].replace("https://zenodo.org/", f"{here}/")
    assert pattern != exiobase["mrio_regex"]
    accounts = config.WIOD_CONFIG["satellite_urls"]
    bundles = config.OECD_CONFIG["datafiles"].items()
    addresses = {
        "EXIOBASE3_CONFIG": {"url_db_view": f"{here}/doi", "mrio_regex": pattern},
        "WIOD_CONFIG": {
            "url_db_view": f"{here}/wiots13",
            "url_db_content": f"{here}/",
            "satellite_urls": [
                u.replace("http://www.wiod.org", here) for u in accounts
            ],
        },
        "OECD_CONFIG": {
            "datafiles": {
                release: {bundle: f"{here}/{release}/{bundle}.zip" for bundle in names}
                for release, names in bundles
            }
        },
    }
    for name, changes in addresses.items():
        monkeypatch.setattr(config, name, {**getattr(config, name), **changes})
    return config


def run(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["carbonshed", "download", *map(str, arguments)])
    monkeypatch.setattr("signal.signal", lambda *_: None)
    with pytest.raises(SystemExit) as end:
        app()
    printed = capsys.readouterr()
    code = end.value.code
    return printed.err if code == 1 else code, printed.out


def test_exiobase_comes_from_the_page_that_lists_it(
    files, config, empty_project, monkeypatch, capsys
):
    labels = Labels(("AT", "CN"), ("Education (80)",), ("Changes in inventories",), ())
    zipped = write_exiobase3(
        world(labels), 2010, empty_project / "made.zip"
    ).read_bytes()
    links = [f"{files.address}/records/7/files/IOT_{y}_{v}.zip" for y, v in PAGE]
    files.content["/doi"] = " ".join(f'<a href="{url}">' for url in links).encode()
    files.content["/records/7/files/IOT_2010_ixi.zip"] = zipped
    files.content["/records/7/files/IOT_2010_pxp.zip"] = packed(other="")
    code, output = run(monkeypatch, capsys, "exiobase3", 2010)
    assert code in (0, None)
    path = empty_project / "downloads" / "exiobase3" / "IOT_2010_ixi.zip"
    assert path.read_bytes() == zipped
    assert hashlib.sha256(zipped).hexdigest() in output
    assert f"carbonshed ingest exiobase3 {path} --name NAME --year 2010" in output
    assert "template indicators people.csv --table exiobase3" in output
    code, output = run(
        monkeypatch, capsys, "exiobase3", 2010, "--folder", "x", "--variant", "pxp"
    )
    assert (empty_project / "x" / "IOT_2010_pxp.zip").is_file()
    with refused("it has the years 2009, 2010"):
        plan_of("exiobase3", 1999, None)
    with refused("expected one of ixi, pxp"):
        plan_of("exiobase3", 2010, "both")


PAGE = ((2009, "ixi"), (2010, "ixi"), (2010, "pxp"))


def test_wiod_comes_with_its_accounts(
    files, config, empty_project, monkeypatch, capsys
):
    table = packed(workbook="x")
    files.content["/wiots13"] = b'<a href="protected3/data13/wiot10_row_apr12.xlsx">'
    files.content["/protected3/data13/wiot10_row_apr12.xlsx"] = table
    for name in ("AIR", "CO2", "EM"):
        files.content[f"/protected3/data13/{name}/{name}_may12.zip"] = packed(a=name)
    code, output = run(monkeypatch, capsys, "wiod", 2010, "--folder", "w")
    assert code in (0, None)
    names = {path.name for path in (empty_project / "w").iterdir()}
    wanted = {"wiot10_row_apr12.xlsx", "AIR_may12.zip", "CO2_may12.zip", "EM_may12.zip"}
    assert names == wanted | {f"{name}.sha256" for name in wanted}
    assert files.requests[0][0] == "POST"
    assert "carbonshed ingest wiod w --name NAME" in output
    assert "people.csv" not in output  # they are shipped
    with refused("release 2013 has 1995 to 2011"):
        plan_of("wiod", 2012, None)


def test_the_year_is_taken_out_of_the_oecds_bundle(
    files, config, empty_project, monkeypatch, capsys
):
    bundle = {"2016_SML__csv": "a", "2018_SML__csv": "b", "ReadMe__txt": "2018"}
    files.content["/v2023/2016-2020.zip"] = packed(**bundle)
    code, output = run(monkeypatch, capsys, "oecd-icio", 2018, "--folder", "o")
    assert code in (0, None)
    assert (empty_project / "o" / "ICIO2023_2018.csv").read_text() == "b"
    assert "carbonshed ingest oecd-icio o/ICIO2023_2018.csv" in output
    code, output = run(monkeypatch, capsys, "oecd-icio", 2018, "--folder", "o")
    assert "was there, checksum right" in output
    code, _ = run(monkeypatch, capsys, "oecd-icio", 2017, "--folder", "o")
    assert "has 0 files for ICIO2023_2017.csv" in str(code)
    files.content["/v2018/2010.zip"] = packed(ICIO2018_2010__csv="c")
    run(monkeypatch, capsys, "oecd-icio", 2010, "--folder", "o", "--variant", "2018")
    assert (empty_project / "o" / "ICIO2018_2010.zip").is_file()
    with refused("no release has the year 1950"):
        plan_of("oecd-icio", 1950, None)
    with refused("expected one of 2023, 2021"):
        plan_of("oecd-icio", 2018, "2016")


def test_figaro_comes_with_its_emissions(files, empty_project, monkeypatch, capsys):
    monkeypatch.setattr("carbonshed.download.fetch._EUROSTAT", files.address)
    names = [f"matrix_eu-ic-io_ind-by-ind_{e}ed_2015.csv" for e in (24, 25, 23)]
    links = "".join(f'<a href="/documents/1/{name}?a=1&amp;b=2">' for name in names)
    page = "/web/esa-supply-use-input-tables/database"
    files.content[page] = f"<html>{links}".encode()
    files.content[f"/documents/1/{names[1]}?a=1&b=2"] = b"rowLabels,AT_A01"
    bulk = gzip.compress(b"freq,geo\\TIME_PERIOD")
    for dataset in ("env_ac_ainah_r2", "env_ac_co2fp"):
        service = f"/api/dissemination/sdmx/2.1/data/{dataset}"
        files.content[f"{service}?format=TSV&compressed=true"] = bulk
    code, output = run(monkeypatch, capsys, "figaro", 2015, "--folder", "f")
    assert code in (0, None)
    assert (empty_project / "f" / names[1]).read_bytes() == b"rowLabels,AT_A01"
    assert (empty_project / "f" / "estat_env_ac_co2fp.tsv.gz").read_bytes() == bulk
    assert "carbonshed ingest figaro f --name NAME --year 2015" in output
    with refused("links to no ind-by-ind table of 2016; it has the years 2015;"):
        plan_of("figaro", 2016, None)
    with refused("links to no prod-by-prod table of 2015; it has the years none"):
        plan_of("figaro", 2015, "prod-by-prod")
    files.content[f"/documents/1/{names[1]}?a=1&b=2"] = b"<html>log in"
    code, _ = run(monkeypatch, capsys, "figaro", 2015, "--folder", "g")
    assert "is no csv file, it begins with b'<html>log in'; download it by hand" in code


@pytest.mark.parametrize(
    ("form", "message"),
    [
        *((form, rf"{form}: .*https://.*carbonshed formats") for form in BY_HAND),
        ("tidy", "'tidy': nothing to download"),
        ("none", "'none': is not known; downloads: exio"),
    ],
)
def test_what_is_not_freely_served_says_where_it_is(form, message):
    with refused(message):
        plan_of(form, 2012, None)


def test_pymrio_is_asked_for_by_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "pymrio", None)
    with refused(r"pip install -e '.\[world\]'"):
        plan_of("exiobase3", 2012, None)
