"""From a published layout through a dataset back to pymrio: nothing is lost."""

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from support.layouts.eora26 import write_eora26
from support.layouts.exiobase3 import SATELLITE, write_exiobase3
from support.layouts.gloria import write_gloria
from support.layouts.oecd_icio import write_emissions, write_icio
from support.layouts.wiod import write_wiod
from support.random_systems import Size, random_system
from support.tidy_folder import write_tidy
from support.world_reading import read
from support.world_systems import EUR_2010, Labels, world

from carbonshed.dataset import open_dataset
from carbonshed.export.pymrio import export_pymrio
from carbonshed.readers import ingest
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.tidy import ingest_tidy

pymrio = pytest.importorskip("pymrio")

pytestmark = pytest.mark.usefixtures("project")

EORA = Labels(
    regions=("AFG", "CHN", "USA"),
    sectors=("Agriculture", "Electricity, Gas and Water", "Public Administration"),
    categories=("Household final consumption P.3h", "Changes in inventories P.52"),
    components=("Compensation of employees D.1", "Net operating surplus B.2n"),
    currency_unit=1e3,
)
LABELS = {
    "exiobase3": Labels(
        regions=("AT", "CN", "WA"),
        sectors=("Cultivation of wheat", "Education (80)"),
        categories=(
            "Final consumption expenditure by households",
            "Changes in inventories",
        ),
        components=("Other net taxes on production",),
        currency="EUR",
        usd=EUR_2010,
        unit="t",
        tonnes=1.0,
    ),
    "wiod": Labels(
        regions=("AUT", "USA", "RoW"),
        sectors=("AtB", "E", "P"),
        categories=("c37", "c42"),
        components=("taxes less subsidies on products", "Value added at basic prices"),
    ),
    "oecd-icio": Labels(
        regions=("AUS", "CHN", "ROW"),
        sectors=("A01_02", "D"),
        categories=("HFCE", "INVNT"),
        components=("taxes less subsidies on products", "value added"),
    ),
    "eora26": EORA,
    "gloria": Labels(
        **{**EORA.__dict__, "sectors": ("Growing wheat", "Education")},
    ),
}
STRESSORS = {
    "exiobase3": f"co2={SATELLITE}",
    "wiod": "co2=CO2",
    "eora26": "co2=CO2 emissions",
    "gloria": "co2='co2_total_EDGAR'",
}


def written(form, system, project):
    """Return the source, and what pymrio's parser makes of it."""
    if form == "exiobase3":
        source = write_exiobase3(system, 2010, project / "IOT_2010_ixi.zip")
        return source, pymrio.parse_exiobase3(source)
    if form == "wiod":
        source = write_wiod(system, 2010, project / "wiod", ("c1", "c17", "c35"))
        return source, pymrio.parse_wiod(source, 2010)
    if form == "oecd-icio":
        source = write_icio(system, 2010, project)
        return source, pymrio.parse_oecd(source)
    if form == "eora26":
        source = write_eora26(system, 2010, project / "eora")
        return source, pymrio.parse_eora26(source, 2010)
    source = write_gloria(system, 2010, project / "gloria")
    return source, pymrio.parse_gloria(source, 2010, 59)


def export(name, folder):
    export_pymrio(open_dataset(name), folder, None, "parquet", lambda *_: None)
    return pymrio.load_all(folder)


def assert_close(found, expected):
    expected = expected.loc[list(found.index), list(found.columns)].to_numpy(
        dtype=float
    )
    error = np.abs(found.to_numpy(dtype=float) - expected).max()
    assert error <= 1e-12 * np.abs(expected).max()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("form", LABELS)
def test_what_the_parser_reads_comes_back(form, project):
    system = world(LABELS[form])
    source, expected = written(form, system, project)
    options = {"year": 2010}
    if form == "oecd-icio":
        emissions = write_emissions(system, 2010, project / "co2.csv")
        options |= {"emissions": emissions, "emissions_unit": "kt"}
    else:
        options |= {"stressors": (STRESSORS[form],)}
    read(form, source, system, **options)
    found = export("a", project / "out")
    if expected.Z is None:  # of GLORIA the parser gives coefficients
        expected.calc_system()
    assert found.Z.shape == expected.Z.shape
    assert_close(found.Z, expected.Z)
    assert_close(found.Y, expected.Y)
    wanted = system.years[2010].emissions
    (values,) = wanted.values()
    factor = 1e3 if form == "exiobase3" else 1.0
    np.testing.assert_allclose(
        found.emissions.F.loc["co2"].to_numpy(), factor * values, rtol=1e-12
    )


def test_pymrio_goes_on_with_an_exported_dataset(project):
    """As the page says: footprints without what leaves the system."""
    size = Size(regions=3, sectors=2, has_twins=False, has_remainder=False)
    system = random_system(1, size)
    ingest_tidy(write_tidy(system, project / "tidy"), "first")
    found = export("first", project / "out")
    (year,) = system.years.values()
    assert year.exports.sum() > 0
    found.calc_system()
    found.Y.loc[:, (slice(None), "EXPORT")] = 0.0
    found.calc_extensions()
    output = year.transactions.sum(axis=1) + year.final_demand.sum(axis=(1, 2))
    output += year.exports
    active = output != 0  # one is negative: a sector that runs its stocks down
    A = year.transactions[np.ix_(active, active)] / output[active]
    demand = year.final_demand[active].sum(axis=2)
    embodied = np.linalg.solve(np.eye(active.sum()) - A, demand)
    wanted = (year.emissions["co2"][active] / output[active]) @ embodied
    wanted += year.direct["co2"].sum(axis=1)
    footprints = found.emissions.D_cba_reg.loc["co2"].to_numpy()
    np.testing.assert_allclose(footprints, wanted, rtol=1e-9)


@pytest.mark.real
def test_a_real_world_table_goes_to_pymrio_and_back(real_data, project):
    """WIOD 2011 with JRC's emissions: 1,435 rows."""
    first = ingest_tidy(real_data / "wiod_2011", "first")
    found = export("first", project / "out")
    assert found.Z.shape == (1435, 1435)
    again = ingest("from-pymrio", project / "out", IngestOptions("again"))
    for table in ("transactions", "final_demand", "emissions"):
        ours, theirs = (pq.read_table(d.table(table)) for d in (again, first))
        theirs = theirs.filter(pc.not_equal(theirs["value"], 0.0))
        assert len(ours) > 1000
        assert ours.equals(theirs.cast(ours.schema)), table
