"""Formats: China's national tables."""

from carbonshed.readers.format import Format

FORMATS = (
    Format(
        name="nbs-national",
        title="China's national table of 2012 or 2015 as one region",
        source="the CSV file of the table, of 139 or 42 sectors",
        reader="carbonshed.readers.nbs.reader:read_nbs_national",
        needs=(("year", "the file does not say it"),),
        takes=(
            ("emissions", "CEADs' provincial inventories of the year (.xlsx)"),
            ("indicators", "population and GDP, in place of those published"),
        ),
        extra="ceads",
    ),
)
