// The script of the page "What if": what `build.js` bundles begins here.
export { decode, evaluate, initialState, scenariosCsv, spillovers, verify } from "./evaluate.js";
