"""Ids and names that attack whatever shows them, and a system that has them."""

from dataclasses import replace
from unittest.mock import patch

from support import random_systems
from support.random_systems import Size, random_system
from support.systems import System

# quotes and SQL
QUOTES = [
    "'",
    '"',
    "''; drop table regions; --",
    '"; drop table marts.regions; --',
    "x' or '1'='1",
    "$$; select 1; $$",
    "E'\\x27'",
    "/* */ --",
    "`id`",
    "a;b",
    "%s %d {0} {name}",
    "?",
    "$year",
    ":region",
]
# markup and scripts
MARKUP = [
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    "<img src=x onerror=alert(3)>",
    "<!-- comment",
    "]]>",
    "<![CDATA[x]]>",
    "&lt;b&gt;",
    "&#x3c;i&#x3e;",
    '" onmouseover="alert(4)',
    "' autofocus onfocus='alert(5)",
    "javascript:alert(6)",
    "<svg/onload=alert(7)>",
    "</title></style></textarea>",
    "**bold** [link](http://example.org) | cell",
]
# paths, templates and commands
PATHS = [
    "../../etc/passwd",
    "/etc/passwd",
    "C:\\con\\nul",
    ".",
    "..",
    "~root",
    "file:///etc/passwd",
    "a/b",
    "place.html#x?y=%2e%2e%2f",
    "{{ 7 * 7 }}",
    "{% raw %}{{ env_var('HOME') }}",
    "{# comment #}",
    "{{ run_query('create table t as select 1') }}",
    "${HOME} $(touch written) `touch written`",
    "| touch written",
]
# spreadsheets, and what is hard to see
CELLS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "=cmd|' /c calc'!A1",
    "\u202egnp.exe",
    "\u200bzero width",
    "\u2028line",
]
HOSTILE = [*QUOTES, *MARKUP, *PATHS, *CELLS]


def hostile_system() -> System:
    """Return regions of such ids and names, with sectors alike."""
    size = Size(
        regions=len(HOSTILE),
        sectors=2,
        has_remainder=False,
        has_rest_of_world=False,
        has_twins=False,
    )
    with patch.object(random_systems, "ODD_IDS", HOSTILE):
        system = random_system(31, size)
    system.regions = [replace(region, name=region.id) for region in system.regions]
    system.sectors = [
        replace(sector, name=f"{sector.id} {HOSTILE[k]}")
        for k, sector in enumerate(system.sectors)
    ]
    return system
