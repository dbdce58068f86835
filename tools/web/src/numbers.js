// Numbers as people read them: the same rules as in carbonshed/numbers.py.

export const MISSING = "–";
const MINUS = "−";
const NOISE = 1e-9;
const DIGITS = 3;
const MAX_DECIMALS = 4;
const MIN_SHARE = 1e-2;
const MIN_FIXED_SHARE = 0.01;
const MASS = [[1e9, "Gt"], [1e6, "Mt"], [1e3, "kt"], [1, "t"], [1e-3, "kg"], [1e-6, "g"]];
const COUNT = [[1e12, "trillion"], [1e9, "billion"], [1e6, "million"], [1, ""]];

// by decimals: to make one takes longer than to write a hundred numbers
const formats = new Map();
const withCommas = (value, decimals) => {
  if (!formats.has(decimals)) {
    const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
    formats.set(decimals, new Intl.NumberFormat("en-US", digits));
  }
  return formats.get(decimals).format(value).replace("-", MINUS);
};

// decimals that leave three significant digits to a number, as it will be read
const decimalsOf = (value) => {
  if (value === 0) return 0;
  const order = Math.floor(Math.log10(Number(Math.abs(value).toExponential(DIGITS - 1))));
  return Math.min(Math.max(DIGITS - 1 - order, 0), MAX_DECIMALS);
};

const median = (sizes) => {
  const sorted = [...sizes].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  if (sorted.length === 0) return 0;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};

const stepOf = (size, steps) =>
  (size === 0
    ? steps.find(([divisor]) => divisor === 1)
    : (steps.find(([divisor]) => size >= divisor) ?? steps.at(-1)));

/**
 * Choose the way in which the numbers of one column are written.
 *
 * @param {(number | null)[]} values numbers; what is missing is passed over
 * @param {string} unit "t", "person", "count" or "share"; "t per person"
 * @returns {{divisor: number, unit: string, text: Function, full: Function}}
 */
export const scaleOf = (values, unit) => {
  let sizes = values.filter((value) => value != null && Number.isFinite(value)).map(Math.abs);
  const largest = sizes.reduce((most, size) => Math.max(most, size), 0);
  sizes = sizes.filter((size) => size > NOISE * largest);
  const middle = median(sizes);
  let [divisor, name, fixed] = [1, "", null];
  if (unit === "share") {
    const isSmall = middle > 0 && middle < MIN_FIXED_SHARE;
    [divisor, name, fixed] = [0.01, "%", isSmall ? null : 1];
  } else if (unit === "count") {
    fixed = 0;
  } else if (unit === "person") {
    const [step, word] = stepOf(Math.max(middle, largest * MIN_SHARE), COUNT);
    [divisor, name] = [step, `${word} people`.trim()];
  } else if (unit.startsWith("t")) {
    const [step, word] = stepOf(Math.max(middle, largest * MIN_SHARE), MASS);
    [divisor, name] = [step, word + unit.slice(1)];
  } else {
    name = unit;
  }
  const text = (value) => {
    if (value == null || !Number.isFinite(value)) return MISSING;
    let scaled = value / divisor;
    if (Math.abs(scaled) < NOISE) scaled = 0;
    const decimals = fixed ?? decimalsOf(scaled);
    const smallest = 10 ** -decimals;
    if (scaled !== 0 && Math.abs(scaled) < smallest / 2) {
      return `${scaled > 0 ? "<" : `>${MINUS}`}${smallest.toFixed(decimals)}`;
    }
    return withCommas(scaled, decimals);
  };
  const full = (value) => {
    const written = text(value);
    return written === MISSING || !name ? written : `${written} ${name}`;
  };
  return { divisor, unit: name, text, full };
};

/** Write a single number with its unit. */
export const write = (value, unit) => scaleOf([value], unit).full(value);

/** Write a share as a whole percentage, one below one per cent with one decimal. */
export const percent = (share) => {
  if (share == null || !Number.isFinite(share)) return MISSING;
  if (share === 0 || Math.abs(share) >= 0.01) return `${withCommas(100 * share, 0)} %`;
  return Math.abs(share) < 0.0005 ? "<0.1 %" : `${withCommas(100 * share, 1)} %`;
};

/** Join names as a sentence does. */
export const listing = (names) =>
  names.length < 2
    ? names.join("")
    : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
