"""Laws that need no reference, and the defects of others, in SQL on the marts."""

import duckdb
import numpy as np
import pytest

DATASETS = ["several_years", "bare", "lonely"]


@pytest.fixture
def query(request):
    """Return a function that asks the warehouse of a dataset."""

    def ask(dataset: str, sql: str) -> list[tuple]:
        built = request.getfixturevalue(dataset)
        with duckdb.connect(str(built.warehouse), read_only=True) as connection:
            return connection.sql(sql).fetchall()

    return ask


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_year_and_stressor_closes(dataset, query, request):
    system = request.getfixturevalue(dataset).system
    rows = query(
        dataset,
        """
        select
            residual,
            relative_residual,
            is_closed,
            emissions_in,
            emissions_in - attributed_to_consumption - attributed_to_exports
                - direct_emissions - unattributed
        from marts.reconciliation
        """,
    )
    stressors = len(system.stressors) + system.has_value_added
    assert len(rows) == len(system.years) * stressors
    for residual, relative, is_closed, emissions_in, left_over in rows:
        assert is_closed
        assert relative <= 1e-9
        assert relative == (abs(residual) / emissions_in if emissions_in else 0)
        assert residual == pytest.approx(left_over, abs=1e-12 * emissions_in)


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("view", ["footprint_by_origin_sector", "footprint_by_product"])
def test_both_views_add_up_to_the_footprint_less_direct(dataset, view, query):
    rows = query(
        dataset,
        f"""
        with views as (
            select year, stressor_id, region_id, sum(emissions) as emissions
            from marts.{view}
            group by 1, 2, 3
        )

        select
            accounts.consumption_footprint - accounts.direct_emissions
                - coalesce(views.emissions, 0) as gap,
            closure.emissions_in
        from marts.regional_accounts as accounts
        inner join marts.reconciliation as closure using (year, stressor_id)
        left join views using (year, stressor_id, region_id)
        """,
    )
    assert rows
    assert all(abs(gap) <= 1e-9 * total for gap, total in rows)


@pytest.mark.parametrize("dataset", ["several_years", "bare"])
def test_a_grouped_footprint_is_the_footprint_of_the_group(dataset, query):
    """Flows may be added up, coefficients are never; the group here is the parent."""
    rows = query(
        dataset,
        """
        with flows as (
            select
                embodied_flows.year,
                embodied_flows.stressor_id,
                coalesce(regions.parent_region_id, '-') as parent,
                sum(embodied_flows.emissions) as emissions
            from marts.embodied_flows
            inner join marts.regions
                on embodied_flows.destination_region_id = regions.region_id
            group by 1, 2, 3
        ),

        accounts as (
            select
                year,
                stressor_id,
                coalesce(parent_region_id, '-') as parent,
                sum(consumption_footprint - direct_emissions) as footprint
            from marts.regional_accounts
            inner join marts.regions using (region_id)
            group by 1, 2, 3
        )

        select emissions, footprint from accounts
        left join flows using (year, stressor_id, parent)
        """,
    )
    assert rows
    total = max(abs(footprint) for _, footprint in rows)
    for emissions, footprint in rows:
        assert (emissions or 0.0) == pytest.approx(
            footprint, rel=1e-9, abs=1e-9 * total
        )


@pytest.mark.parametrize("dataset", DATASETS)
def test_idle_sectors_that_emit_are_not_lost(dataset, query, request):
    system = request.getfixturevalue(dataset).system
    rows = {
        (year, region): value
        for year, region, value in query(
            dataset,
            "select year, region_id, unattributed_emissions"
            " from marts.regional_accounts where stressor_id = 'co2'",
        )
    }
    is_tested = False
    for number, year in system.years.items():
        sold = year.transactions.sum(axis=1) + year.final_demand.sum(axis=(1, 2))
        idle = np.abs(sold + year.exports) == 0
        for r, region in enumerate(system.regions):
            own = system.block(r)
            emitted = 1e3 * year.emissions["co2"][own][idle[own]].sum()
            is_tested = is_tested or emitted > 0
            # what was delivered to idle sectors comes on top of what they emit
            assert rows[number, region.id] >= emitted * (1 - 1e-12)
    assert is_tested


@pytest.mark.parametrize("dataset", DATASETS)
def test_an_output_that_differs_is_a_warning_and_the_row_sum_counts(
    dataset, query, request, project
):
    built = request.getfixturevalue(dataset)
    system = built.system
    rows = {
        (year, region, sector): output
        for year, region, sector, output in query(
            dataset,
            "select year, region_id, sector_id, output from marts.multipliers"
            " where stressor_id = 'co2'",
        )
    }
    differing = set()
    for number, year in system.years.items():
        sold = year.transactions.sum(axis=1) + year.final_demand.sum(axis=(1, 2))
        sold = (sold + year.exports) * system.currency_unit
        given = year.output * system.currency_unit
        for k, producer in enumerate(system.producers):
            assert rows[number, *producer] == pytest.approx(
                sold[k], rel=1e-9, abs=1e-9 * sold.max()
            )
            if abs(given[k] - sold[k]) > 1e-6 * abs(sold[k]):
                differing.add(producer)
    assert differing
    audit = project.run("carbonshed", "audit", built.name)
    assert audit.code == 0, audit
    lines = [
        line
        for line in audit.text.splitlines()
        if line.startswith("WARNING") and "output_matches_row_sums" in line
    ]
    assert len(lines) == len(system.years), audit
    named = [f"{region} / {sector}" for region, sector in differing]
    assert all(any(label in line for label in named) for line in lines), audit


@pytest.mark.parametrize("dataset", DATASETS)
def test_negative_demand_survives_to_the_marts(dataset, query, request):
    system = request.getfixturevalue(dataset).system
    expected = sum(
        int((year.final_demand.sum(axis=2) < 0).sum()) for year in system.years.values()
    )
    rows = query(
        dataset,
        "select count(*) from marts.footprint_by_product"
        " where stressor_id = 'co2' and expenditure < 0",
    )
    assert expected > 0
    assert rows == [(expected,)]


@pytest.mark.parametrize("dataset", [*DATASETS, "what_if", "edges"])
def test_no_number_of_a_mart_is_nan_or_infinite(dataset, query):
    marts = query(
        dataset,
        "select table_name, list(column_name) from information_schema.columns"
        " where table_schema = 'marts' and data_type in ('DOUBLE', 'FLOAT')"
        " group by table_name",
    )
    assert sum(len(columns) for _, columns in marts) > 100
    for mart, columns in marts:
        bad = ", ".join(f"count_if(not isfinite({column}))" for column in columns)
        (found,) = query(dataset, f"select {bad} from marts.{mart}")
        assert not any(found), (mart, dict(zip(columns, found, strict=True)))


@pytest.mark.parametrize("dataset", ["bare"])
def test_a_region_that_sells_its_stocks_has_a_negative_footprint(dataset, query):
    """It is neither clipped nor left out of the rankings."""
    rows = query(
        dataset,
        """
        select accounts.footprint_per_capita, rankings.footprint_rank
        from marts.regional_accounts as accounts
        inner join marts.footprint_rankings as rankings
            using (year, stressor_id, region_id)
        where accounts.consumption_footprint < 0 and stressor_id = 'co2'
        """,
    )
    assert len(rows) == 1
    assert rows[0][0] < 0
    assert rows[0][1] == 12


@pytest.mark.parametrize("dataset", ["several_years"])
def test_the_twins_share_their_ranks(dataset, query):
    """Two regions equal per head to the last bit; the next rank is left out."""
    rows = query(
        dataset,
        """
        select
            count(distinct footprint_per_capita_rank),
            count(distinct production_per_capita_rank),
            count(distinct footprint_rank),
            count(*)
        from marts.footprint_rankings
        where region_id like 'twin%' and stressor_id = 'co2'
        group by year
        """,
    )
    assert rows == [(1, 1, 2, 2)] * 3


@pytest.mark.parametrize("dataset", ["several_years"])
def test_a_stressor_that_nobody_emits_has_ranks_and_no_inequality(dataset, query):
    """In the last year all regions share the first rank; a Gini of nothing is none."""
    quiet = "stressor_id = 'ch4_é' and year = 2016"
    ranks = query(
        dataset,
        "select distinct footprint_rank, cumulative_footprint_share"
        f" from marts.footprint_rankings where {quiet}",
    )
    assert ranks == [(1, None)]
    measures = query(
        dataset, f"select measure from marts.inequality_indices where {quiet}"
    )
    assert measures == [("gdp",)]
    closure = query(
        dataset,
        "select emissions_in, relative_residual"
        f" from marts.reconciliation where {quiet}",
    )
    assert closure == [(0.0, 0.0)]
