"""The list of formats, and which options each of them takes."""

import subprocess
import sys
from pkgutil import resolve_name

import pytest
from support.refusals import refusal_of
from support.tiny_folder import TinyFolder

from carbonshed.cli.ingest import command, details
from carbonshed.errors import CarbonshedError
from carbonshed.readers import ingest
from carbonshed.readers.files import need_module
from carbonshed.readers.format import Format, flag_of
from carbonshed.readers.options import IngestOptions, check_options
from carbonshed.readers.registry import FORMATS
from carbonshed.readers.rows.small_tables import read_indicators

PLAIN = Format(
    name="plain",
    title="A plain matrix",
    source="a workbook",
    reader="nowhere:read",
    needs=(("regions", "names of the regions are not in the file"),),
    takes=(("stressors", "which of them"), ("emissions_unit", "default Mt")),
    accepts=(("gaps", "gaps count as zero"),),
    extra="plain",
)


@pytest.fixture
def regions(tmp_path):
    path = tmp_path / "regions.csv"
    path.touch()
    return path


@pytest.mark.parametrize("form", FORMATS.values(), ids=lambda form: form.name)
def test_every_format_has_a_reader_and_known_options(form):
    reader = resolve_name(form.reader)
    assert reader.__doc__
    fields = IngestOptions.__dataclass_fields__
    options = [option for option, _ in (*form.needs, *form.takes)]
    assert set(options) <= set(fields) - {"name", "accept"}
    assert len(set(options)) == len(options)
    assert form.name in details(form)
    assert command(form).startswith(f"carbonshed ingest {form.name} ")


def test_formats_are_listed_without_the_libraries_that_read():
    code = (
        "import sys; from carbonshed.cli.ingest import formats; formats('exiobase3');"
        "print(sorted({'numpy', 'openpyxl', 'pandas', 'pyarrow', 'pymrio'}"
        " & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.decode().endswith("[]\n")


def test_options_as_they_are_typed():
    assert flag_of("emissions_unit") == "--emissions-unit"
    assert flag_of("stressors") == "--stressor"


def test_what_is_given():
    assert IngestOptions("a").given() == []
    options = IngestOptions("a", year=2012, stressors=("co2",), accept=frozenset("x"))
    assert options.given() == ["year", "stressors", "accept"]


def test_options_that_fit(regions):
    options = IngestOptions(
        "a", regions=regions, emissions_unit="t", accept=frozenset({"gaps"})
    )
    check_options(PLAIN, options)


def test_options_that_do_not(regions):
    def refused(form, **options):
        return refusal_of(check_options, form, IngestOptions("a", **options))

    def says(message, *parts):
        assert all(part in message for part in parts), message

    says(refused(PLAIN), "plain needs --regions: names of the regions are not")
    says(
        refused(PLAIN, regions=regions, year=2012),
        "does not take --year",
        "--regions, --stressor, --emissions-unit, --assumptions, --accept",
    )
    says(refused(FORMATS["tidy"], year=2012), "takes no option but --name")
    says(
        refused(PLAIN, regions=regions, accept=frozenset({"all"})),
        "--accept all",
        "gaps",
    )
    missing = regions.with_name("r.csv")
    says(refused(PLAIN, regions=missing), f"{missing}: no such file (--regions)")
    says(refused(PLAIN, regions=regions.parent), "is a folder (--regions)")


def test_details_name_everything():
    text = details(PLAIN)
    for part in (
        "plain: A plain matrix",
        "SOURCE: a workbook",
        "pip install -e '.[plain]'",
        "--regions",
        "--emissions-unit  default Mt",
        "--assumptions     a folder with relative_errors",
        "--accept gaps  gaps count as zero",
        "carbonshed ingest plain SOURCE --name NAME --regions ...",
    ):
        assert part in text


def test_tidy_goes_through_the_same_door(tmp_path, monkeypatch):
    (tmp_path / "dbt_project.yml").touch()
    monkeypatch.chdir(tmp_path)
    folder = TinyFolder(tmp_path / "tidy").write()
    assert ingest("tidy", folder, IngestOptions("tiny")).years == [2012]


def test_a_missing_module_names_the_extra():
    assert need_module("json", "some", "this").loads("1") == 1
    install = r"a.mat needs nowhere_at_all.* pip install -e '.\[some\]'"
    with pytest.raises(CarbonshedError, match=install):
        need_module("nowhere_at_all", "some", "a.mat")


def test_indicators(tmp_path):
    path = tmp_path / "indicators.csv"
    path.write_text(
        "year,region_id,population,gdp\n2012,b,5,\n2015,a,7,1.5\n2015,b,8,\n", "utf-8"
    )
    assert read_indicators(path, 2015, ["a", "b", "c"]) == (
        [7, 8, None],
        [1.5, None, None],
    )
    with pytest.raises(CarbonshedError, match="no row of the year 2013; there are 201"):
        read_indicators(path, 2013, ["a", "b"])
    with pytest.raises(CarbonshedError, match="unknown id 'b'"):
        read_indicators(path, 2015, ["a"])
