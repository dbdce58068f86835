"""From a published layout through a dataset back to pymrio: nothing is lost."""

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from support.random_systems import Size, random_system
from support.tidy_folder import write_tidy

from carbonshed.dataset import open_dataset
from carbonshed.export.pymrio import export_pymrio
from carbonshed.readers import ingest
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.tidy import ingest_tidy

pymrio = pytest.importorskip("pymrio")

pytestmark = pytest.mark.usefixtures("empty_project")


def export(name, folder):
    export_pymrio(open_dataset(name), folder, None, "parquet", lambda *_: None)
    return pymrio.load_all(folder)


def test_pymrio_goes_on_with_an_exported_dataset(empty_project):
    """As the page says: footprints without what leaves the system."""
    size = Size(regions=3, sectors=2, has_twins=False, has_remainder=False)
    system = random_system(1, size)
    ingest_tidy(write_tidy(system, empty_project / "tidy"), "first")
    found = export("first", empty_project / "out")
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
def test_a_real_world_table_goes_to_pymrio_and_back(real_data, empty_project):
    """WIOD 2011 with JRC's emissions: 1,435 rows."""
    first = ingest_tidy(real_data / "wiod_2011", "first")
    found = export("first", empty_project / "out")
    assert found.Z.shape == (1435, 1435)
    again = ingest("from-pymrio", empty_project / "out", IngestOptions("again"))
    for table in ("transactions", "final_demand", "emissions"):
        ours, theirs = (pq.read_table(d.table(table)) for d in (again, first))
        theirs = theirs.filter(pc.not_equal(theirs["value"], 0.0))
        assert len(ours) > 1000
        assert ours.equals(theirs.cast(ours.schema)), table
