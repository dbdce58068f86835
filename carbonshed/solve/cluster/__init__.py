"""The solve of years on a cluster of Dask workers."""
