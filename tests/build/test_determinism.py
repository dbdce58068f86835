"""The same warehouse is published the same; see docs/reliability.md.

That another build gives the same numbers: ``test_failing_paths.py``, after a kill.
"""

from pathlib import Path

from support.same_marts import OF_THE_RUN, copied


def test_the_same_warehouse_is_published_byte_by_byte_the_same(
    three_cities: Path, tmp_path: Path
) -> None:
    one, other = (copied(three_cities, tmp_path / name) for name in ("one", "other"))
    for path in one.iterdir():
        same = path.read_bytes() == (other / path.name).read_bytes()
        assert same or path.stem in OF_THE_RUN, path.name
