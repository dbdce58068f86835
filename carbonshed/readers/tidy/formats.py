"""Formats: the tidy folder."""

from carbonshed.readers.format import Format

FORMATS = (
    Format(
        name="tidy",
        title="Tidy folder: one row per cell, CSV or Parquet",
        source="the folder that holds datapackage.json and the tables",
        reader="carbonshed.readers.tidy.reader:ingest_tidy",
        is_matrix=False,
    ),
)
