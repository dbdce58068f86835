"""The formats of China's tables, for the registry."""

from carbonshed.readers.format import Format

FORMATS = (
    Format(
        name="ceads-city",
        title="China's city table of CEADs, 2012, 2015, 2017 (.mat)",
        source="the .mat file with the struct MRIO, of version 7 or 7.3",
        reader="carbonshed.readers.china.city:read_ceads_city",
        needs=(
            (
                "regions",
                "the file has no names; `carbonshed template ceads-city PATH` writes "
                "the columns to fill in",
            ),
            (
                "emissions",
                "the table holds money only; a workbook with the sheet CO2_YYYY",
            ),
        ),
        takes=(
            ("year", "if the name of the file does not say it"),
            ("emissions_unit", "of CO2; default Mt"),
            ("indicators", "population and GDP, if not in the file of the regions"),
            ("sectors", "another list of sectors; default: the list of the year"),
            ("unit", "of money; default 10000, that is 10^4 CNY"),
        ),
        accepts=(("field-names", "fields are named as in a table of another year"),),
        extra="ceads",
    ),
    Format(
        name="ceads-province",
        title="CEADs tables of China's provinces: 31 x 42 sectors, 2012 to 2020",
        source="the workbook (.xlsx)",
        reader="carbonshed.readers.china.province:read_ceads_province",
        needs=(("indicators", "population and GDP by province, which no table has"),),
        takes=(
            ("emissions", "CEADs inventory by province, where the table has no CO2"),
            ("year", "the year, where no sheet and no title says it"),
            ("emissions_unit", "unit of the row of CO2 in the table (Mt)"),
            ("unit", "currency units that one number is worth (10000)"),
        ),
        accepts=(("consistent", "read Table_2017_consistent in place of Table_2017"),),
        extra="ceads",
    ),
    Format(
        name="nbs-national",
        title="China's national table of 2012 or 2015 as one region",
        source="the CSV file of the table, of 139 or 42 sectors",
        reader="carbonshed.readers.china.nbs:read_nbs_national",
        needs=(("year", "the file does not say it"),),
        takes=(
            ("emissions", "CEADs' provincial inventories of the year (.xlsx)"),
            ("indicators", "population and GDP, in place of those published"),
        ),
        extra="ceads",
    ),
)
