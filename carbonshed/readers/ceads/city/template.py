"""Files to fill in for the city table, whose own file has no names at all."""

import csv
from pathlib import Path

from carbonshed.dataset.contract import INPUT_TABLES, REGION_TYPES
from carbonshed.errors import CarbonshedError
from carbonshed.readers.ceads.names import sectors_of
from carbonshed.readers.common.label_files import REGION_FILE, SECTOR_FILE

REGIONS = "regions.csv"
_SECTOR_LISTS = {"2012": "2012 and 2015", "2017": "2017 and later"}
_README = """\
# Labels for the city table of CEADs

`{regions}`: one row per region, in the order of the matrix, which CEADs publishes in a
list of its own. `position` counts from 1 without a gap. `region_type` is one of
{types}; which regions are no
cities is for you to say: `remainder` keeps a block out of rankings. `parent_region_id`
is the province. `population` (persons) is needed of every region that is
ranked, `gdp` is in CNY; both may come from a file of their own (`--indicators`, as
`indicators.csv`), one for all years.

{sectors}
They are read from the package; give one with `--sectors` only if you change it.

Save as CSV UTF-8: GBK, the default of spreadsheets in China, is refused.

    carbonshed ingest ceads-city FILE.mat --name NAME --regions {regions} \\
        --emissions data_input.xlsx
"""


def write_city_template(path: Path) -> list[Path]:
    """Write the header of the regions, the lists of sectors and what to do.

    Parameters
    ----------
    path
        A new CSV file, for the regions alone, or a folder that is new or empty.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    CarbonshedError
        If something is there already, or nothing can be written.
    """
    is_file = path.suffix == ".csv"
    if path.exists() and (is_file or not path.is_dir() or any(path.iterdir())):
        raise CarbonshedError(
            f"{path}: is there already; the template does not overwrite anything, "
            "choose another"
        )
    try:
        if is_file:
            path.parent.mkdir(parents=True, exist_ok=True)
            return [_write(path, REGION_FILE.column_names, [])]
        path.mkdir(parents=True, exist_ok=True)
        return _write_folder(path)
    except OSError as error:
        raise CarbonshedError(f"{path}: cannot be written: {error.strerror}") from None


def _write_folder(folder: Path) -> list[Path]:
    files = [
        _write(folder / REGIONS, REGION_FILE.column_names, []),
        _write(
            folder / "indicators.csv", INPUT_TABLES["region_years"].column_names, []
        ),
    ]
    said = []
    for name, years in _SECTOR_LISTS.items():
        rows = [
            (
                position,
                sector.sector_id,
                f"{sector.sector_name} ({sector.name_zh})",
                sector.sector_group,
                str(sector.is_power_supply).lower(),
            )
            for position, sector in enumerate(sectors_of(name), start=1)
        ]
        files.append(
            _write(folder / f"sectors_{name}.csv", SECTOR_FILE.column_names, rows)
        )
        said.append(f"`sectors_{name}.csv`: the sectors of {years}.")
    readme = folder / "README.md"
    text = _README.format(
        regions=REGIONS,
        types=", ".join(f"`{kind}`" for kind in REGION_TYPES),
        sectors="\n".join(said),
    )
    readme.write_text(text, encoding="utf-8")
    return [*files, readme]


def _write(path: Path, header: tuple[str, ...], rows: list[tuple]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path
