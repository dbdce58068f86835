"""Amounts of another classification, spread by shares."""

import numpy as np
import pytest
from support.refusals import refusal_of

from carbonshed.readers.rows.concordance import read_concordance
from carbonshed.readers.workbook.assemble import read_emissions

SECTORS = ["A01", "A02", "B"]
ROWS = "source,sector_id,share\nfarms,A01,0.75\nfarms,A02,0.25\nmines,B,\n"


def write(tmp_path, text):
    path = tmp_path / "nace.csv"
    path.write_text(text)
    return path


def test_amounts_are_spread_by_hand(tmp_path):
    concordance = read_concordance(write(tmp_path, ROWS), SECTORS)
    spread = concordance.spread({"mines": 5.0, "farms": 8.0}, "air.csv")
    assert spread.tolist() == [6.0, 2.0, 5.0]
    assert concordance.uncovered() == []


def test_without_shares_a_source_covers_one_sector(tmp_path):
    path = write(tmp_path, "source,sector_id\nfarms,A01\nmines,B\n")
    concordance = read_concordance(path, SECTORS)
    assert concordance.spread({"farms": 8.0}, "air.csv").tolist() == [8.0, 0.0, 0.0]
    assert concordance.uncovered() == ["A02"]


def test_shares_written_with_six_digits_lose_nothing(tmp_path):
    text = "source,sector_id,share\n" + "".join(
        f"all,{sector},0.333333\n" for sector in SECTORS
    )
    spread = read_concordance(write(tmp_path, text), SECTORS).spread({"all": 9.0}, "")
    assert spread == pytest.approx(np.full(3, 3.0), rel=1e-12)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("0.25", "0.2", "the shares of 'farms' sum to 0.95; expected 1"),
        ("0.25", "", "'farms' covers 2 sectors and has no `share` for 'A02'"),
        ("0.25", "-0.25", "the share of 'farms' in 'A02' is -0.25"),
        ("A02", "A2", "1 sectors are not in the table: 'A2' (did you mean 'A02'?)"),
        ("A02", "A01", "duplicate"),
    ],
)
def test_a_wrong_concordance_is_refused(tmp_path, old, new, words):
    path = write(tmp_path, ROWS.replace(old, new))
    error = refusal_of(read_concordance, path, SECTORS)
    assert words in error
    assert error.startswith("nace.csv: ")


def test_an_unknown_source_is_named(tmp_path):
    concordance = read_concordance(write(tmp_path, ROWS), SECTORS)
    error = refusal_of(concordance.spread, {"farm": 1.0, "mines": 1.0}, "air.csv")
    assert error.startswith("air.csv: 1 sectors are not in the concordance")
    assert "did you mean 'farms'?" in error


def test_emissions_of_another_classification_reach_the_table(tmp_path):
    path = write(tmp_path, "source,sector_id\nfarms,A01\nmines,B\n")
    air = tmp_path / "air.csv"
    air.write_text("sector_id,value\nfarms,8\nmines,5\n")
    labels = {
        "regions": [{"region_id": "FIN"}],
        "sectors": [{"sector_id": sector} for sector in SECTORS],
        "categories": [{"category_id": "hh"}],
        "stressors": [{"stressor_id": "co2", "unit": "t"}],
    }
    sells = np.array([True] * len(SECTORS))
    file = read_emissions(air, read_concordance(path, SECTORS))
    found = file.of_year(2012, False, labels, sells)
    assert found.of_sectors["co2"].tolist() == [8.0, 0.0, 5.0]
    (decision,) = found.decisions
    assert decision.text.startswith("WARNING: air.csv: emissions of another")
    assert "1 sectors of the table are in no row of it and get none: 'A02'" in (
        decision.text
    )
