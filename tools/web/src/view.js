// The model in the words of the page, and what a state brings about in those words.
import { ABOVE_GIVERS, answer, choicesInWords, hardestOf } from "./answer.js";
import { evaluate, initialState } from "./evaluate.js";
import { rankWords } from "./strip.js";
/** @typedef {import("./evaluate.js").Model} Model */
/** @typedef {import("./evaluate.js").State} State */

const BEYOND = "income_extrapolated"; // a premise

/**
 * Put the model into words that every part of the page uses.
 *
 * @param {Model} model
 * @param {object} texts of the page: nouns, caveat, stem, marks, source, colours
 */
export const explorerOf = (model, texts) => {
  const ranked = model.regions
    .map((_, number) => number)
    .filter((number) => model.regions[number].ranked && model.regions[number].perCapita !== null)
    .sort((a, b) => model.regions[b].footprint - model.regions[a].footprint || a - b);
  const label = (list, id) => list.find((each) => each.id === id)?.label ?? id;
  const usual = { ...initialState(model), exceptions: {} };
  const count = new Map();
  for (const { name } of model.regions) count.set(name, (count.get(name) ?? 0) + 1);
  const choices = model.combinations.map(({ rule, benchmark, cap, power, quota }) => ({
    quota,
    words: `${label(model.rules, rule)}; ${label(model.benchmarks, benchmark)}; ${label(
      model.caps,
      cap,
    )}; ${power ? "with" : "without"} power supply`,
    state: { rule, regions: [], pathways: true, benchmark, share: 1, power, cap, exceptions: {} },
  }));
  const mine = window.carbonshedPlace?.get()?.id;
  const own = model.regions.findIndex(({ id }) => id === mine);
  return {
    ...texts,
    model,
    texts,
    usual,
    choices,
    ranked,
    regions: model.regions,
    mean: model.meanPerCapita,
    own: own < 0 ? null : own,
    // two places of one name are told apart by their ids
    name: (region) => {
      const { id, name } = model.regions[region];
      return count.get(name) > 1 ? `${name} (${id})` : name;
    },
    isAcross: model.premises.country === "WLD",
  };
};

/**
 * Put the effects of a state into what is drawn and said of it.
 *
 * @param {object} explorer from `explorerOf`
 * @param {State} state
 */
export const viewOf = (explorer, state) => {
  const { regions, model } = explorer;
  const result = evaluate(model, state);
  const { receivers } = result;
  const people = receivers.regions.map((region) => regions[region].population);
  const all = people.reduce((sum, some) => sum + some, 0);
  const mean = (values) => values.reduce((sum, value, number) => sum + value * people[number], 0) / all;
  const withheld = result.premises.find((premise) => premise.withholds);
  const view = {
    state,
    result,
    acting: result.acting,
    quota: result.quota,
    share: result.quotaShare,
    hardest: hardestOf(result, result.acting),
    receivers: {
      people: all,
      share: receivers.populationShare,
      before: mean(receivers.perCapitaBefore),
      after: mean(receivers.perCapitaAfter),
    },
    withheld: withheld?.text ?? "",
    // t per person beyond the curve are grey; what another premise withholds is not drawn
    isDrawn: !withheld || withheld.id === BEYOND,
    choices: choicesInWords(explorer, state, result.acting),
    unusual: explorer.choices.length ? `${rankWords(explorer.choices, result.quota)}` : "",
  };
  const above = result.premises.find(({ id }) => id === ABOVE_GIVERS)?.text ?? "";
  view.aboveGivers = view.isDrawn ? above : "";
  view.sentence = answer(view, explorer);
  return view;
};

