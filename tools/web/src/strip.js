// All precomputed combinations of choices on one line, and a needle for the present one.
import { scaleLinear } from "d3-scale";
import { roomIn, shape, widthOf } from "./charts.js";
import { say } from "./dom.js";
import { scaleOf } from "./numbers.js";

const RADIUS = 4;
const TOP = 26; // for the text of the needle
const BOTTOM = 22; // for the axis

/** Say how unusual an amount is among all combinations. */
export const rankWords = (choices, quota) => {
  const below = choices.filter((choice) => choice.quota < quota * (1 - 1e-6)).length;
  const same = choices.filter(
    (choice) => Math.abs(choice.quota - quota) <= 1e-6 * Math.abs(quota),
  ).length;
  const all = choices.length;
  if (below === all) return `more than all ${all} combinations of the report`;
  if (below + same === 0) return `less than all ${all} combinations of the report`;
  return `more than ${below} of the report's ${all} combinations`;
};

/** Place dots in columns, so that each can be seen. */
const stack = (choices, x) => {
  const columns = new Map();
  return choices.map((choice) => {
    const column = Math.round(x(choice.quota) / (2 * RADIUS));
    const level = columns.get(column) ?? 0;
    columns.set(column, level + 1);
    return { choice, cx: column * 2 * RADIUS, level };
  });
};

/**
 * A strip that is drawn anew for each state.
 *
 * @param {HTMLElement} place where it is drawn; takes the focus and arrow keys
 * @param {HTMLElement} status says the combination that is pointed at
 * @param {{quota: number, words: string, state: object}[]} choices all combinations
 * @param {(state: object) => void} take called with the state of one that is chosen
 */
export const makeStrip = (place, status, choices, take) => {
  const sorted = [...choices].sort((a, b) => a.quota - b.quota);
  let [dots, pointed, last, line] = [[], -1, null, null];

  const point = (number) => {
    pointed = number;
    place.querySelector(".pointed")?.classList.remove("pointed");
    if (number < 0) return;
    place.querySelectorAll(".dot")[number]?.classList.add("pointed");
    const { quota, words } = sorted[number];
    say(status, `${scaleOf([quota], "t").full(quota)}: ${words}`);
  };

  const nearest = (event) => {
    const box = place.getBoundingClientRect();
    const [px, py] = [event.clientX - box.left, event.clientY - box.top];
    let [best, least] = [-1, 400];
    dots.forEach(({ cx, cy }, number) => {
      const distance = (cx - px) ** 2 + (cy - py) ** 2;
      if (distance < least) [best, least] = [number, distance];
    });
    return best;
  };

  // the axis and the dots stay as long as the line is as wide and as long
  const drawLine = (width, least, most) => {
    const x = scaleLinear([least, most || 1], [12, width - 12]);
    const stacked = stack(sorted, x);
    const levels = Math.max(1, ...stacked.map(({ level }) => level + 1));
    // what would be a tower is squeezed
    const rise = Math.min(2 * RADIUS, 64 / levels);
    const floor = TOP + Math.max(levels * rise, 24);
    const height = floor + BOTTOM;
    const needles = shape("g");
    const svg = shape("svg", {
      viewBox: `0 0 ${width} ${height}`, width, height, "font-size": 13, "aria-hidden": "true",
    });
    const ticks = x.ticks(width < 480 ? 4 : 7);
    const size = scaleOf(ticks, "t");
    svg.append(shape("line", { x1: 12, x2: width - 12, y1: floor, y2: floor, class: "axis" }));
    ticks.forEach((tick, number) => {
      const label = number === ticks.length - 1 ? size.full(tick) : size.text(tick);
      const at = x(tick);
      const half = widthOf(label, 13) / 2;
      svg.append(
        shape("line", { x1: at, x2: at, y1: floor, y2: floor + 5, class: "axis" }),
        shape("text", {
          x: Math.min(Math.max(at, half), width - half), y: floor + 18, "text-anchor": "middle",
          class: "note",
        }, label),
      );
    });
    dots = stacked.map(({ cx, level }) => ({ cx, cy: floor - RADIUS - level * rise }));
    dots.forEach(({ cx, cy }) =>
      svg.append(shape("circle", { cx, cy, r: RADIUS - 0.5, class: "dot" })),
    );
    svg.append(needles);
    place.replaceChildren(svg);
    point(pointed);
    line = { width, least, most, x, floor, needles };
  };

  const draw = (quota, frozen) => {
    last = [quota, frozen];
    const width = roomIn(place);
    const most = Math.max(...sorted.map((each) => each.quota), quota, frozen ?? 0);
    const least = Math.min(0, ...sorted.map((each) => each.quota), quota);
    const isSame = line?.width === width && line.least === least && line.most === most;
    if (!isSame) drawLine(width, least, most);
    const { x, floor, needles } = line;
    const needle = (amount, name, label) => {
      const at = x(amount);
      const half = widthOf(label, 13, 600) / 2 + 2;
      return [
        shape("line", { x1: at, x2: at, y1: TOP - 6, y2: floor + 6, class: name }),
        shape("text", {
          x: Math.min(Math.max(at, half), width - half), y: TOP - 11, "text-anchor": "middle",
          class: `${name}-text`,
        }, label),
      ];
    };
    const full = (amount) => scaleOf([amount], "t").full(amount);
    const isNear = frozen != null && Math.abs(x(frozen) - x(quota)) < 90;
    needles.replaceChildren(
      ...(frozen == null ? [] : needle(frozen, "frozen", isNear ? "" : `A ${full(frozen)}`)),
      ...needle(quota, "needle", frozen == null ? full(quota) : `B ${full(quota)}`),
    );
  };

  place.addEventListener("pointermove", (event) => point(nearest(event)));
  place.addEventListener("click", (event) => {
    const number = nearest(event);
    if (number >= 0) take(sorted[number].state);
  });
  place.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (step) point(Math.min(Math.max(pointed + step, 0), sorted.length - 1));
    else if ((event.key === "Enter" || event.key === " ") && pointed >= 0) take(sorted[pointed].state);
    else return;
    event.preventDefault();
  });
  new ResizeObserver(() => last && draw(...last)).observe(place);
  return { draw };
};
