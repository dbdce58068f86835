// Charts of the page as SVG: bars with their values, pairs of dots, maps.
// Colours are those of the style sheet, by class; names never lie on marks.
import { scaleLinear } from "d3-scale";

const SVG = "http://www.w3.org/2000/svg";
const FONT = 14;
const GAP = 8;

/** Make an element of SVG with attributes; what is not an object is its text. */
export const shape = (tag, attributes = {}, ...children) => {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value != null && value !== false) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child != null));
  return made;
};

let pen = null;
let family = "";

/** Measure a text in pixels. */
export const widthOf = (text, size = FONT, weight = 400) => {
  pen ??= document.createElement("canvas").getContext("2d");
  family ||= getComputedStyle(document.body).fontFamily;
  pen.font = `${weight} ${size}px ${family}`;
  return pen.measureText(text).width;
};

const widths = new Map();

/** Return the width of a place; measured once, since the browser lays out the page for it. */
export const roomIn = (place) => {
  if (!widths.get(place)) widths.set(place, place.clientWidth);
  return widths.get(place) || 320;
};

/** Measure all places anew: the page is wider or narrower. */
export const forgetRooms = () => widths.clear();

/** Break a text into lines that are no wider than asked; words of Chinese are letters. */
export const lines = (text, width, size, weight = 400) => {
  const words = text.match(/[\p{Script=Han}]|[^ \p{Script=Han}]+| +/gu) ?? [];
  const broken = [""];
  for (const word of words) {
    const longer = broken.at(-1) + word;
    if (broken.at(-1) && widthOf(longer.trimEnd(), size, weight) > width) broken.push(word.trimStart());
    else broken[broken.length - 1] = longer;
  }
  return broken.map((line) => line.trimEnd()).filter(Boolean);
};

/** Make an empty drawing. */
const drawing = (width, height) =>
  shape("svg", {
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    "font-size": FONT,
    "aria-hidden": "true", // the table beside it has each value
  });

// on a phone the name stands above what it names
const layout = (rows, width) => {
  const isNarrow = width < 480;
  const longest = Math.max(0, ...rows.map(({ name }) => widthOf(name)));
  const left = isNarrow ? 0 : Math.min(longest + GAP, width * 0.45);
  const step = isNarrow ? 46 : 30;
  return { isNarrow, left, step, top: isNarrow ? 22 : 4, thick: 20 };
};

const nameOf = (row, { isNarrow, left }, y) => {
  const fits = (text) => widthOf(text) <= left - GAP || isNarrow;
  let text = row.name;
  while (!fits(text) && text.length > 4) text = `${text.replace(/…$/, "").slice(0, -1)}…`;
  return shape(
    "text",
    {
      x: isNarrow ? 0 : left - GAP,
      y: isNarrow ? y - 6 : y + 15,
      "text-anchor": isNarrow ? "start" : "end",
      class: "name",
    },
    text,
    shape("title", {}, row.name),
  );
};

/**
 * Draw horizontal bars of one or more parts, the value at the end of each.
 *
 * @param {HTMLElement} place where it is drawn
 * @param {{name: string, parts: number[], texts: string[]}[]} rows bars, largest first
 * @param {string[]} colours class of each part
 */
export const drawBars = (place, rows, colours) => {
  const width = roomIn(place);
  const plan = layout(rows, width);
  const room = Math.max(0, ...rows.map(({ texts }) => widthOf(texts[0], FONT, 600))) + 2 * GAP;
  const sums = rows.map(({ parts }) => parts.reduce((sum, part) => sum + Math.max(part, 0), 0));
  const x = scaleLinear([0, Math.max(...sums, Number.MIN_VALUE)], [plan.left, width - room]);
  const svg = drawing(width, rows.length * plan.step + 6);
  rows.forEach((row, number) => {
    const y = number * plan.step + plan.top;
    let end = 0;
    svg.append(nameOf(row, plan, y));
    row.parts.forEach((part, position) => {
      if (!(part > 0)) return;
      const from = x(end);
      end += part;
      // a gap, so that neighbours are told apart without their colours
      const size = Math.max(x(end) - from - 1, 1);
      svg.append(
        shape("rect", { x: from, y, width: size, height: plan.thick, class: colours[position] }),
      );
    });
    svg.append(shape("text", { x: x(end) + GAP, y: y + 15, class: "value" }, row.texts[0]));
  });
  place.replaceChildren(svg);
};

/**
 * Draw two bars away from one middle line for each row, a value at the end of each.
 *
 * @param {HTMLElement} place where it is drawn
 * @param {{name: string, parts: number[], texts: string[]}[]} rows to the left, to the right
 * @param {string[]} colours class of the left and of the right bar
 */
export const drawTwoSides = (place, rows, colours) => {
  const width = roomIn(place);
  const plan = layout(rows, width);
  const [left, right] = [0, 1].map((side) => ({
    most: Math.max(0, ...rows.map(({ parts }) => parts[side])),
    room: Math.max(0, ...rows.map(({ texts }) => widthOf(texts[side], FONT, 600))) + 2 * GAP,
  }));
  const space = width - plan.left - left.room - right.room;
  const all = left.most + right.most || 1;
  const middle = plan.left + left.room + (space * left.most) / all;
  const length = scaleLinear([0, all], [0, space]);
  const svg = drawing(width, rows.length * plan.step + 6);
  rows.forEach(({ parts, texts, ...row }, number) => {
    const y = number * plan.step + plan.top;
    const [before, after] = parts.map((part) => length(Math.max(part, 0)));
    svg.append(
      nameOf(row, plan, y),
      shape("rect", { x: middle - before, y, width: before, height: plan.thick, class: colours[0] }),
      shape("rect", { x: middle + 1, y, width: after, height: plan.thick, class: colours[1] }),
      shape("text", { x: middle - before - GAP, y: y + 15, "text-anchor": "end", class: "value" }, texts[0]),
      shape("text", { x: middle + after + GAP, y: y + 15, class: "value" }, texts[1]),
    );
  });
  svg.append(shape("line", { x1: middle, x2: middle, y1: 0, y2: rows.length * plan.step + 4, class: "middle" }));
  place.replaceChildren(svg);
};

/**
 * Draw a dot before and one after for each row, on one axis.
 *
 * @param {HTMLElement} place where it is drawn
 * @param {{name: string, before: number, after: number, texts: string[]}[]} rows pairs
 * @param {{at: number, text: string} | null} limit line beyond which all is grey
 */
export const drawPairs = (place, rows, limit) => {
  const width = roomIn(place);
  const plan = layout(rows, width);
  const room = Math.max(0, ...rows.map(({ texts }) => widthOf(texts[0], FONT, 600))) + 2 * GAP;
  const ends = rows.flatMap(({ before, after }) => [before, after]);
  const most = Math.max(...ends, Number.MIN_VALUE);
  const x = scaleLinear([0, most], [plan.left + 6, width - room - 6]);
  const height = rows.length * plan.step + 6 + (limit ? 22 : 0);
  const svg = drawing(width, height);
  if (limit && limit.at < most) {
    const at = x(limit.at);
    svg.append(
      shape("line", { x1: at, x2: at, y1: 0, y2: height - 22, class: "limit" }),
      shape(
        "text",
        { x: at, y: height - 6, "text-anchor": at > width / 2 ? "end" : "start", class: "note" },
        limit.text,
      ),
    );
  }
  rows.forEach((row, number) => {
    const y = number * plan.step + plan.top + plan.thick / 2;
    const isBeyond = limit && row.after > limit.at;
    const [from, to] = [x(row.before), x(row.after)];
    svg.append(
      nameOf(row, plan, y - plan.thick / 2),
      shape("line", { x1: from, x2: to, y1: y, y2: y, class: "way" }),
      shape("circle", { cx: from, cy: y, r: 5, class: "before" }),
      shape("rect", {
        x: to - 5.5, y: y - 5.5, width: 11, height: 11, class: isBeyond ? "beyond" : "after",
      }),
      shape("text", { x: Math.max(from, to) + 6 + GAP, y: y + 5, class: "value" }, row.texts[0]),
    );
  });
  place.replaceChildren(svg);
};
