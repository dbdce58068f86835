// The table beside a chart: every row and value that the chart draws, and those it does
// not have room for. It is written when a reader opens it. While levers move, rows out of
// sight wait: they are written when the levers rest.
import { QUIET, element, say } from "./dom.js";
import { scaleOf } from "./numbers.js";

const IN_SIGHT = 30; // rows, more than are seen without scrolling

/**
 * Make the table of a chart.
 *
 * @param {string} id of the chart
 * @param {string} caption what the table has
 * @param {{label: string, unit?: string, of: Function, href?: Function}[]} columns the
 *   first is the name; those with a unit are numbers
 * @returns {(rows: object[]) => void} fills it with other rows
 */
export const makeTwin = (id, caption, columns) => {
  const place = document.querySelector(`[data-twin="${id}"]`);
  const units = columns.map(({ unit }) => (unit ? element("span", { class: "unit" }) : null));
  const heads = columns.map(({ label, unit }, number) =>
    element("th", { scope: "col", class: unit ? "number" : null }, label, units[number]),
  );
  const body = element("tbody");
  const scroller = element(
    "div",
    { class: "scroller tall", tabindex: "0", role: "region", "aria-label": caption },
    element(
      "table",
      {},
      element("caption", {}, element("span", {}, caption)),
      element("thead", {}, element("tr", {}, ...heads)),
      body,
    ),
  );
  const fold = element("details", { class: "figures" }, element("summary", {}, "The figures"), scroller);
  place.replaceChildren(fold);
  let [latest, scales, first, timer] = [[], [], 0, 0];
  const lines = []; // of the table

  const makeLine = () => {
    const cells = columns.map(({ unit, href }, number) => {
      const text = element(href ? "a" : "span");
      const cell = number === 0
        ? element("th", { scope: "row" }, text)
        : element("td", { class: unit ? "number" : null }, text);
      return { cell, text };
    });
    const line = element("tr", {}, ...cells.map(({ cell }) => cell));
    body.append(line);
    return { line, texts: cells.map(({ text }) => text) };
  };
  const write = (from, to) => {
    for (let n = from; n < Math.min(to, latest.length); n++) {
      // rows are appended in order
      while (lines.length <= n) lines.push(makeLine());
      columns.forEach(({ of, href }, number) => {
        const text = lines[n].texts[number];
        say(text, scales[number] ? scales[number].text(of(latest[n])) : of(latest[n]));
        if (href) text.href = href(latest[n]);
      });
    }
  };
  const writeAll = () => write(0, Infinity);
  const fill = () => {
    if (!fold.open) return;
    // columns of one unit have one scale, as in other tables of the report
    const alike = (unit) => columns.filter((each) => each.unit === unit);
    scales = columns.map(
      ({ unit }) => unit && scaleOf(alike(unit).flatMap(({ of }) => latest.map(of)), unit),
    );
    units.forEach((unit, number) => unit && say(unit, ` ${scales[number].unit}`));
    for (const { line } of lines.splice(latest.length)) line.remove();
    write(first, first + IN_SIGHT);
    clearTimeout(timer);
    timer = setTimeout(writeAll, QUIET);
  };
  const open = () => {
    fill();
    writeAll();
  };
  scroller.addEventListener("scroll", () => {
    first = Math.floor((lines.length * scroller.scrollTop) / scroller.scrollHeight);
  });
  fold.addEventListener("toggle", open);
  window.addEventListener("beforeprint", () => {
    fold.open = true;
    open();
  });
  return (rows) => {
    latest = rows;
    fill();
  };
};
