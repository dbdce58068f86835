"""Drafts of maps of random tables: exact once what they ask is answered."""

import re

import numpy as np
import pytest
from support.layouts import unknown_supply_use as supply_use
from support.layouts.unknown_workbook import (
    NAMES,
    Layout,
    random_layout,
    random_table,
    write_unknown,
)
from test_look import answered, fill_in_groups, write_emissions

from carbonshed.progress import no_progress
from carbonshed.readers.look.draft import write_draft
from carbonshed.readers.look.survey import survey_files
from carbonshed.readers.options import IngestOptions
from carbonshed.readers.workbook.assemble import read_excel


def line_with(text: str, start: str, name: str) -> str:
    """Return the line of a map that begins so and has a name, or nothing."""
    lines = (line for line in text.splitlines(keepends=True) if line.startswith(start))
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    return next(filter(word.search, lines), "")


def answer(text: str, layout: Layout) -> str:
    """Return a map with what a person would say who knows the language."""
    names = NAMES[layout.language]
    if 'exports: "???"' in text:
        line = line_with(text, "  - {", names["exports"])
        label = re.search(r'label: "([^"]*)"', line)
        name = label[1] if label else names["exports"]
        text = text.replace(line, "")
        text = re.sub(r'exports: "\?\?\?".*', f'exports: {{column: "{name}"}}', text)
    if 'imports: "???"' in text:
        asked = line_with(text, "  imports:", "imports")
        line = line_with(text, '    "', names["imports"])
        address = re.search(r"{.*}", line or asked)[0]
        text = text.replace(line or "\0", "")
        text = text.replace(asked, f"  imports: {address}\n")
    return answered(text)


@pytest.mark.parametrize("seed", range(40))
def test_drafts_of_random_tables_are_exact(tmp_path, seed):
    rng = np.random.default_rng(seed)
    layout, n = random_layout(rng), int(rng.integers(4, 12))
    tables = [random_table(rng, layout, n) for _ in layout.regions or (None,)]
    path = tmp_path / "table.xlsx"
    write_unknown(path, layout, tables)
    survey = survey_files(path, no_progress)
    (map_file, sectors), _ = write_draft(survey, tmp_path)
    map_file.write_text(answer(map_file.read_text(), layout))
    fill_in_groups(sectors)
    emissions = write_emissions(tmp_path, layout.regions or ("FIN",), sectors)
    options = IngestOptions("a", map=map_file, sectors=sectors, emissions=emissions)
    (read,) = read_excel(path, options, no_progress)
    rounding = 0.02 if layout.has_few_digits else 1e-6
    for k, table in enumerate(tables):
        of_region = slice(k * n, (k + 1) * n)
        domestic = table.share[:, np.newaxis]
        blocks = {
            "transactions": (
                read.transactions[of_region, of_region],
                table.z * domestic,
            ),
            "final_demand": (
                read.final_demand[of_region].sum(axis=1),
                (table.y * domestic).sum(axis=1),
            ),
            "exports": (read.exports[of_region], table.exports),
            "value_added": (
                sum(values[of_region] for values in read.value_added.values()),
                table.value_added,
            ),
        }
        for name, (found, expected) in blocks.items():
            missed = np.abs(found - expected).sum() / expected.sum()
            assert missed < rounding, (name, str(layout))


@pytest.mark.parametrize("seed", range(24))
def test_drafts_of_products_by_industries_are_exact(tmp_path, seed):
    """Industries sell in their shares of each product what is not imported of it."""
    rng = np.random.default_rng(seed)
    layout = supply_use.random_layout(rng)
    n = int(rng.integers(4, 8))
    tables = supply_use.random_tables(rng, layout, (n + int(rng.integers(5)), n))
    path = supply_use.write_supply_use(tmp_path, layout, tables)
    survey = survey_files(path, no_progress)
    (map_file, sectors), _ = write_draft(survey, tmp_path)
    map_file.write_text(answered(map_file.read_text()))
    fill_in_groups(sectors)
    emissions = write_emissions(tmp_path, ("FIN",), sectors)
    options = IngestOptions("a", map=map_file, sectors=sectors, emissions=emissions)
    (read,) = read_excel(path, options, no_progress)
    sold = read.transactions.sum(axis=1) + read.final_demand.sum(axis=1) + read.exports
    added = sum(v for k, v in read.value_added.items() if "taxes" not in k)
    assert sold == pytest.approx(tables.made)
    assert added == pytest.approx(tables.value_added)
    if not layout.is_priced:
        shares = (tables.supply / tables.supply.sum(axis=1, keepdims=True)).T
        at_home = tables.use.sum(axis=1) + tables.homes + tables.capital
        domestic = (1 - tables.imports / at_home)[:, np.newaxis]
        assert read.exports == pytest.approx(shares @ tables.exports)
        assert read.transactions == pytest.approx(shares @ (tables.use * domestic))
