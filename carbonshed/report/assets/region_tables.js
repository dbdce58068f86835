// Tables of the chosen regions: one each, or side by side in one.
"use strict";
(() => {
  const { regions, figures, cells } = window.carbonshedRegions;
  const byId = (id) => document.getElementById(id);

  /**
   * Make an element with a text and attributes.
   * @param {string} tag
   * @param {string} [text]
   * @param {Record<string, string>} [attributes]
   */
  const element = (tag, text, attributes = {}) => {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    for (const [name, value] of Object.entries(attributes)) {
      made.setAttribute(name, value);
    }
    return made;
  };
  const row = (first, ...cells) => {
    const made = element("tr");
    const head = element("th", undefined, { scope: "row" });
    head.append(first);
    made.append(head, ...cells);
    return made;
  };
  const number = (text) => element("td", text, { class: "number" });

  const names = new Map();
  for (const { name } of regions) names.set(name, (names.get(name) ?? 0) + 1);
  /** The name of a region, with its id where another has the same. */
  const label = ({ name, id }) => (names.get(name) > 1 ? `${name} (${id})` : name);

  // the name of a line: a region by its place in the data, or a text
  const nameOf = (what, own) => {
    if (typeof what === "string") return what;
    if (regions[what] === own) return element("strong", `${label(own)} itself`);
    const link = element("a", label(regions[what]));
    link.href = `#${encodeURIComponent(regions[what].id)}`;
    return link;
  };

  /** A table of a region by its id, null where it has none. */
  const make = (id, own, isOne) => {
    const { units, rows } = own.tables[id] ?? { rows: [] };
    if (rows.length === 0) return null;
    const made = byId(`pattern-${id}`).content.firstElementChild.cloneNode(true);
    made.querySelector(".whose").textContent = isOne ? "" : `${label(own)}: `;
    made.querySelectorAll(".unit").forEach((place, column) => {
      place.textContent = units[column];
    });
    const caption = made.querySelector("caption");
    caption.id = `caption-${id}-${regions.indexOf(own)}`;
    made.querySelector(".scroller").setAttribute("aria-labelledby", caption.id);
    const heads = [...made.querySelectorAll("thead th")].slice(1);
    const largest = Math.max(...rows.map(([, value]) => value ?? 0), 0);
    const lines = rows.map(([what, value, ...texts]) => {
      const cells = texts.map((text, column) =>
        heads[column].className ? number(text) : element("td", text),
      );
      const share = largest > 0 ? Math.max((100 * value) / largest, 0) : 0;
      cells[0].style.setProperty("--bar-width", `${share.toFixed(1)}%`);
      return row(nameOf(what, own), ...cells);
    });
    made.querySelector("tbody").append(...lines);
    return made;
  };

  // figures of several regions stand in columns of one table
  const sideBySide = (table, first, chosen, columns, rows) => {
    const heads = chosen.flatMap((own) =>
      columns.map((column) => {
        const text = chosen.length > 1 ? `${label(own)}: ${column}` : column;
        return element("th", text, { scope: "col", class: "number" });
      }),
    );
    const head = element("tr");
    head.append(element("th", first, { scope: "col" }), ...heads);
    table.tHead.replaceChildren(head);
    table.tBodies[0].replaceChildren(...rows);
  };
  const showFigures = (chosen) => {
    const rows = figures.flatMap(([what], place) => {
      const values = chosen.map((own) => own.figures[place]);
      if (values.every((value) => value === null)) return [];
      return row(
        what,
        ...values.flatMap((value) => [
          number(value?.[1] ?? "–"),
          number(value?.[2] ?? ""),
        ]),
      );
    });
    sideBySide(byId("list-figures"), "Figure", chosen, ["value", "rank"], rows);
  };
  const showTwin = (chosen) => {
    const texts = ({ balance }, place) => [
      balance.texts[place],
      balance.shares[place],
      balance.perPerson?.[place] ?? "–",
    ];
    const rows = cells.map(([bar, part, name], place) =>
      row(`${bar}: ${name || part}`, ...chosen.flatMap((own) => texts(own, place)).map(number)),
    );
    const [, unit] = window.carbonshedRegions.perPerson;
    const columns = ["amount", "share of the bar", unit];
    sideBySide(byId("twin").querySelector("table"), "Part", chosen, columns, rows);
  };

  // what none of the regions has is said once, at the end
  const hideEmpty = () => {
    const missing = [];
    for (const part of document.querySelectorAll("#chosen .part[data-what]")) {
      part.hidden = part.querySelector("tbody tr") === null;
      if (part.hidden) missing.push(part.dataset);
    }
    byId("not-shown").hidden = missing.length === 0;
    byId("not-shown").querySelector("ul").replaceChildren(
      ...missing.map(({ what, why }) => {
        const line = element("li");
        line.append(element("strong", what), `: ${why}`);
        return line;
      }),
    );
  };

  const showNumbers = (chosen) => {
    const isOne = chosen.length === 1;
    byId("numbers").replaceChildren(
      ...chosen.flatMap((own) => {
        const list = facts(own);
        return isOne ? [list] : [element("h3", label(own)), list];
      }),
    );
  };
  /** The large numbers of a region, as a list. */
  const facts = (own) => {
    const list = element("dl", undefined, { class: "facts" });
    for (const [what, value, unit, note] of own.numbers) {
      const box = element("div");
      const shown = element("dd", value);
      if (unit) shown.append(" ", element("span", unit, { class: "unit" }));
      box.append(element("dt", what), shown);
      if (note) box.append(element("dd", note, { class: "fact-note" }));
      list.append(box);
    }
    return list;
  };

  /**
   * Fill all tables and numbers of the page.
   * @param {object[]} chosen regions of the page's data
   */
  const show = (chosen) => {
    showNumbers(chosen);
    showFigures(chosen);
    showTwin(chosen);
    for (const place of document.querySelectorAll("[data-tables]")) {
      const id = place.dataset.tables;
      const tables = chosen.map((own) => make(id, own, chosen.length === 1));
      place.replaceChildren(...tables.filter((table) => table !== null));
    }
    hideEmpty();
  };

  window.carbonshedRegionTables = { element, row, label, facts, make, show };
})();
