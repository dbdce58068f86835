"""What the page of levers says of who acts: of those alone whose part counts."""

import json
import shutil
import subprocess

import pytest

from carbonshed.paths import project_root

SOURCE = project_root() / "tools" / "web" / "src" / "answer.js"
PROGRAM = f"""
    import * as sentences from {json.dumps(SOURCE.as_uri())};
    import {{ readFileSync }} from "node:fs";
    const names = ["Aland", "Berg", "Cove", "Dale", "Elm", "Fell"];
    const explorer = {{
      nouns: ["state", "states"],
      regions: names.map(() => ({{ footprint: 100e6, hasArticle: false }})),
      name: (region) => names[region],
    }};
    const said = JSON.parse(readFileSync(0, "utf8")).map(([name, result]) => {{
      const {{ quota, acting }} = result;
      const hardest = acting && sentences.hardestOf(result, acting);
      const view = {{ result, quota, hardest, withheld: "" }};
      const views = name === "comparison" ? [view, view] : [view];
      return sentences[name](...views, explorer);
    }});
    console.log(JSON.stringify(said));
"""


def effect(*avoided, cuts=()):
    """Return what levers do: regions of 100 Mt each avoid some of all 5,000 Mt."""
    cuts = (*cuts, *[0] * (len(avoided) - len(cuts)))
    regions = {
        "quota": avoided,
        "footprintBefore": [100e6] * len(avoided),
        "demandFactor": [1 - cut for cut in cuts],
    }
    return {
        "acting": [*range(len(avoided))],
        "quota": sum(avoided),
        "emissions": 5e9,
        "regions": regions,
    }


def shared_out(*allocated):
    """Return what regions of 100 Mt each receive."""
    receivers = {"regions": [*range(len(allocated))], "allocated": allocated}
    return {"quota": sum(allocated), "receivers": receivers}


CASES = {
    "two of six avoid nothing, the others 50 + 51 + 52 + 54 Mt": (
        "answer",
        effect(50e6, 51e6, 52e6, 54e6, 0, 0, cuts=[0.3, 0.31]),
        "Four states avoid 207 Mt, 4 % of all emissions. Berg would buy 31 % less.",
    ),
    "0.18 t beside 1.06 Mt": (
        "answer",
        effect(1.06e6, 0.18),
        "Aland avoids 1.06 Mt, <0.1 % of all emissions. Nobody would buy less.",
    ),
    "1 % of 100 Mt counts, a tonne below does not": (
        "answer",
        effect(1e6, 1e6, 1e6 - 1, cuts=[0.01, 0.02, 0.03]),
        "Two states avoid 2.00 Mt, <0.1 % of all emissions. "
        "Berg would buy 2 % less. "
        "One more acts and avoids 1,000 kt, less than 1 % of its own footprint.",
    ),
    "three have small parts that are together seen in the total": (
        "answer",
        effect(50e6, 0.4e6, 0.5e6, 0, cuts=[0.5]),
        "Aland avoids 50.0 Mt, 1 % of all emissions. It would buy 50 % less. "
        "Three more act and avoid 900 kt, each less than 1 % of its own footprint.",
    ),
    "nobody has a part that counts": (
        "answer",
        effect(0.9e6, 0.18, cuts=[0.009]),
        "Avoided in all: 900 kt, <0.1 % of all emissions.",
    ),
    "nothing is avoided": (
        "answer",
        effect(0, 0),
        "Nothing is avoided at these levers. Nobody would buy less.",
    ),
    "three digits, 0.500, do not tell two cuts apart": (
        "answer",
        effect(50e6, 50e6, 10e6, cuts=[0.5, 0.50004, 0.1]),
        "Three states avoid 110 Mt, 2 % of all emissions. Several would buy 50 % less.",
    ),
    "three digits tell two cuts apart": (
        "answer",
        effect(50e6, 50e6, cuts=[0.501, 0.499]),
        "Two states avoid 100 Mt, 2 % of all emissions. Aland would buy 50 % less.",
    ),
    "several are hit alike": (
        "comparison",
        effect(50e6, 50e6, cuts=[0.5, 0.5]),
        "A avoids 100 Mt (several buy 50 % less). "
        "B avoids 100 Mt (several buy 50 % less): as much as A.",
    ),
    "one acts and avoids next to nothing": (
        "idle",
        effect(1e6, 0.18),
        "Berg acts, but avoids less than 1 % of its own footprint.",
    ),
    "two act and avoid next to nothing": (
        "idle",
        effect(1e6, 0.18, 0),
        "Berg and Cove act, but avoid less than 1 % of their own footprints.",
    ),
    "all who act avoid what counts": ("idle", effect(1e6), ""),
    "two of four receive what counts": (
        "receiving",
        shared_out(2e6, 1e6, 0.9e6, 0),
        "2 states, the poorest first: Aland and Berg.",
    ),
    "nobody receives what counts": ("receiving", shared_out(0.9e6, 0.9e6), ""),
}


@pytest.fixture(scope="module")
def said():
    """Return the sentences of the page, as node says them."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no node")
    done = subprocess.run(
        [node, "--input-type=module", "--eval", PROGRAM],
        input=json.dumps([case[:2] for case in CASES.values()]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(zip(CASES, json.loads(done.stdout), strict=True))


@pytest.mark.parametrize("case", CASES)
def test_only_those_are_spoken_of_whose_part_counts(said, case):
    assert said[case] == CASES[case][2]
