// What the levers do, in sentences: the answer, and what it asks of whom.
import { listing, percent, scaleOf, write } from "./numbers.js";

const MOST_NAMES = 4;
// the words of the macro count_in_words
const COUNTS = "One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve".split(" ");
export const ABOVE_GIVERS = "above_givers"; // a premise that stands beside who may grow

/** Return names of places, the first few, and the number of the others. */
export const few = (names, most = MOST_NAMES) =>
  names.length <= most
    ? listing(names)
    : `${names.slice(0, most).join(", ")} and ${names.length - most} more`;

/** Return the name of a region as a sentence begins with it. */
const atStart = (region, { regions, name }) =>
  `${regions[region].hasArticle ? "The " : ""}${name(region)}`;

/** Return how many they are, as a sentence begins with it. */
const countAtStart = ({ length }) => COUNTS[length - 1] ?? String(length);

/** Return those who act and avoid at least 1 % of their own footprint. */
const giversOf = ({ acting, regions: { quota, footprintBefore } }) =>
  acting.filter(
    (region) => quota[region] > 0 && quota[region] >= 0.01 * Math.abs(footprintBefore[region]),
  );

/** Return the largest cut of what these regions buy, and whom three digits leave with it. */
export const hardestOf = ({ regions: { demandFactor } }, among) => {
  const cutOf = (region) => 1 - demandFactor[region];
  const cut = Math.max(0, ...among.map(cutOf));
  const isHit = (region) => cutOf(region).toPrecision(3) === cut.toPrecision(3);
  return cut > 0 ? { cut, regions: among.filter(isHit) } : null;
};

/**
 * Return the answer: what is avoided by those whose part counts, and who of them would
 * have to cut most.
 *
 * @param {object} view result and hardest, and the words of the explorer
 * @returns {string} short sentences, with the caveat of the data before them
 */
export const answer = ({ result, hardest }, explorer) => {
  const { nouns, caveat } = explorer;
  const mark = caveat ? `${caveat.toLocaleUpperCase()}: ` : "";
  const { acting, quota, emissions } = result;
  if (acting.length === 0) return `${mark}Nobody acts, so nothing is avoided.`;
  const givers = giversOf(result);
  const others = acting.filter((region) => !givers.includes(region));
  const rest = others.reduce((sum, region) => sum + result.regions.quota[region], 0);
  const given = quota - rest;
  const isOne = givers.length === 1;
  const hit = hardestOf(result, givers);
  const written = (amount) => `${write(amount, "t")}, ${percent(amount / emissions)} of all emissions.`;
  const sentences = [];
  if (isOne) sentences.push(`${atStart(givers[0], explorer)} avoids ${written(given)}`);
  else if (givers.length) sentences.push(`${countAtStart(givers)} ${nouns[1]} avoid ${written(given)}`);
  else if (quota > 0) sentences.push(`Avoided in all: ${written(quota)}`);
  else sentences.push("Nothing is avoided at these levers.");
  if (hit) {
    const [first, second] = hit.regions;
    const who = second !== undefined ? "Several" : isOne ? "It" : atStart(first, explorer);
    sentences.push(`${who} would buy ${percent(hit.cut)} less.`);
  } else if (!hardest) sentences.push("Nobody would buy less.");
  if (givers.length && write(given, "t") !== write(quota, "t")) {
    const how = others.length === 1
      ? `acts and avoids ${write(rest, "t")}, less than 1 % of its own footprint`
      : `act and avoid ${write(rest, "t")}, each less than 1 % of its own footprint`;
    sentences.push(`${countAtStart(others)} more ${how}.`);
  }
  return `${mark}${sentences.join(" ")}`;
};

/** Return a warning about those who act and consume less than the mean, or nothing. */
export const belowMean = (acting, { regions, name, nouns, mean }) => {
  const perPerson = (region) => regions[region].perCapita;
  const below = acting.filter((region) => perPerson(region) < mean * (1 - 1e-12));
  if (below.length === 0) return "";
  below.sort((a, b) => perPerson(a) - perPerson(b));
  const size = scaleOf([mean, ...below.map(perPerson)], "t per person");
  const named = few(below.map((region) => `${name(region)} (${size.text(perPerson(region))})`));
  return below.length === 1
    ? `${named} is below the mean of ${size.full(mean)}, but would have to act.`
    : `${below.length} of the ${acting.length} ${nouns[1]} are below the mean of ${size.full(
      mean,
    )}, but would have to act: ${named}.`;
};

/** Return who may grow and to what, or the premise that takes the place of the number. */
export const growth = ({ receivers, withheld, quota }) => {
  if (withheld) return `No figure for those who may grow. ${withheld}`;
  if (receivers.people === 0) return "Nobody is left who could grow.";
  if (!(quota > 0)) return "Nothing is avoided, so there is nothing to share.";
  const size = scaleOf([receivers.before, receivers.after], "t per person");
  return `${percent(receivers.share)} of the people could then cause ${size.full(
    receivers.after,
  )} instead of ${size.text(receivers.before)}.`;
};

/** Say what the quota is of the growth until the projected peak; nothing without one. */
export const peakWords = ({ result: { uplift }, quota }, { model: { peak } }) =>
  uplift === null || !(quota > 0)
    ? ""
    : `That is ${percent(uplift)} of the ${write(peak.growth, "t")} that emissions would still grow by until their projected peak, ${write(peak.emissions, "t")} in ${peak.year}.`;

/** Say on what evidence a choice stands, as its seed does; nothing for no choice. */
export const evidenceOf = (choice) =>
  choice
    ? `${choice.description}. Evidence: ${choice.evidence}. ${choice.source}.`.replaceAll("..", ".")
    : "";

/** Say choices in words, one sentence for each column of levers. */
export const choicesInWords = (explorer, state, acting) => {
  const { model, nouns } = explorer;
  const label = (list, id) => list.find((each) => each.id === id)?.label ?? id;
  const tonnes = (value) => scaleOf([value], "t per person").full(value);
  const power = `power supply ${state.power ? "takes part" : "does not take part"}`;
  const way = state.share < 1 ? `${percent(state.share)} of the way to ` : "";
  const far = state.benchmark === null
    ? "producers as today"
    : `producers come down ${way || "to "}the ${label(model.benchmarks, state.benchmark)}, ${power}`;
  const cap = state.cap === null
    ? "no cap on demand"
    : typeof state.cap === "number"
      ? `nobody who acts above ${tonnes(state.cap)}`
      : `nobody who acts above the ${label(model.caps, state.cap)} of ${tonnes(
          model.caps.find(({ id }) => id === state.cap).tonnes,
        )}`;
  const who = state.rule === null ? `${nouns[1]} chosen by hand` : label(model.rules, state.rule);
  const levers = state.pathways ? "by the levers of their roles" : "by both levers";
  return [
    `Who acts: ${who} (${acting.length}), ${levers}.`,
    [`How far: ${far}; ${cap}.`, exceptionsInWords(explorer, state, acting)].filter(Boolean).join(" "),
    `Who may grow: the poorest ${percent(state.people)} of people, ${label(model.allocations, state.allocation)}.`,
  ];
};

/** Say which of those who act have levers of their own, and how far these go. */
const exceptionsInWords = ({ model, regions, name }, { exceptions = {} }, acting) => {
  const cap = (value) => {
    if (value === null) return "no cap";
    if (typeof value === "number") return scaleOf([value], "t per person").full(value);
    return model.caps.find(({ id }) => id === value).label;
  };
  const own = acting
    .filter((region) => Object.hasOwn(exceptions, regions[region].id))
    .map((region) => {
      const { share, cap: limit } = exceptions[regions[region].id];
      const levers = [
        share !== undefined && `${percent(share)} of the way`,
        limit !== undefined && cap(limit),
      ];
      return `${name(region)} (${levers.filter(Boolean).join(", ")})`;
    });
  return own.length ? `With levers of their own: ${few(own)}.` : "";
};

/** Return how two answers differ: B, that is tried, and A, that was frozen. */
export const comparison = (frozen, view, { name }) => {
  const gap = view.quota - frozen.quota;
  const size = scaleOf([frozen.quota, view.quota], "t");
  const cut = ({ hardest }) => {
    if (!hardest) return "nobody buys less";
    const { regions } = hardest;
    const who = regions.length > 1 ? "several buy" : `${name(regions[0])} buys`;
    return `${who} ${percent(hardest.cut)} less`;
  };
  const more = gap === 0
    ? "as much as A"
    : `${write(Math.abs(gap), "t")} ${gap > 0 ? "more" : "less"} than A`;
  return `A avoids ${size.full(frozen.quota)} (${cut(frozen)}). B avoids ${size.full(
    view.quota,
  )} (${cut(view)}): ${more}.`;
};

/** Return who avoids next to nothing although it acts, as a sentence, or nothing. */
export const idle = ({ result }, { name }) => {
  const givers = new Set(giversOf(result));
  const none = result.acting.filter((region) => !givers.has(region));
  if (none.length === 0) return "";
  return none.length === 1
    ? `${name(none[0])} acts, but avoids less than 1 % of its own footprint.`
    : `${few(none.map(name))} act, but avoid less than 1 % of their own footprints.`;
};

/** Return who receives at least 1 % of its own footprint, the poorest first. */
export const receiving = ({ result, withheld, quota }, { name, nouns, regions }) => {
  const { allocated, regions: receivers } = result.receivers;
  const gain = receivers.filter(
    (region, n) => allocated[n] > 0 && allocated[n] >= 0.01 * Math.abs(regions[region].footprint),
  );
  if (withheld || gain.length === 0 || !(quota > 0)) return "";
  const noun = gain.length === 1 ? nouns[0] : nouns[1];
  return `${gain.length} ${noun}, the poorest first: ${few(gain.map(name))}.`;
};

/** Return what readers have to keep in mind, a sentence each; nothing is said twice. */
export const limits = ({ result }, { model: { peak } }) => [
  "Levers change intensities and demand, nothing else: prices, technology, trade and incomes do not react, and money saved is not spent elsewhere. The larger the change, the less realistic this is.",
  ...result.premises
    .filter(({ withholds, id }) => !withholds && id !== ABOVE_GIVERS)
    .map(({ text }) => text),
  ...(peak.reason ? [`The growth until the peak of emissions is not shown: ${peak.reason}.`] : []),
];
