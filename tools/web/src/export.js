// What readers take away: a picture with source and choices in it, a table of all
// places, and the file that `carbonshed whatif` evaluates.
import { scaleLinear } from "d3-scale";
import { growth } from "./answer.js";
import { lines, shape, widthOf } from "./charts.js";
import { save } from "./dom.js";
import { scaleOf } from "./numbers.js";
import { barsOf, drawnOf } from "./pictures.js";

const [WIDTH, HEIGHT, MARGIN] = [1600, 900, 70];
const [INK, SOFT, LINE, PAPER, WARNING] = ["#18212b", "#4d5965", "#c9d0d7", "#ffffff", "#7a3b00"];
const BARS = 8;
const [STEP, LEAST_STEP] = [46, 28]; // pixels of a bar

/** Return the warnings that the page shows: they travel with its picture. */
const warnings = () =>
  [...document.querySelectorAll("#across > .prose, .explorer .warning")]
    .filter((each) => each.checkVisibility())
    .map((each) => each.textContent.trim())
    .filter(Boolean);

/** Compose the picture as SVG: sentence, warnings, bars, strip, choices, source; always light. */
export const compose = (explorer, view) => {
  const { colours, source, choices } = explorer;
  const bars = barsOf(explorer, view.result);
  const svg = shape("svg", {
    xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH,
    height: HEIGHT, "font-family": getComputedStyle(document.body).fontFamily,
  });
  const write = (text, x, y, size, more = {}) =>
    svg.append(shape("text", { x, y, "font-size": size, fill: INK, ...more }, text));
  svg.append(shape("rect", { width: WIDTH, height: HEIGHT, fill: PAPER }));
  let y = MARGIN + 30;
  for (const line of lines(view.sentence, WIDTH - 2 * MARGIN, 44, 650).slice(0, 4)) {
    write(line, MARGIN, y, 44, { "font-weight": 650 });
    y += 54;
  }
  for (const line of lines(growth(view), WIDTH - 2 * MARGIN, 24).slice(0, 2)) {
    write(line, MARGIN, y, 24, { fill: SOFT });
    y += 32;
  }
  for (const line of warnings().flatMap((text) => lines(text, WIDTH - 2 * MARGIN, 20))) {
    write(line, MARGIN, y, 20, { fill: WARNING });
    y += 27;
  }
  y += 24;
  const most = Math.floor((HEIGHT - 250 - y) / LEAST_STEP);
  const rows = drawnOf(bars, Math.min(BARS, Math.max(most, 1)));
  const names = Math.min(340, Math.max(0, ...rows.map((row) => widthOf(row.name, 22))) + 12);
  const right = 1010;
  const sum = ({ parts }) => parts.reduce((all, part) => all + Math.max(part, 0), 0);
  const x = scaleLinear([0, Math.max(...rows.map(sum), 1)], [MARGIN + names, right - 110]);
  const top = y;
  const step = Math.min(STEP, (HEIGHT - 250 - top) / Math.max(rows.length, 1));
  for (const row of rows) {
    let end = 0;
    let text = row.name;
    while (widthOf(text, 22) > names - 12 && text.length > 3) text = `${text.replace(/…$/, "").slice(0, -1)}…`;
    write(text, MARGIN + names - 12, y + 22, 22, { "text-anchor": "end" });
    row.parts.forEach((part, number) => {
      if (!(part > 0)) return;
      const from = x(end);
      end += part;
      svg.append(shape("rect", {
        x: from, y, width: Math.max(x(end) - from - 1, 1), height: step * 0.62,
        fill: [colours.producers, colours.consumers][number],
      }));
    });
    write(row.texts[0], x(end) + 8, y + 22, 22, { "font-weight": 600 });
    y += step;
  }
  if (bars.length > rows.length) write(`and ${bars.length - rows.length} more`, MARGIN + names, y + 18, 20, { fill: SOFT });
  // the choices, beside the bars
  let side = top + 18;
  const aside = right + 30;
  const colour = (fill, text) => {
    svg.append(shape("rect", { x: aside, y: side - 16, width: 18, height: 18, fill }));
    write(text, aside + 28, side, 21);
    side += 34;
  };
  colour(colours.producers, "cleaner producers");
  colour(colours.consumers, "consumers who buy less");
  side += 10;
  for (const choice of view.choices) {
    for (const line of lines(choice, WIDTH - MARGIN - aside, 20)) {
      write(line, aside, side, 20, { fill: SOFT });
      side += 27;
    }
    side += 7;
  }
  drawStrip(svg, choices, view.quota, HEIGHT - 160, write);
  let foot = HEIGHT - 84;
  for (const line of source.flatMap((text) => lines(text, WIDTH - 2 * MARGIN, 18)).slice(0, 4)) {
    write(line, MARGIN, foot, 18, { fill: SOFT });
    foot += 24;
  }
  return svg;
};

const drawStrip = (svg, choices, quota, y, write) => {
  if (choices.length === 0) return;
  const x = scaleLinear(
    [0, Math.max(...choices.map((each) => each.quota), quota)],
    [MARGIN, WIDTH - MARGIN],
  );
  svg.append(shape("line", { x1: MARGIN, x2: WIDTH - MARGIN, y1: y, y2: y, stroke: LINE, "stroke-width": 2 }));
  for (const choice of choices) {
    svg.append(shape("circle", { cx: x(choice.quota), cy: y, r: 6, fill: "#858a95", "fill-opacity": 0.55 }));
  }
  svg.append(shape("line", { x1: x(quota), x2: x(quota), y1: y - 20, y2: y + 12, stroke: INK, "stroke-width": 4 }));
  const most = x.domain()[1];
  write(scaleOf([most], "t").full(most), WIDTH - MARGIN, y + 38, 18, { fill: SOFT, "text-anchor": "end" });
  write(`needle: this choice; dots: the report's ${choices.length} combinations`, MARGIN, y + 38, 18, { fill: SOFT });
};

/** Turn a picture into dots, on a canvas. */
const asPng = async (svg) => {
  const picture = new Image();
  const text = new XMLSerializer().serializeToString(svg);
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await picture.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [WIDTH, HEIGHT];
  canvas.getContext("2d").drawImage(picture, 0, 0);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
};

/** Save the picture of an answer. */
export const savePicture = async (explorer, view) =>
  save(`${explorer.stem}-what-if.png`, await asPng(compose(explorer, view)));

// a spreadsheet would run a text that begins like a formula
const inert = (value) => (/^[=+\-@\t\r]/.test(value) ? `'${value}` : value);
const quoted = (value) => {
  if (value == null) return "";
  if (typeof value === "boolean") return value ? "True" : "False"; // as in all files
  const text = typeof value === "string" ? inert(value) : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Write rows as CSV, the same marks and choices in each, so that none travels alone. */
export const toCsv = (rows, marks) => {
  const full = rows.map((row) => ({ ...row, ...marks }));
  const columns = Object.keys(full[0] ?? marks);
  return [columns, ...full.map((row) => columns.map((column) => row[column]))]
    .map((line) => line.map(quoted).join(","))
    .join("\n")
    .concat("\n");
};

/** Return a row for each region; what a premise withholds is left out. */
export const csvRows = ({ regions, name }, { result }) => {
  const acting = new Set(result.acting);
  const receives = new Map(result.receivers.regions.map((region, number) => [region, number]));
  const isShown = !result.premises.some(({ withholds }) => withholds);
  return regions.map(({ id }, region) => {
    const amounts = Object.fromEntries(
      Object.entries({
        demand_factor: "demandFactor",
        quota: "quota",
        producer_quota: "producerQuota",
        consumer_quota: "consumerQuota",
        production_before: "productionBefore",
        production_after: "productionAfter",
        footprint_before: "footprintBefore",
        footprint_after: "footprintAfter",
        footprint_reduction_by_others: "footprintByOthers",
        production_reduction_by_others: "productionByOthers",
      }).map(([column, key]) => [column, result.regions[key][region]]),
    );
    const number = receives.get(region);
    const isReceiver = isShown && number !== undefined;
    return {
      region_id: id,
      region_name: name(region),
      acts: acting.has(region),
      ...amounts,
      allocated_quota: isReceiver ? result.receivers.allocated[number] : null,
    };
  });
};
