"""The dataset contract and the datasets on disk."""

from carbonshed.dataset.store import (
    Dataset,
    DatasetWriter,
    list_datasets,
    open_dataset,
    recover_interrupted,
    stored_schema,
)
from carbonshed.names import validate_name

__all__ = [
    "Dataset",
    "DatasetWriter",
    "list_datasets",
    "open_dataset",
    "recover_interrupted",
    "stored_schema",
    "validate_name",
]
