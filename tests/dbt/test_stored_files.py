"""A short slice of ``make soak``: stored files that are spoiled, hostile questions."""

import pytest
from support.soak_runs import run_soak


@pytest.mark.slow
def test_what_is_stored_is_read_as_it_was_or_refused(required_only, project):
    options = ("--stored", "20", "--questions", "20", "--dataset", required_only.name)
    text = run_soak(*options, "--project", str(project.root))
    assert "stored: " in text
    assert "'refused': " in text
    assert "'answered': " in text
