"""The explorer by another way: its data unpacked, and the same levers in NumPy.

Formulas are those of docs/methods.md, written as matrices and as means over both
orders of the levers; levels and limits are looked for instead of summed up.
"""

import base64
import gzip
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from carbonshed.paths import project_root

State = dict[str, Any]
PREFIX, SUFFIX = "window.carbonshedLevers = ", ";\n"
SOURCE = project_root() / "tools" / "web" / "src" / "evaluate.js"
# run by node or a browser
ASK = """
    const read = async (packed, states) => {
      const model = await explorer.decode(packed);
      const answers = states.map((state, number) => {
        const { regions, receivers, ...others } = explorer.evaluate(model, state);
        return {
          ...others,
          ...receivers,
          receivers: receivers.regions,
          total: others.quota,
          ...Object.fromEntries(
            Object.entries(regions).map(([name, values]) => [name, [...values]]),
          ),
          premises: others.premises.map(({ id }) => id),
          reasons: others.premises.map(({ text }) => text),
          csv: explorer.scenariosCsv(model, state, `s${number}`),
        };
      });
      return { signature: explorer.verify(model), answers };
    };
"""


@dataclass
class Model:
    """The unpacked data; arrays are float64."""

    content: dict[str, Any]
    numbers: np.ndarray  # all that is packed
    capped: np.ndarray  # origin by destination
    cuts: np.ndarray  # benchmark, with power supply, origin, destination: capped demand
    other: np.ndarray  # the same, of other demand
    exported: np.ndarray  # benchmark, with power supply, origin

    def column(self, name: str) -> np.ndarray:
        """Return a column of the regions."""
        return np.array(self.content["regions"][name])


def read_model(script: str) -> Model:
    """Unpack ``levers.js``."""
    assert script.startswith(PREFIX)
    assert script.endswith(SUFFIX)
    content = json.loads(script.removeprefix(PREFIX).removesuffix(SUFFIX))
    planes = np.frombuffer(
        gzip.decompress(base64.b64decode(content["numbers"])), np.uint8
    )
    numbers = planes.reshape(4, -1).T.copy().view("<f4").ravel().astype(float)
    size = len(content["regions"]["id"])
    benchmarks = len(content["benchmarks"])
    start = size * size + size * len(content["sectors"]) * benchmarks
    capped = numbers[: size * size].reshape(size, size)
    rest = iter(numbers[start:].reshape(-1, size))
    cuts = np.zeros((benchmarks, 2, size, size))
    other, exported = np.zeros_like(cuts), np.zeros((benchmarks, 2, size))
    rows = content["cuts"]
    for region, benchmark, part, abroad in zip(
        rows["region"], rows["benchmark"], rows["part"], rows["exported"], strict=True
    ):
        # power supply acts in the second case only
        cuts[benchmark, part:, region] += next(rest)
        if content["hasOther"]:
            other[benchmark, part:, region] += next(rest)
        exported[benchmark, part:, region] += abroad
    coarse = content["coarse"]
    for region, abroad, shares in zip(
        coarse["region"], coarse["exported"], coarse["shares"], strict=True
    ):
        fixed = next(rest) if content["hasOther"] else np.zeros(size)
        for b, pair in enumerate(shares):
            for power, share in enumerate(pair):
                cuts[b, power, region] = share * capped[region]
                other[b, power, region] = share * fixed
                exported[b, power, region] = share * abroad
    assert next(rest, None) is None
    return Model(content, numbers, capped, cuts, other, exported)


def packed(numbers: np.ndarray) -> str:
    """Pack numbers as `read_model` unpacks them."""
    planes = numbers.astype("<f4").view(np.uint8).reshape(-1, 4).T
    return base64.b64encode(gzip.compress(planes.tobytes())).decode()


def random_states(content: dict[str, Any], count: int, seed: int) -> Iterator[State]:
    """Yield choices of all kinds, the empty and the full ones among them."""
    rng = np.random.Generator(np.random.PCG64(seed))
    ids = content["regions"]["id"]
    heads = [head for head in content["regions"]["perCapita"] if head is not None]

    def one_of(values: list) -> Any:
        return values[rng.integers(len(values))]

    def id_of(name: str) -> str:
        return one_of([choice["id"] for choice in content[name]])

    for _ in range(count):
        is_rule = rng.random() < 0.4
        listed = rng.permutation(ids)[: rng.integers(len(ids) + 1)]
        share = one_of([0.0, 1.0, 1.0, float(rng.random())])
        yield {
            "rule": id_of("rules") if is_rule else None,
            "regions": [] if is_rule else [str(id_) for id_ in listed],
            "pathways": bool(rng.random() < 0.5),
            "benchmark": one_of([None, *[id_of("benchmarks")] * 4]),
            "share": share,
            "power": bool(rng.random() < 0.5),
            "cap": one_of(
                [None, id_of("caps"), float(rng.uniform(0, 1.2 * max(heads)))]
            ),
            "people": one_of([0.0, 0.3, 0.6, 1.0, float(rng.random())]),
            "allocation": id_of("allocations"),
            "exceptions": {
                str(id_): _exception(rng, id_of("caps"), max(heads))
                for id_ in rng.permutation(ids)[: one_of([0, 0, 1, 3])]
            },
        }


def _exception(rng: np.random.Generator, cap_id: str, most: float) -> State:
    """Return levers of a single region: the part of the way, the cap, or both."""
    caps = (None, cap_id, float(rng.uniform(0, most)))
    levers = {"share": float(rng.random()), "cap": caps[rng.integers(3)]}
    kept = rng.permutation(["share", "cap"])[: 1 + rng.integers(2)]
    return {str(name): levers[name] for name in kept}


def evaluate(model: Model, state: State) -> dict[str, Any]:
    """Return what a state brings about."""
    content = model.content
    acting = _acting(content, state)
    by_pathway = not state["pathways"]
    produces = acting & (by_pathway | model.column("producer"))
    consumes = acting & (by_pathway | model.column("consumer"))
    kept = np.where(consumes, _kept(model, state), 1.0)
    cut, fixed, exported = _avoided(model, state, produces)
    # each lever first and second, whoever is asked
    alone = cut + fixed
    producers = (alone + (cut * kept + fixed)) / 2
    consumers = (model.capped * (1 - kept) + (model.capped - cut) * (1 - kept)) / 2
    direct = model.column("direct") * (1 - kept)
    # sums by destination have all digits, their parts have seven
    lost = np.array(content["demand"]) - model.capped.sum(axis=0)
    rounded = lost * (1 - kept)
    falls = producers + consumers
    result = {
        "productionAfter": model.column("production")
        - (falls.sum(axis=1) + exported + direct),
        "footprintAfter": model.column("footprint")
        - (falls.sum(axis=0) + direct + rounded),
        "producerQuota": producers.sum(axis=1) + exported,
        "consumerQuota": consumers.sum(axis=0) + direct + rounded,
        "footprintByOthers": (producers - np.diag(np.diag(producers))).sum(axis=0),
        "productionByOthers": (consumers - np.diag(np.diag(consumers))).sum(axis=1),
        "demandFactor": kept,
        "total": float(falls.sum() + exported.sum() + (direct + rounded).sum()),
    }
    result |= _receivers(model, state, acting, result["total"])
    return result


def _acting(content: dict[str, Any], state: State) -> np.ndarray:
    ids = content["regions"]["id"]
    if state["rule"] is None:
        return np.array([id_ in state["regions"] for id_ in ids])
    (rule,) = [rule for rule in content["rules"] if rule["id"] == state["rule"]]
    return np.isin(np.arange(len(ids)), rule["members"])


def _kept(model: Model, state: State) -> np.ndarray:
    tonnes = {choice["id"]: choice["tonnes"] for choice in model.content["caps"]}
    caps = [tonnes.get(cap, cap) for cap in _levers(model, state, "cap")]
    cap = np.array([np.inf if each is None else each for each in caps])
    heads = model.column("perCapita").astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(heads > cap, np.clip(cap / heads, 0, 1), 1.0)


def _levers(model: Model, state: State, name: str) -> list[Any]:
    """Return a lever of each region."""
    exceptions = state.get("exceptions", {})
    ids = model.content["regions"]["id"]
    return [exceptions.get(id_, {}).get(name, state[name]) for id_ in ids]


def _avoided(
    model: Model, state: State, produces: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    ids = [benchmark["id"] for benchmark in model.content["benchmarks"]]
    if state["benchmark"] is None:
        return (
            np.zeros_like(model.capped),
            np.zeros_like(model.capped),
            np.zeros(len(produces)),
        )
    b, power = ids.index(state["benchmark"]), int(state["power"])
    share = np.array(_levers(model, state, "share"))
    share = produces * (share if model.content["slides"][b] else share > 0)
    by_row = share[:, None]
    return (
        model.cuts[b, power] * by_row,
        model.other[b, power] * by_row,
        model.exported[b, power] * share,
    )


def _receivers(
    model: Model, state: State, acting: np.ndarray, quota: float
) -> dict[str, Any]:
    """Return who receives how much."""
    people = np.nan_to_num(model.column("population").astype(float))
    income = model.column("income").astype(float)
    heads = model.column("perCapita").astype(float)
    ranked = model.column("ranked")
    waiting = np.flatnonzero(ranked & ~acting)
    order = waiting[
        np.argsort(np.nan_to_num(income[waiting], nan=np.inf), kind="stable")
    ]
    total = people[ranked].sum()
    before = np.cumsum(people[order]) - people[order]
    chosen = order[before < state["people"] * total * (1 - 1e-12)]
    inhabitants = people[chosen]
    allocated = quota * inhabitants / inhabitants.sum() if len(chosen) else np.zeros(0)
    threshold = model.content["curve"]["thresholdFootprint"]
    if quota > 0 and len(chosen) and state["allocation"] == "gap_proportional":
        missing = -np.inf if threshold is None else threshold
        gaps = inhabitants * np.clip(missing - heads[chosen], 0, None)
        if gaps.sum() > 0:
            filled = min(1.0, quota / gaps.sum())
            left = max(0.0, quota - gaps.sum())
            allocated = gaps * filled + left * inhabitants / inhabitants.sum()
    if quota > 0 and len(chosen) and state["allocation"] == "water_filling":
        level = _level(heads[chosen], inhabitants, quota)
        allocated = inhabitants * np.clip(level - heads[chosen], 0, None)
    return {
        "receivers": chosen.tolist(),
        "allocated": allocated,
        "populationShare": float(inhabitants.sum() / total) if total else 0.0,
    }


def _level(heads: np.ndarray, people: np.ndarray, quota: float) -> float:
    """Return the level up to which a quota fills, by halving."""
    low, high = float(heads.min()), float(heads.max() + quota / people.sum())
    for _ in range(200):
        middle = (low + high) / 2
        if (people * np.clip(middle - heads, 0, None)).sum() > quota:
            high = middle
        else:
            low = middle
    return low


Ask = Callable[[str, list[State]], dict[str, Any]]


def ask_node(script: str, states: list[State]) -> dict[str, Any]:
    """Return the signature and the answers of the functions, in node."""
    packed = json.loads(script.removeprefix(PREFIX).removesuffix(SUFFIX))
    program = (
        f"import * as explorer from {json.dumps(SOURCE.as_uri())};\n"
        'import { readFileSync } from "node:fs";\n'
        f"{ASK}"
        "const { packed, states } = JSON.parse(readFileSync(0, 'utf8'));\n"
        "console.log(JSON.stringify(await read(packed, states)));\n"
    )
    done = subprocess.run(
        [str(shutil.which("node")), "--input-type=module", "--eval", program],
        input=json.dumps({"packed": packed, "states": states}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def make_page(folder: Path, script: str, bundle: str) -> Path:
    """Write a page with the data and the functions, and with a page's strict policy."""
    (folder / "levers.js").write_text(script, "utf-8")
    (folder / "explore.js").write_text(bundle, "utf-8")
    page = folder / "page.html"
    policy = "default-src 'none'; script-src 'self' file:"
    page.write_text(
        '<!doctype html><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<script src="levers.js"></script><script src="explore.js"></script>',
        "utf-8",
    )
    return page
