// The script of the page "What if": what `build.js` bundles begins here.
export { evaluate } from "./evaluate.js";
