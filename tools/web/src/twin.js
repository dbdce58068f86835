// The table beside a chart: every row and value that the chart draws, and those it does
// not have room for. It is filled when a reader opens it.
import { element } from "./dom.js";
import { scaleOf } from "./numbers.js";

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
  const table = element("table");
  const scroller = element("div", {
    class: "scroller tall", tabindex: "0", role: "region", "aria-label": caption,
  }, table);
  const fold = element("details", { class: "figures" }, element("summary", {}, "The figures"), scroller);
  place.replaceChildren(fold);
  let latest = [];
  const fill = () => {
    if (!fold.open) return;
    const scales = columns.map(({ unit, of }) => unit && scaleOf(latest.map(of), unit));
    const heads = columns.map(({ label, unit }, number) =>
      element(
        "th",
        { scope: "col", class: unit ? "number" : null },
        label,
        scales[number]?.unit ? element("span", { class: "unit" }, ` ${scales[number].unit}`) : null,
      ),
    );
    const rows = latest.map((row) =>
      element(
        "tr",
        {},
        ...columns.map(({ of, href }, number) => {
          const text = scales[number] ? scales[number].text(of(row)) : of(row);
          const shown = href ? element("a", { href: href(row) }, text) : text;
          return number === 0
            ? element("th", { scope: "row" }, shown)
            : element("td", { class: scales[number] ? "number" : null }, shown);
        }),
      ),
    );
    table.replaceChildren(
      element("caption", {}, element("span", {}, caption)),
      element("thead", {}, element("tr", {}, ...heads)),
      element("tbody", {}, ...rows),
    );
  };
  fold.addEventListener("toggle", fill);
  window.addEventListener("beforeprint", () => { fold.open = true; });
  return (rows) => {
    latest = rows;
    fill();
  };
};
