"""The list of formats, and which options each of them takes."""

from pkgutil import resolve_name

import pytest
from support.tiny_folder import TinyFolder

from carbonshed.cli.formats import command, details
from carbonshed.errors import CarbonshedError
from carbonshed.readers import ingest
from carbonshed.readers.common.extras import need_module
from carbonshed.readers.common.indicators import read_indicators
from carbonshed.readers.format import Format
from carbonshed.readers.options import IngestOptions, check_options, flag_of
from carbonshed.readers.registry import FORMATS

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
        with pytest.raises(CarbonshedError) as refusal:
            check_options(form, IngestOptions("a", **options))
        return str(refusal.value)

    assert refused(PLAIN) == (
        "plain needs --regions: names of the regions are not in the file"
    )
    assert refused(PLAIN, regions=regions, year=2012) == (
        "plain does not take --year; it takes --regions, --stressor, "
        "--emissions-unit, --accept"
    )
    assert refused(FORMATS["tidy"], year=2012) == (
        "tidy does not take --year; it takes no option but --name"
    )
    assert refused(PLAIN, regions=regions, accept=frozenset({"all"})) == (
        "--accept all is nothing that plain knows; it knows gaps"
    )
    missing = regions.with_name("r.csv")
    assert refused(PLAIN, regions=missing) == f"{missing}: no such file (--regions)"
    assert "is a folder (--regions)" in refused(PLAIN, regions=regions.parent)


def test_details_name_everything():
    text = details(PLAIN)
    for part in (
        "plain: A plain matrix",
        "SOURCE: a workbook",
        "pip install 'carbonshed[plain]'",
        "--regions",
        "--emissions-unit  default Mt",
        "--accept gaps  gaps count as zero",
        "carbonshed ingest plain SOURCE --name NAME --regions ...",
    ):
        assert part in text


def test_tidy_goes_through_the_same_door(tmp_path, monkeypatch):
    (tmp_path / "dbt_project.yml").touch()
    monkeypatch.chdir(tmp_path)
    folder = TinyFolder(tmp_path / "tidy").write()
    assert ingest("tidy", folder, IngestOptions("tiny")).years == [2012]
    with pytest.raises(CarbonshedError, match="reserved for the default dataset"):
        ingest("tidy", folder, IngestOptions("synthetic"))


def test_a_missing_module_names_the_extra():
    assert need_module("json", "some", "this").loads("1") == 1
    with pytest.raises(CarbonshedError) as refusal:
        need_module("nowhere_at_all", "some", "a.mat: version 7.3")
    assert str(refusal.value) == (
        "a.mat: version 7.3 needs nowhere_at_all, which is not installed: "
        "pip install 'carbonshed[some]'"
    )


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
