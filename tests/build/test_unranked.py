"""A table of balancing blocks only has accounts, and nothing that is ranked."""

import duckdb
from support.tiny_folder import TinyFolder


def test_a_table_without_a_ranked_region_is_built(project, tmp_path):
    folder = TinyFolder(tmp_path / "tidy")
    for row in folder.tables["regions"]:
        row["region_type"] = "remainder"
    ingested = project.ingest(folder.write(), "unranked")
    assert ingested.code == 0, ingested

    with duckdb.connect(str(project.build("unranked")), read_only=True) as connection:
        accounts = connection.sql(
            "select count(*) from marts.regional_accounts where is_ranked"
            " union all select count(*) from marts.regional_accounts"
            " union all select count(*) from marts.footprint_rankings"
            " union all select count(*) from marts.inequality_indices"
        ).fetchall()
    # three regions, two stressors: one of the table, and value added
    assert accounts == [(0,), (6,), (0,), (0,)]
