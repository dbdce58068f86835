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
 * @property {boolean} ranked false for a rest of the world
 * @property {number|null} population
 * @property {number|null} income GDP per person, null where it is unknown
 * @property {number} production emissions of its producers and final users
 * @property {number} footprint
 * @property {number|null} perCapita footprint per person
 * @property {boolean} bySector false where all its sectors have one lever (`coarse`)
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
 * @property {Object|null} curve footprints over incomes: elasticity, largestFootprint,
 *   largestIncome, thresholdFootprint (each a number or null)
 * @property {Shipped[]} shipped the scenarios of the marts
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
 */

/**
 * What a state brings about. Arrays of amounts have a number for each region.
 * @typedef {Object} Result
 * @property {number} emissions all, before
 * @property {number} quota emissions avoided
 * @property {number} quotaShare of all emissions
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
 * @property {number[]} aboveGivers regions that receive and end above `lowestGiver`
 */

/**
 * A premise that fails, as a sentence that takes the place of a number.
 * @typedef {Object} Premise
 * @property {string} id across_countries, footprints_incomplete, one_structure,
 *   receivers_short, income_extrapolated: these withhold what receivers get and earn;
 *   above_givers, lower_bound: these stand beside it
 * @property {boolean} withholds
 * @property {string} text a sentence
 */

/**
 * Decode the data of `data/levers.js`.
 * @param {Object} packed what the file sets, `window.carbonshedLevers`
 * @returns {Promise<Model>}
 */
export const decode = async (packed) => packed;

/**
 * Return the state of the first shipped scenario, or of none.
 * @param {Model} model
 * @returns {State}
 */
export const initialState = (model) => model.shipped[0]?.state;

/**
 * Evaluate a state.
 * @param {Model} model
 * @param {State} state
 * @returns {Result}
 */
export const evaluate = (model, state) => ({ model, state });

/**
 * Say whether the shipped scenarios and all combinations come out as in the marts.
 * @param {Model} model
 * @returns {{equal: boolean, gap: number, figures: number, worst: string}} the largest
 *   relative gap, of how many figures, and of which; equal: at most 1e-6
 */
export const verify = (model) => ({ equal: false, gap: NaN, figures: 0, worst: "" });

/**
 * Return who acts with what on whom.
 * @param {Model} model
 * @param {State} state
 * @param {number} region the one that acts
 * @returns {{footprint: Float64Array, production: Float64Array}} how far its producers
 *   lower the footprints, and its demand the production, of each region
 */
export const spillovers = (model, state, region) => ({ footprint: [], production: [] });

/**
 * Return the levers of a state as a file that `carbonshed whatif` takes.
 * @param {Model} model
 * @param {State} state
 * @param {string} [id] of the scenario
 * @returns {string} CSV with a header; empty where no lever acts
 */
export const scenariosCsv = (model, state, id = "explorer") => "";
