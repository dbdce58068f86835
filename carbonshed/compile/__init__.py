"""Tables for many regions, from a parent table and published statistics."""

from carbonshed.compile.compiler import compile_dataset, write_variants

__all__ = ["compile_dataset", "write_variants"]
