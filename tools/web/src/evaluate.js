// The effects of a choice of levers, from the arrays of `data/levers.js`: pure functions,
// without a page. The rules are those of docs/methods.md, and the numbers those of
// `carbonshed whatif`.
//
// Regions are numbers here, positions in `model.regions`, whose order is that of their
// ids. Amounts are in tonnes, a year's; money in the currency of the dataset.

/**
 * A region; its amounts are those of the marts.
 * @typedef {Object} Region
 * @property {string} id
 * @property {string} name as the report writes it, with its English name where there is one
 * @property {boolean} hasArticle in a sentence
 * @property {boolean} ranked false for a rest of the world
 * @property {number|null} population
 * @property {number|null} income GDP per person, null where it is unknown
 * @property {number} production emissions of its producers and final users
 * @property {number} footprint
 * @property {number|null} perCapita footprint per person
 * @property {boolean} bySector false where all its sectors have one factor: their levers
 *   would not have fit into the file
 * @property {boolean} hasProducerLever by its pathway
 * @property {boolean} hasConsumerLever by its pathway
 */

/**
 * A choice that is a row of a seed: a benchmark, a cap, a rule.
 * @typedef {Object} Choice
 * @property {string} id
 * @property {string} label in a few words, such as "best quarter"
 * @property {string} description the seed's
 * @property {string} evidence paper, standard or ours
 * @property {string} source
 * @property {boolean} [slides] of a benchmark: false where a part of the way is undefined,
 *   since an intensity is not positive; then `share` counts as 0 or 1
 * @property {number|null} [tonnes] of a cap: t per person, null where it is unknown
 * @property {number[]} [members] of a rule: the regions that it selects
 * @property {boolean} [isDefault] of a rule: it is in use in the marts
 */

/**
 * Everything that levers act on. `decode` makes it.
 * @typedef {Object} Model
 * @property {string} publication id of the publication, such as 20261128T164551.000000Z
 * @property {string} solve SHA-256 of the solved table
 * @property {string} dataset name
 * @property {number} year
 * @property {string} stressor id
 * @property {string} unit t
 * @property {string} currency
 * @property {string} caveat such as "synthetic data"; empty for none
 * @property {Region[]} regions
 * @property {number} emissions production of all regions
 * @property {Choice[]} benchmarks in the order of the seed
 * @property {Choice[]} caps
 * @property {Choice[]} rules
 * @property {Choice[]} allocations
 * @property {number} receiversShare share of people who may grow, of the marts
 * @property {number|null} meanPerCapita mean footprint per person of all ranked regions
 * @property {Object<string, string>} texts sentences on premises, by id, with {fields}
 * @property {Object} premises of the table: country, isIncomplete, footprints, published,
 *   isOneStructure, isLowerBound, leavesOut
 * @property {{emissions: number|null, year: number|null, growth: number|null,
 *   reason: string}} peak projected emissions of all, and how far they grow until then;
 *   null, with the reason, where nobody projects it
 * @property {Object} curve footprints over incomes: elasticity, largestFootprint,
 *   largestIncome, thresholdFootprint (each a number or null)
 * @property {Shipped[]} shipped the scenarios of the marts, the one that avoids most last
 * @property {Combination[]} combinations all of `quota_by_choice`, for the strip
 * @property {Object} cells typed arrays, for `evaluate` alone
 */

/**
 * A scenario of the marts, with their figures.
 * @typedef {Object} Shipped
 * @property {string} id such as "high"
 * @property {string} name
 * @property {State} state
 * @property {number} quota
 * @property {{productionAfter: number[], footprintAfter: number[],
 *   producerQuota: number[], consumerQuota: number[]}} regions
 */

/**
 * A combination of choices of the sensitivity, with its quota.
 * @typedef {Object} Combination
 * @property {string} rule
 * @property {string} benchmark
 * @property {string} cap
 * @property {boolean} power
 * @property {number} quota
 */

/**
 * The levers. All of it can be written as JSON.
 * @typedef {Object} State
 * @property {string|null} rule who acts: a rule of the dataset; null: those of `regions`
 * @property {string[]} regions who acts, ids; only without a rule
 * @property {boolean} pathways each acts by the levers of its pathway, as in the shipped
 *   scenarios; else by both
 * @property {string|null} benchmark how clean producers become; null: as they are
 * @property {number} share how far they go from their intensities to the benchmark's, 0 to 1
 * @property {boolean} power power supply acts too
 * @property {string|number|null} cap of demand: id of a cap, or t per person; null: none
 * @property {number} people share of all people who may grow, 0 to 1
 * @property {string} allocation id of an allocation rule
 * @property {Object<string, {share?: number, cap?: string|number|null}>} [exceptions]
 *   levers of single regions, by their ids, that differ from those of all
 */

/**
 * What a state brings about. Arrays of amounts have a number for each region.
 * @typedef {Object} Result
 * @property {number} emissions all, before
 * @property {number} quota emissions avoided
 * @property {number} quotaShare of all emissions
 * @property {number|null} uplift quota over the growth until the projected peak
 * @property {number} producerQuota part of cleaner producers (Shapley value)
 * @property {number} consumerQuota part of less demand
 * @property {Object<string, Float64Array>} regions productionBefore, productionAfter,
 *   footprintBefore, footprintAfter, producerQuota, consumerQuota, quota; demandFactor (k
 *   of its capped demand, 1 for all of it); footprintByOthers, productionByOthers (how far
 *   both fall by levers of others: the spillovers)
 * @property {number[]} acting regions that act
 * @property {number[]} producers regions whose producer lever acts
 * @property {number[]} consumers regions whose consumer lever acts
 * @property {{factor: number, region: number|null}} hardestHit the smallest factor of
 *   demand, and who has it; null where nobody buys less
 * @property {{perCapita: number, region: number}|null} lowestGiver the least that one who
 *   gives has left
 * @property {Receivers} receivers
 * @property {Premise[]} premises those that fail, what misleads most first; none: all hold
 */

/**
 * Who receives, in order of poverty; arrays have an entry for each of `regions`.
 * @typedef {Object} Receivers
 * @property {number[]} regions
 * @property {number} populationShare of all people
 * @property {number[]} allocated t
 * @property {number[]} perCapitaBefore t per person
 * @property {number[]} perCapitaAfter t per person
 * @property {(number|null)[]} incomeBefore
 * @property {(number|null)[]} incomeAfter null where the curve says nothing
 * @property {boolean[]} beyondCurve beyond the largest footprint or income of the dataset
 * @property {number[]} aboveGivers regions that receive, although they have more than
 *   `lowestGiver` before
 */

/**
 * A premise that fails, as a sentence that takes the place of a number.
 * @typedef {Object} Premise
 * @property {string} id across_countries, footprints_incomplete, one_structure,
 *   receivers_short, income_extrapolated: these withhold what receivers get and earn;
 *   above_givers, one_factor (of `bySector`), lower_bound: these stand beside it
 * @property {boolean} withholds
 * @property {string} text a sentence
 */

const TOLERANCE = 1e-12; // what differs less is rounding, as in the marts
const LIMIT = 1e-6; // of the signature
const PARTS = 2; // sectors without power supply, and power supply

/**
 * Decode the data of `data/levers.js`.
 * @param {Object} packed what the file sets, `window.carbonshedLevers`
 * @returns {Promise<Model>}
 */
export const decode = async (packed) => {
  const { regions: columns, numbers, demand, sectors, slides, cuts, coarse, hasOther } = packed;
  const floats = await unpack(numbers);
  const size = columns.id.length;
  const benchmarks = packed.benchmarks.map((each, b) => ({ ...each, slides: slides[b] }));
  let end = 0;
  const take = (length) => floats.subarray(end, (end += length));
  const cells = {
    size,
    flows: take(size * size), // origin by destination, of demand that a cap touches
    ratios: take(size * sectors.length * benchmarks.length),
    sectors: sectors.map(([id, isPowerSupply]) => ({ id, isPowerSupply })),
    rows: [], // by region, benchmark and part
    coarse: new Map(),
    demand: Float64Array.from(demand), // sums of `flows` by destination
    direct: Float64Array.from(columns.direct),
    producer: columns.producer,
    consumer: columns.consumer,
  };
  cuts.region.forEach((region, n) => {
    const place = (region * benchmarks.length + cuts.benchmark[n]) * PARTS + cuts.part[n];
    cells.rows[place] = {
      capped: take(size),
      other: hasOther ? take(size) : null,
      exported: cuts.exported[n],
    };
  });
  coarse.region.forEach((region, n) => {
    cells.coarse.set(region, {
      other: hasOther ? take(size) : null,
      exported: coarse.exported[n],
      shares: coarse.shares[n],
    });
  });
  const regions = columns.id.map((id, r) => ({
    id,
    name: columns.name[r],
    hasArticle: columns.article[r],
    ranked: columns.ranked[r],
    population: columns.population[r],
    income: columns.income[r],
    production: columns.production[r],
    footprint: columns.footprint[r],
    perCapita: columns.perCapita[r],
    bySector: !cells.coarse.has(r),
    hasProducerLever: columns.producer[r],
    hasConsumerLever: columns.consumer[r],
  }));
  const ranked = regions.filter((region) => region.ranked);
  const people = sum(ranked.map((each) => each.population));
  const allocation = packed.allocations[0]?.id ?? "";
  return {
    publication: packed.publication,
    solve: packed.solve,
    dataset: packed.dataset,
    year: packed.year,
    stressor: packed.stressor,
    unit: packed.unit,
    currency: packed.currency,
    caveat: packed.caveat,
    regions,
    emissions: sum(columns.production),
    benchmarks,
    caps: packed.caps,
    rules: packed.rules,
    allocations: packed.allocations,
    receiversShare: packed.receiversShare,
    meanPerCapita: people ? sum(ranked.map((each) => each.footprint)) / people : null,
    texts: packed.texts,
    premises: packed.premises,
    curve: packed.curve,
    peak: packed.peak,
    shipped: packed.shipped.map((each) => ({ ...each, state: { ...each.state, allocation } })),
    combinations: packed.combinations,
    cells,
  };
};

/** Return floats of 4 bytes, whose first bytes come first, then the second ones. */
const unpack = async (text) => {
  const letters = atob(text);
  const packed = new Uint8Array(letters.length);
  for (let n = 0; n < packed.length; n++) packed[n] = letters.charCodeAt(n);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const planes = new Uint8Array(await new Response(stream).arrayBuffer());
  const bytes = new Uint8Array(planes.length);
  const count = planes.length / 4;
  for (let plane = 0; plane < 4; plane++) {
    for (let n = 0; n < count; n++) bytes[4 * n + plane] = planes[plane * count + n];
  }
  return new Float32Array(bytes.buffer);
};

const sum = (values) => values.reduce((total, value) => total + value, 0);

/** Whether a value is above a limit by more than rounding. */
const exceeds = (value, limit) => value > limit + TOLERANCE * Math.abs(limit);

/**
 * Return the state of the shipped scenario that avoids most; without one, nobody acts.
 * @param {Model} model
 * @returns {State}
 */
export const initialState = (model) =>
  structuredClone(model.shipped.at(-1)?.state) ?? {
    rule: null,
    regions: [],
    pathways: false,
    benchmark: null,
    share: 1,
    power: true,
    cap: null,
    people: model.receiversShare,
    allocation: model.allocations[0]?.id ?? "",
  };

/** Return how far a lever goes for a region: its own exception, else as for all. */
export const leverOf = (state, { id }, lever) => {
  const own = state.exceptions?.[id];
  return own && Object.hasOwn(own, lever) ? own[lever] : state[lever];
};

/** Return who acts: regions, and those of them with each lever. */
const actors = (model, state) => {
  const rule = state.rule && model.rules.find((each) => each.id === state.rule);
  const wanted = new Set(state.regions);
  const acting = rule
    ? rule.members
    : [...model.regions.keys()].filter((r) => wanted.has(model.regions[r].id));
  const holders = (column) => acting.filter((r) => !state.pathways || column[r]);
  return {
    acting,
    producers: state.benchmark ? holders(model.cells.producer) : [],
    consumers: holders(model.cells.consumer).filter(
      (r) => leverOf(state, model.regions[r], "cap") !== null,
    ),
  };
};

/** Return the benchmark's number, and the share of the way to it that a region goes. */
const pace = (model, state, region) => {
  const b = model.benchmarks.findIndex((each) => each.id === state.benchmark);
  if (b < 0) return { b, share: 0 };
  const share = Math.min(1, Math.max(0, leverOf(state, model.regions[region], "share")));
  return { b, share: model.benchmarks[b].slides ? share : Math.ceil(share) };
};

/** Return a cap in t per person; null where there is none, or where it is unknown. */
const tonnes = (model, cap) =>
  typeof cap === "string" ? (model.caps.find(({ id }) => id === cap)?.tonnes ?? null) : cap;

/** Return the factor of demand of each region. */
const demandFactors = (model, state, consumers) => {
  const factors = new Float64Array(model.regions.length).fill(1);
  for (const r of consumers) {
    const { perCapita } = model.regions[r];
    const cap = tonnes(model, leverOf(state, model.regions[r], "cap"));
    if (cap !== null && perCapita > 0) factors[r] = Math.min(1, cap / perCapita);
  }
  return factors;
};

/** Call with what a producer leaves unemitted: amounts by destination, a factor of them. */
const eachCut = (model, state, region, call) => {
  const { rows, coarse, flows, size } = model.cells;
  const { b, share } = pace(model, state, region);
  if (b < 0 || share === 0) return;
  const whole = coarse.get(region);
  if (whole) {
    const factor = share * whole.shares[b][state.power ? 1 : 0];
    const capped = flows.subarray(region * size, (region + 1) * size);
    if (factor) call(capped, whole.other, whole.exported, factor);
    return;
  }
  for (let part = 0; part < (state.power ? PARTS : 1); part++) {
    const row = rows[(region * model.benchmarks.length + b) * PARTS + part];
    if (row) call(row.capped, row.other, row.exported, share);
  }
};

/**
 * Evaluate a state.
 * @param {Model} model
 * @param {State} state
 * @returns {Result}
 */
export const evaluate = (model, state) => {
  const { acting, producers, consumers } = actors(model, state);
  const factors = demandFactors(model, state, consumers);
  const changes = changed(model, state, producers, consumers, factors);
  const regions = accounts(model, { ...changes, factors });
  const producerQuota = sum(regions.producerQuota);
  const consumerQuota = sum(regions.consumerQuota);
  const quota = producerQuota + consumerQuota;
  const lowestGiver = leastLeft(model, regions);
  const receivers = receiving(model, state, new Set(acting), quota, lowestGiver);
  return {
    emissions: model.emissions,
    quota,
    quotaShare: quota / model.emissions,
    uplift: model.peak.growth > 0 ? quota / model.peak.growth : null,
    producerQuota,
    consumerQuota,
    regions,
    acting,
    producers,
    consumers,
    hardestHit: hardestHit(factors),
    lowestGiver,
    receivers,
    premises: failing(model, state, producers, lowestGiver, receivers),
  };
};

/** Return how far production and footprints fall, and by whose levers. */
const changed = (model, state, producers, consumers, factors) => {
  const { size, flows, demand, direct } = model.cells;
  const zeros = () => new Float64Array(size);
  const production = zeros(); // falls by all levers together
  const footprint = zeros();
  const producerQuota = zeros();
  const consumerQuota = zeros();
  const cut = zeros(); // at full demand, inside what a cap touches, by destination
  const ownCut = zeros(); // the same, by the destination itself
  const ownFootprint = zeros(); // falls by its own producers
  const ownProduction = zeros(); // falls by its own demand
  for (const o of producers) {
    eachCut(model, state, o, (capped, other, exported, factor) => {
      let left = exported;
      let quota = exported;
      for (let d = 0; d < size; d++) {
        const fixed = other === null ? 0 : other[d];
        const kept = capped[d] * factors[d];
        left += kept + fixed;
        quota += (capped[d] + kept) / 2 + fixed;
        cut[d] += factor * capped[d];
        footprint[d] += factor * (kept + fixed);
      }
      production[o] += factor * left;
      producerQuota[o] += factor * quota;
      ownCut[o] += factor * capped[o];
      ownFootprint[o] +=
        factor * ((capped[o] * (1 + factors[o])) / 2 + (other === null ? 0 : other[o]));
    });
  }
  for (const d of consumers) {
    const less = 1 - factors[d];
    for (let o = 0; o < size; o++) production[o] += less * flows[o * size + d];
    production[d] += less * direct[d];
    footprint[d] += less * (demand[d] + direct[d]);
    consumerQuota[d] = less * (demand[d] - cut[d] / 2 + direct[d]);
    ownProduction[d] = less * (flows[d * size + d] - ownCut[d] / 2 + direct[d]);
  }
  return { production, footprint, producerQuota, consumerQuota, ownFootprint, ownProduction };
};

/** Return the accounts of all regions; what is below rounding is no change. */
const accounts = (model, changes) => {
  const { regions } = model;
  const least = TOLERANCE * sum(regions.map((each) => Math.abs(each.production)));
  const each = (value) => Float64Array.from(regions, (region, r) => value(r, region));
  const real = (value) => (Math.abs(value) < least ? 0 : value);
  const producerQuota = each((r) => real(changes.producerQuota[r]));
  const consumerQuota = each((r) => real(changes.consumerQuota[r]));
  return {
    productionBefore: each((_, region) => region.production),
    productionAfter: each((r, region) => region.production - real(changes.production[r])),
    footprintBefore: each((_, region) => region.footprint),
    footprintAfter: each((r, region) => region.footprint - real(changes.footprint[r])),
    producerQuota,
    consumerQuota,
    quota: each((r) => producerQuota[r] + consumerQuota[r]),
    demandFactor: changes.factors,
    footprintByOthers: each((r) =>
      real(changes.footprint[r] - changes.consumerQuota[r] - changes.ownFootprint[r]),
    ),
    productionByOthers: each((r) =>
      real(changes.production[r] - changes.producerQuota[r] - changes.ownProduction[r]),
    ),
  };
};

/** Return the smallest value and the first who has it, but for rounding. */
const smallest = (values) => {
  const known = values.filter((value) => value !== null);
  if (!known.length) return null;
  const least = known.reduce((low, value) => Math.min(low, value));
  return {
    value: least,
    region: values.findIndex((value) => value !== null && !exceeds(value, least)),
  };
};

const hardestHit = (factors) => {
  const { value, region } = smallest([...factors]) ?? { value: 1, region: null };
  return { factor: value, region: value < 1 ? region : null };
};

/** Return who of those that give has least left: they set free 1 % of what is theirs. */
const leastLeft = (model, { footprintAfter, quota }) => {
  const least = smallest(
    model.regions.map(({ ranked, footprint, production, population }, r) => {
      const own = Math.min(Math.abs(footprint), Math.abs(production));
      const gives = quota[r] > 0 && quota[r] >= 0.01 * own;
      const falls = exceeds(footprint, footprintAfter[r]);
      return ranked && population && gives && falls ? footprintAfter[r] / population : null;
    }),
  );
  return least && { perCapita: least.value, region: least.region };
};

/** Return the poorest that do not act, until they hold the share of people that is asked. */
const poorest = (model, state, acting, total) => {
  const income = (r) => model.regions[r].income ?? Infinity;
  const waiting = [...model.regions.keys()]
    .filter((r) => model.regions[r].ranked && !acting.has(r))
    .sort((a, b) => (income(a) === income(b) ? a - b : income(a) - income(b)));
  const chosen = [];
  let people = 0;
  for (const r of waiting) {
    if (people >= state.people * total * (1 - TOLERANCE)) break;
    chosen.push(r);
    people += model.regions[r].population;
  }
  return { chosen, people };
};

/** Return what each receiver gets, by the allocation rule of a state. */
const allocate = (model, state, quota, chosen, people) => {
  const { regions, curve } = model;
  const equally = chosen.map((r) => (quota * regions[r].population) / people);
  if (quota <= 0) return equally;
  if (state.allocation === "gap_proportional") {
    const gaps = chosen.map((r) => {
      const { population, perCapita } = regions[r];
      return population * Math.max(0, (curve.thresholdFootprint ?? -Infinity) - perCapita);
    });
    const gap = sum(gaps);
    if (!(gap > 0)) return equally;
    const filled = Math.min(1, quota / gap);
    const left = Math.max(0, quota - gap);
    return chosen.map((r, n) => gaps[n] * filled + (left * regions[r].population) / people);
  }
  if (state.allocation === "water_filling") {
    // the lowest level that any number of them, the smallest first, would reach alone
    let level = Infinity;
    let footprints = 0;
    let covered = 0;
    const rising = [...chosen].sort(
      (a, b) => regions[a].perCapita - regions[b].perCapita || a - b,
    );
    for (const r of rising) {
      covered += regions[r].population;
      footprints += regions[r].population * regions[r].perCapita;
      level = Math.min(level, (quota + footprints) / covered);
    }
    return chosen.map(
      (r) => regions[r].population * Math.max(0, level - regions[r].perCapita),
    );
  }
  return equally;
};

/** Return the income to which a footprint belongs that grows along the curve, or null. */
const grownIncome = ({ elasticity }, income, before, after) => {
  if (!(elasticity > 1e-9 && before > 0 && after > 0) || income === null) return null;
  if (income === 0) return 0;
  const growth = after / before;
  const fits = income > 0 && Math.log(income) + Math.log(growth) / elasticity < 700;
  return fits ? income * growth ** (1 / elasticity) : null;
};

const receiving = (model, state, acting, quota, lowestGiver) => {
  const { regions, curve } = model;
  const total = sum(regions.map((each) => (each.ranked ? each.population : 0)));
  const { chosen, people } = poorest(model, state, acting, total);
  const allocated = allocate(model, state, quota, chosen, people);
  const perCapitaBefore = chosen.map((r) => regions[r].perCapita);
  const perCapitaAfter = chosen.map(
    (r, n) => regions[r].perCapita + allocated[n] / regions[r].population,
  );
  const incomeBefore = chosen.map((r) => regions[r].income);
  const incomeAfter = chosen.map((_, n) =>
    grownIncome(curve, incomeBefore[n], perCapitaBefore[n], perCapitaAfter[n]),
  );
  const above = (value, largest) => value !== null && largest !== null && value > largest;
  return {
    regions: chosen,
    populationShare: total ? people / total : 0,
    allocated,
    perCapitaBefore,
    perCapitaAfter,
    incomeBefore,
    incomeAfter,
    beyondCurve: chosen.map(
      (_, n) =>
        above(perCapitaAfter[n], curve.largestFootprint) ||
        above(incomeAfter[n], curve.largestIncome),
    ),
    aboveGivers: chosen.filter(
      (_, n) =>
        lowestGiver !== null &&
        exceeds(perCapitaBefore[n], lowestGiver.perCapita) &&
        exceeds(perCapitaAfter[n], perCapitaBefore[n]),
    ),
  };
};

/** Write a number as the sentences of the marts do, by its unit. */
const inWords = (number, unit) => {
  if (unit === "share") {
    if (number > 0 && number < 0.005) return "less than 1 %";
    if (number < 1 && number >= 0.995) return "more than 99 %";
    return `${Math.round(100 * number)} %`;
  }
  if (unit === "below") return `${(Math.floor(1000 * number) / 10).toFixed(1)} %`;
  if (unit === undefined) return String(number);
  if (unit !== "t") throw new Error(`a number cannot be written by the unit ${unit}`);
  const units = [[1e9, "Gt"], [1e6, "Mt"], [1e3, "kt"], [1, "t"], [1e-3, "kg"]];
  const [factor, name] = units.find(([size]) => Math.abs(number) >= 0.9995 * size) ?? [1, "t"];
  const value = number / factor;
  const digits = Math.abs(value) < 9.995 ? 2 : Math.abs(value) < 99.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${name}`;
};

/** Return a text as a sentence, its {fields} filled. */
const sentence = (text, values) => {
  const filled = text.replace(/\{(\w+)(?::(\w+))?\}/g, (_, name, unit) =>
    inWords(values[name], unit),
  );
  return `${filled[0].toUpperCase()}${filled.slice(1).replace(/\.$/, "")}.`;
};

/** Return the premises that fail, what misleads most first. */
const failing = (model, state, producers, lowestGiver, receivers) => {
  const { premises, curve, texts, regions } = model;
  const values = {
    footprints: premises.footprints,
    published: premises.published,
    receiver_population_share: receivers.populationShare,
    receivers_share: state.people,
  };
  const short = receivers.populationShare < state.people * (1 - TOLERANCE);
  const isBeyond = curve.largestFootprint === null || receivers.beyondCurve.some(Boolean);
  const withholding = [
    ["across_countries", premises.country === "WLD"],
    ["footprints_incomplete", premises.isIncomplete],
    ["one_structure", premises.isOneStructure],
    ["receivers_short", short],
    ["income_extrapolated", isBeyond],
  ]
    .filter(([, fails]) => fails)
    .map(([id]) => ({
      id,
      withholds: true,
      text: sentence(texts[`premise_${id}`] ?? id, values),
    }));
  const beside = [];
  const above = receivers.aboveGivers;
  if (above.length) {
    const per = (value) => `(${inWords(value, "t")} per person)`;
    const first = above.reduce((a, b) => (regions[b].perCapita > regions[a].perCapita ? b : a));
    const more = above.length > 1 ? ` and ${above.length - 1} more` : "";
    const verb = more ? "they have" : "it has";
    beside.push({
      id: "above_givers",
      withholds: false,
      text:
        `${regions[first].name} ${per(regions[first].perCapita)}${more} would receive, although` +
        ` ${verb} more than ${regions[lowestGiver.region].name} would keep` +
        ` ${per(lowestGiver.perCapita)}.`,
    });
  }
  const coarse = producers.filter((r) => !regions[r].bySector);
  if (coarse.length) {
    const { name } = regions[coarse[0]];
    beside.push({
      id: "one_factor",
      withholds: false,
      text:
        (coarse.length > 1 ? `${name} and ${coarse.length - 1} more are` : `${name} is`) +
        " lowered by one factor in all sectors: the levers of each sector do not fit into this" +
        " file.",
    });
  }
  if (premises.isLowerBound) {
    beside.push({
      id: "lower_bound",
      withholds: false,
      text: `Footprints leave out ${premises.leavesOut}; no lever changes these.`,
    });
  }
  return [...withholding, ...beside];
};

/**
 * Say whether the shipped scenarios and all combinations come out as in the marts.
 *
 * An account is compared with what it was before; an amount that is avoided with itself,
 * or with a thousandth of what the region emits or causes where that is more.
 * @param {Model} model
 * @returns {{equal: boolean, gap: number, figures: number, worst: string}} the largest
 *   relative gap, of how many figures, and of which; equal: at most 1e-6
 */
export const verify = (model) => {
  // a figure below this is nothing, compared with all emissions
  const least = 1e-9 * sum(model.regions.map((each) => Math.abs(each.production)));
  const outcome = { equal: false, gap: 0, figures: 0, worst: "" };
  const compare = (name, mine, mart, size = 0) => {
    const gap =
      mine === mart ? 0 : Math.abs(mine - mart) / Math.max(Math.abs(mart), size, least);
    outcome.figures += 1;
    if (!(gap <= outcome.gap)) Object.assign(outcome, { gap, worst: name });
  };
  const sizeOf = (column, { production, footprint }) => {
    if (column === "productionAfter") return Math.abs(production);
    if (column === "footprintAfter") return Math.abs(footprint);
    return 1e-3 * Math.max(Math.abs(production), Math.abs(footprint));
  };
  for (const { id, state, quota, regions } of model.shipped) {
    const result = evaluate(model, state);
    compare(`quota of ${id}`, result.quota, quota);
    for (const [column, figures] of Object.entries(regions)) {
      figures.forEach((figure, r) => {
        const region = model.regions[r];
        const name = `${column} of ${id}, ${region.name}`;
        compare(name, result.regions[column][r], figure, sizeOf(column, region));
      });
    }
  }
  const usual = { ...initialState(model), regions: [], pathways: true, share: 1 };
  for (const { quota, ...choice } of model.combinations) {
    const name = `quota of ${Object.values(choice).join(", ")}`;
    compare(name, evaluate(model, { ...usual, ...choice }).quota, quota);
  }
  outcome.equal = outcome.figures > 0 && outcome.gap <= LIMIT;
  return outcome;
};

/**
 * Return what the levers of one region change elsewhere and at home.
 * @param {Model} model
 * @param {State} state
 * @param {number} region the one that acts
 * @returns {{footprint: Float64Array, production: Float64Array}} how far its cleaner
 *   producers lower the footprint, and its lower demand the production, of each region
 */
export const spillovers = (model, state, region) => {
  const { size, flows, direct } = model.cells;
  const { producers, consumers } = actors(model, state);
  const factors = demandFactors(model, state, consumers);
  const footprint = new Float64Array(size);
  const production = new Float64Array(size);
  if (producers.includes(region)) {
    eachCut(model, state, region, (capped, other, _, factor) => {
      for (let d = 0; d < size; d++) {
        const fixed = other === null ? 0 : other[d];
        footprint[d] += factor * ((capped[d] * (1 + factors[d])) / 2 + fixed);
      }
    });
  }
  const less = 1 - factors[region];
  if (less) {
    for (let o = 0; o < size; o++) production[o] = less * flows[o * size + region];
    for (const o of producers) {
      eachCut(model, state, o, (capped, _, __, factor) => {
        production[o] -= (less * factor * capped[region]) / 2;
      });
    }
    production[region] += less * direct[region];
  }
  return { footprint, production };
};

const COLUMNS = [
  ...["scenario_id", "year", "region_id", "sector_id", "category_id", "lever", "kind"],
  ...["value", "includes_power_supply"],
];

/**
 * Return the levers of a state as a file that `carbonshed whatif` takes.
 * @param {Model} model
 * @param {State} state
 * @param {string} [id] of the scenario
 * @returns {string} CSV with a header; empty where no lever changes anything
 */
export const scenariosCsv = (model, state, id = "explorer") => {
  const { producers, consumers } = actors(model, state);
  const factors = demandFactors(model, state, consumers);
  const rows = [
    ...producers.flatMap((r) => intensityRows(model, state, r)),
    ...consumers
      .filter((r) => factors[r] < 1)
      .map((r) => [
        ...[model.regions[r].id, "", "demand", "scale_to_cap"],
        ...[leverOf(state, model.regions[r], "cap"), ""],
      ]),
  ].map(([region, sector, lever, kind, value, power]) =>
    [id, model.year, region, sector, "", lever, kind, value, power].map(field).join(","),
  );
  return rows.length ? `${[COLUMNS.join(","), ...rows].join("\n")}\n` : "";
};

const field = (value) =>
  /[",\n\r]|^\s|\s$/.test(value) ? `"${String(value).replaceAll('"', '""')}"` : String(value);

/** Return the rows of a producer: a benchmark, or the factor of each sector on the way. */
const intensityRows = (model, state, region) => {
  const { b, share } = pace(model, state, region);
  const { coarse, sectors, ratios } = model.cells;
  const row = (sector, kind, value, power) => [
    ...[model.regions[region].id, sector, "intensity", kind, value, power],
  ];
  let acts = false;
  eachCut(model, state, region, () => {
    acts = true;
  });
  if (!acts) return [];
  if (coarse.has(region)) {
    const whole = coarse.get(region).shares[b][state.power ? 1 : 0];
    return [row("", "factor", 1 - share * whole, true)];
  }
  if (share === 1) return [row("", "benchmark", model.benchmarks[b].id, state.power)];
  return sectors.flatMap(({ id, isPowerSupply }, s) => {
    const ratio = ratios[(region * sectors.length + s) * model.benchmarks.length + b];
    const is = ratio !== 1 && (state.power || !isPowerSupply);
    return is ? [row(id, "factor", 1 - share * (1 - ratio), true)] : [];
  });
};
