// What the levers do, in sentences: the answer, and what it asks of whom.
import { listing, percent, scaleOf, write } from "./numbers.js";

const MOST_NAMES = 4;
export const ABOVE_GIVERS = "above_givers"; // a premise that stands beside who may grow

/** Return names of places, the first few, and the number of the others. */
export const few = (names, most = MOST_NAMES) =>
  names.length <= most
    ? listing(names)
    : `${names.slice(0, most).join(", ")} and ${names.length - most} more`;

/** Return the name of a region as a sentence begins with it. */
const atStart = (region, { regions, name }) =>
  `${regions[region].hasArticle ? "The " : ""}${name(region)}`;

/**
 * Return the answer: what is avoided, and who would have to cut most.
 *
 * @param {object} view acting, quota, share, hardest, and the words of the explorer
 * @returns {string} two short sentences, with the caveat of the data before them
 */
export const answer = ({ acting, quota, share, hardest }, explorer) => {
  const { nouns, caveat } = explorer;
  const mark = caveat ? `${caveat.toLocaleUpperCase()}: ` : "";
  if (acting.length === 0) return `${mark}Nobody acts, so nothing is avoided.`;
  const isOne = acting.length === 1;
  const who = isOne ? atStart(acting[0], explorer) : `These ${acting.length} ${nouns[1]}`;
  const verb = isOne ? "avoids" : "avoid";
  const first = quota > 0
    ? `${who} ${verb} ${write(quota, "t")}, ${percent(share)} of all emissions.`
    : `${who} ${verb} nothing at these levers.`;
  const second = hardest
    ? `${isOne ? "It" : atStart(hardest.region, explorer)} would buy ${percent(hardest.cut)} less.`
    : "Nobody would buy less.";
  return `${mark}${first} ${second}`;
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
  const cut = ({ hardest }) =>
    hardest ? `${name(hardest.region)} buys ${percent(hardest.cut)} less` : "nobody buys less";
  const more = gap === 0
    ? "as much as A"
    : `${write(Math.abs(gap), "t")} ${gap > 0 ? "more" : "less"} than A`;
  return `A avoids ${size.full(frozen.quota)} (${cut(frozen)}). B avoids ${size.full(
    view.quota,
  )} (${cut(view)}): ${more}.`;
};

/** Return who gives nothing although it acts, as a sentence, or nothing. */
export const idle = ({ acting, result }, { name }) => {
  const none = acting.filter((region) => !(result.regions.quota[region] > 0));
  if (none.length === 0) return "";
  const verb = none.length === 1 ? "acts, but its levers avoid" : "act, but their levers avoid";
  return `${few(none.map(name))} ${verb} nothing.`;
};

/** Return who receives, the poorest first. */
export const receiving = ({ result, withheld, quota }, { name, nouns }) => {
  const { regions } = result.receivers;
  if (withheld || regions.length === 0 || !(quota > 0)) return "";
  const noun = regions.length === 1 ? nouns[0] : nouns[1];
  return `${regions.length} ${noun}, the poorest first: ${few(regions.map(name))}.`;
};

/** Return what readers have to keep in mind, a sentence each; nothing is said twice. */
export const limits = ({ result }, { model: { peak } }) => [
  "Levers change intensities and demand, nothing else: prices, technology, trade and incomes do not react, and money saved is not spent elsewhere. The larger the change, the less realistic this is.",
  ...result.premises
    .filter(({ withholds, id }) => !withholds && id !== ABOVE_GIVERS)
    .map(({ text }) => text),
  ...(peak.reason ? [`The growth until the peak of emissions is not shown: ${peak.reason}.`] : []),
];
