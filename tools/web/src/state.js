// The state of the levers as an address that people can read, and back.
//   #who=top_decile&k=p25&way=100&power=1&cap=national_mean&people=60&give=water_filling
//   #who=own&act=TX,CA&levers=both&...      places of one's own, with both levers each
//   &except=TX:60:8,CA::none                a place with its own part of the way, and cap
// What is missing is as at the beginning; what nobody knows is left out and named.
/** @typedef {import("./evaluate.js").State} State */

const NONE = "none";
const OWN = "own";

const encode = (id) =>
  encodeURIComponent(id).replace(
    /[!'()*~]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
const decode = (text) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a broken link: as it stands
  }
};
const number = (value) => String(Number(value.toPrecision(6)));

/**
 * Write a state as the part of an address after `#`.
 *
 * @param {State} state levers
 * @param {State | null} frozen state A, if B is being tried
 * @returns {string} the address, without `#`
 */
export const toAddress = (state, frozen = null) => {
  const written = (cap) => (typeof cap === "number" ? number(cap) : encode(cap ?? NONE));
  const exceptions = Object.entries(state.exceptions ?? {}).map(([id, { share, cap }]) =>
    [encode(id), share === undefined ? "" : number(100 * share), cap === undefined ? "" : written(cap)].join(":"),
  );
  const parts = [
    ["who", encode(state.rule ?? OWN)],
    state.rule === null && ["act", state.regions.map(encode).join(",")],
    !state.pathways && ["levers", "both"],
    ["k", encode(state.benchmark ?? NONE)],
    ["way", number(100 * state.share)],
    ["power", state.power ? "1" : "0"],
    ["cap", written(state.cap)],
    ["people", number(100 * state.people)],
    ["give", encode(state.allocation)],
    exceptions.length && ["except", exceptions.join(",")],
    frozen && ["a", encodeURIComponent(toAddress(frozen))],
  ];
  return parts
    .filter(Boolean)
    .map((part) => part.join("="))
    .join("&");
};

/**
 * Read a state from an address.
 *
 * @param {string} address what stands after `#`
 * @param {State} usual the state to begin with
 * @param {Object<string, Set<string>>} known ids: rules, regions, benchmarks, caps, gives
 * @returns {{state: State, frozen: State | null, unknown: string[]}}
 */
export const fromAddress = (address, usual, known) => {
  const state = structuredClone(usual);
  const unknown = [];
  let frozen = null;
  const among = (ids, text, take) => {
    const id = decode(text);
    if (ids.has(id)) take(id);
    else unknown.push(id);
  };
  const within = (text, least, most, take) => {
    const value = Number(text);
    if (text !== "" && value >= least && value <= most) take(value);
    else unknown.push(text);
  };
  const readCap = (text, take) => {
    if (text === NONE) take(null);
    else if (known.caps.has(decode(text))) take(decode(text));
    else within(text, 1e-6, 1e6, take);
  };
  const read = {
    who: (text) => {
      if (text === OWN) state.rule = null;
      else among(known.rules, text, (id) => { state.rule = id; });
    },
    act: (text) => {
      state.regions = [];
      for (const id of text.split(",").filter(Boolean)) {
        among(known.regions, id, (region) => {
          if (!state.regions.includes(region)) state.regions.push(region);
        });
      }
    },
    levers: (text) => { state.pathways = text !== "both"; },
    k: (text) => {
      if (text === NONE) state.benchmark = null;
      else among(known.benchmarks, text, (id) => { state.benchmark = id; });
    },
    way: (text) => within(text, 0, 100, (value) => { state.share = value / 100; }),
    power: (text) => within(text, 0, 1, (value) => { state.power = value === 1; }),
    cap: (text) => readCap(text, (value) => { state.cap = value; }),
    except: (text) => {
      state.exceptions = {};
      for (const part of text.split(",").filter(Boolean)) {
        const [id, way = "", cap = ""] = part.split(":");
        among(known.regions, id, (region) => {
          const exception = {};
          if (way) within(way, 0, 100, (value) => { exception.share = value / 100; });
          if (cap) readCap(cap, (value) => { exception.cap = value; });
          state.exceptions[region] = exception;
        });
      }
    },
    people: (text) => within(text, 0, 100, (value) => { state.people = value / 100; }),
    give: (text) => among(known.gives, text, (id) => { state.allocation = id; }),
    a: (text) => {
      const inner = fromAddress(decode(text), usual, known);
      frozen = inner.state;
      unknown.push(...inner.unknown);
    },
  };
  for (const part of address.split("&").filter(Boolean)) {
    const [name, ...rest] = part.split("=");
    if (Object.hasOwn(read, name)) read[name](rest.join("="));
    else unknown.push(decode(part));
  }
  if (state.rule !== null) state.regions = [];
  return { state, frozen, unknown };
};
