// Tables of the chosen regions: one each, or side by side in one.
"use strict";
(() => {
  const { regions, sectors, figures, scopes, rules, cells } = window.carbonshedRegions;
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

  // the name of a line: a region by its place in the data, a sector, or a text
  const nameOf = (what, place, own) => {
    if (typeof what === "string") return what;
    if (place === "sectors") return sectors[what];
    if (regions[what] === own) return element("strong", `${label(own)} itself`);
    const link = element("a", label(regions[what]));
    link.href = `#${encodeURIComponent(regions[what].id)}`;
    return link;
  };

  const bars = (list, place, own) => {
    const largest = Math.max(...list.rows.map(([, value]) => value), 0);
    return list.rows.map(([what, value, text, ...shares]) => {
      const cell = number(text);
      const share = largest > 0 ? Math.max((100 * value) / largest, 0) : 0;
      cell.style.setProperty("--bar-width", `${share.toFixed(1)}%`);
      return row(nameOf(what, place, own), cell, ...shares.map(number));
    });
  };
  const lines = (rows, texts = 1) =>
    rows.map(([first, ...cells]) =>
      row(
        first,
        ...cells.map((text, place) =>
          place < texts - 1 ? element("td", text) : number(text),
        ),
      ),
    );

  // rows and units of each table of a region, none where it has nothing
  const TABLES = {
    suppliers: (own) => [bars(own.suppliers, "regions", own), [own.suppliers.unit]],
    customers: (own) => [bars(own.customers, "regions", own), [own.customers.unit]],
    products: (own) => [bars(own.products, "sectors", own), [own.products.unit]],
    sources: (own) => [bars(own.sources, "sectors", own), [own.sources.unit]],
    paths: (own) => [bars(own.paths, "texts", own), [own.paths.unit]],
    "scope-figures": (own) => [
      lines((own.threeScopes?.lines ?? []).map(([name, , ...texts]) => [name, ...texts])),
      own.threeScopes?.units ?? [],
    ],
    effects: (own) => {
      const rows = (own.changes?.effects ?? []).map(([name, , ...texts]) => [
        name,
        ...texts,
      ]);
      return [lines(rows), [own.changes?.unit]];
    },
    scopes: (own) => {
      const rows = (own.scopes ?? []).map(([unit, ...texts], place) => [
        unit ? `${scopes[place]}, ${unit}` : scopes[place],
        ...texts,
      ]);
      return [lines(rows), []];
    },
    scenarios: (own) => [
      lines(own.scenarios?.rows ?? []),
      Array(5).fill(own.scenarios?.units[0]),
    ],
    allocations: (own) => {
      const rows = (own.allocations?.rows ?? []).map(([rule, ...texts]) => [
        ...rules[rule],
        ...texts,
      ]);
      return [lines(rows, 2), own.allocations?.units ?? []];
    },
  };

  const make = (id, own, isOne) => {
    const [rows, units] = TABLES[id](own);
    if (rows.length === 0) return null;
    const made = byId(`pattern-${id}`).content.firstElementChild.cloneNode(true);
    made.querySelector(".whose").textContent = isOne ? "" : `${label(own)}: `;
    made.querySelectorAll(".unit").forEach((place, column) => {
      place.textContent = units[column] ?? "";
    });
    const caption = made.querySelector("caption");
    caption.id = `caption-${id}-${regions.indexOf(own)}`;
    made.querySelector(".scroller").setAttribute("aria-labelledby", caption.id);
    made.querySelector("tbody").append(...rows);
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
      const none = document.querySelector(`[data-none="${id}"]`);
      if (none) none.hidden = place.firstChild !== null;
    }
    hideEmpty();
  };

  window.carbonshedRegionTables = { element, row, label, facts, make, show };
})();
