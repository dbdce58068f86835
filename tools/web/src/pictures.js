// The charts below the levers, each with its table, and the maps.
import { drawBars, drawPairs, drawTwoSides } from "./charts.js";
import { byId, element, say } from "./dom.js";
import { idle, limits } from "./answer.js";
import { makeMap } from "./map.js";
import { percent, scaleOf } from "./numbers.js";
import { makeTwin } from "./twin.js";

const MOST_BARS = 12;
const MIN_SHOWN = 1e-3; // of the largest

/** Return the first rows of a chart, their values written. */
export const drawnOf = (rows, most = MOST_BARS) =>
  rows.slice(0, most).map((row) => ({ ...row, texts: row.write() }));

/** Return the rows of whose levers avoid how much, the largest first. */
export const barsOf = ({ name, regions }, { regions: amounts, acting }) => {
  const sorted = acting.filter((region) => amounts.quota[region] > 0);
  sorted.sort((a, b) => amounts.quota[b] - amounts.quota[a]);
  const size = scaleOf(sorted.map((region) => amounts.quota[region]), "t");
  return sorted.map((region) => ({
    id: regions[region].id,
    name: name(region),
    region,
    parts: [amounts.producerQuota[region], amounts.consumerQuota[region]],
    write: () => [size.full(amounts.quota[region])],
  }));
};

/** Return the rows of what each who acts would have to do, the hardest first. */
export const asksOf = ({ name }, { regions: amounts, consumers }) =>
  consumers
    .map((region) => ({ region, name: name(region), cut: 1 - amounts.demandFactor[region] }))
    .filter(({ cut }) => cut > 1e-12)
    .sort((a, b) => b.cut - a.cut)
    .map((row) => ({ ...row, parts: [row.cut], write: () => [percent(row.cut)] }));

/** Return the rows of what those notice who do not act, the largest first. */
const spillsOf = ({ name, regions }, { regions: amounts, acting }) => {
  const isActing = new Set(acting);
  const rows = regions
    .map((_, region) => region)
    .filter((region) => !isActing.has(region))
    .map((region) => ({
      region,
      name: name(region),
      parts: [amounts.productionByOthers[region], amounts.footprintByOthers[region]],
    }))
    .filter(({ parts: [loses, gains] }) => loses + gains > 0)
    .sort((a, b) => b.parts[0] + b.parts[1] - a.parts[0] - a.parts[1]);
  const parts = rows.flatMap((row) => row.parts);
  const size = scaleOf(parts, "t");
  // beside the largest a bar without length has no number either; the table has it
  const least = MIN_SHOWN * Math.max(0, ...parts);
  return rows.map((row) => ({
    ...row,
    write: () => row.parts.map((part) => (part > least ? size.full(part) : "")),
  }));
};

/** Return the look of each region on the map of spillovers. */
const noticed = ({ name, regions }, { result }, acting) => {
  const { footprintByOthers: gains, productionByOthers: loses } = result.regions;
  const share = (region) => [
    gains[region] / regions[region].footprint || 0,
    loses[region] / regions[region].production || 0,
  ];
  const others = regions.map((_, region) => region).filter((region) => !acting.has(region));
  const most = Math.max(Number.MIN_VALUE, ...others.flatMap(share));
  return (region) => {
    if (acting.has(region)) return { name: "acts", text: `${name(region)}, acts` };
    const [gain, loss] = share(region);
    return {
      name: gain >= loss ? "gains" : "loses",
      depth: Math.round(100 * (0.15 + (0.85 * Math.max(gain, loss)) / most)) / 100,
      text: `${name(region)}: footprint ${percent(gain)} smaller, emissions at home ${percent(loss)} smaller`,
    };
  };
};

/** Return the rows of who may grow, the poorest first. */
export const receiversOf = ({ name }, { receivers }) => {
  const { perCapitaBefore: before, perCapitaAfter: after } = receivers;
  const size = scaleOf([...before, ...after], "t per person");
  return receivers.regions.map((region, number) => ({
    region,
    name: name(region),
    before: before[number],
    after: after[number],
    allocated: receivers.allocated[number],
    isBeyond: receivers.beyondCurve[number],
    write: () => [`${size.text(before[number])} to ${size.text(after[number])}`],
  }));
};

/** Draw what is on the page below the levers, and the tables beside it. */
export const makePictures = (explorer) => {
  const { nouns, name, regions, model } = explorer;
  const place = (id) => document.querySelector(`[data-draws="${id}"]`);
  const t = (of) => ({ unit: "t", of });
  const perPerson = (of) => ({ unit: "t per person", of });
  const noun = nouns[0].charAt(0).toLocaleUpperCase() + nouns[0].slice(1);
  const head = { label: noun, of: (row) => row.name, href: (row) => `place.html#${encodeURIComponent(regions[row.region].id)}` };
  const twins = {
    bars: makeTwin("bars", "Emissions avoided, by who acts and by lever", [
      head,
      { label: "Avoided", ...t((row) => row.parts[0] + row.parts[1]) },
      { label: "By cleaner producers", ...t((row) => row.parts[0]) },
      { label: "By buying less", ...t((row) => row.parts[1]) },
    ]),
    asks: makeTwin("asks", "Demand that those who act would give up", [
      head,
      { label: "Buys less by", unit: "share", of: (row) => row.cut },
      { label: "Per person today", ...perPerson((row) => regions[row.region].perCapita) },
    ]),
    spills: makeTwin("spills", `What changes for ${nouns[1]} that do not act`, [
      head,
      { label: "Emissions at home fall by", ...t((row) => row.parts[0]) },
      { label: "Footprint falls by", ...t((row) => row.parts[1]) },
    ]),
    receivers: makeTwin("receivers", "Footprint per person of those who may grow", [
      head,
      { label: "Today", ...perPerson((row) => row.before) },
      { label: "After", ...perPerson((row) => row.after) },
      { label: "Receives", ...t((row) => row.allocated) },
      { label: "Beyond what is observed", of: (row) => (row.isBeyond ? "yes" : "no") },
    ]),
  };
  const map = makeMap(byId("map"), explorer);
  const chooser = makeMap(byId("chooser"), explorer, (region) => explorer.toggle(region));
  const others = (id, count) =>
    count > MOST_BARS
      ? `The ${MOST_BARS} ${id === "receivers" ? "poorest" : "largest"} of ${count}; all are in the table.`
      : "";

  let limited = "";
  return (view) => {
    const { result } = view;
    const asks = asksOf(explorer, result);
    const bars = barsOf(explorer, result);
    const spills = spillsOf(explorer, result);
    const receivers = view.isDrawn && view.quota > 0 ? receiversOf(explorer, result) : [];
    for (const [id, rows] of Object.entries({ bars, asks, spills, receivers })) {
      byId(id).hidden = rows.length === 0;
      say(document.querySelector(`[data-others="${id}"]`), others(id, rows.length));
      twins[id](rows);
    }
    drawBars(place("bars"), drawnOf(bars), ["producers", "consumers"]);
    drawBars(place("asks"), drawnOf(asks), ["consumers"]);
    say(byId("bars-words"), idle(view, explorer));
    drawTwoSides(place("spills"), drawnOf(spills), ["loses", "gains"]);
    const most = model.curve?.largestFootprint ?? null;
    drawPairs(
      place("receivers"),
      drawnOf(receivers),
      most === null ? null : { at: most, text: `beyond it no ${nouns[0]} is observed` },
    );
    const acting = new Set(view.acting);
    const size = scaleOf(regions.map(({ perCapita }) => perCapita), "t per person");
    chooser((region) => ({
      name: acting.has(region) ? "acts" : "land",
      text: `${name(region)}, ${size.full(regions[region].perCapita)}${acting.has(region) ? ", acts" : ""}`,
    }));
    map(noticed(explorer, view, acting));
    const said = limits(view, explorer);
    if (said.join() !== limited) {
      limited = said.join();
      byId("limits-list").replaceChildren(...said.map((text) => element("li", {}, text)));
    }
  };
};
