// What a reader takes away of a region: a page of paper, and a file of its figures.
"use strict";
(() => {
  const { regions, cells, figures, marks, stem } = window.carbonshedRegions;
  const { element, row, label, facts, make } = window.carbonshedRegionTables;
  const WIDTH = 640; // pixels of the picture on paper
  const TOP = 6; // lines of suppliers and customers: the region itself, and five
  const root = document.documentElement;

  const shortened = (id, own) => {
    const table = make(id, own, true) ?? element("div");
    [...table.querySelectorAll("tbody tr")].slice(TOP).forEach((line) => line.remove());
    table.querySelectorAll("[id]").forEach((each) => each.removeAttribute("id"));
    return table;
  };

  /** Print a brief of one region, and nothing else of the page. */
  const print = async (own, isPerPerson) => {
    const brief = document.getElementById("brief");
    const part = (name) => brief.querySelector(`.${name}`);
    part("headline").textContent = own.headline;
    part("picture-title").textContent = own.accounts;
    part("facts").replaceWith(facts(own));
    part("partners").replaceChildren(
      shortened("suppliers", own),
      shortened("customers", own),
    );
    part("chart").replaceChildren();
    root.dataset.prints = "brief";
    await window.carbonshedRegionPicture.drawInto(
      part("chart"),
      [own],
      isPerPerson,
      WIDTH,
    );
    window.print();
  };
  window.addEventListener("afterprint", () => delete root.dataset.prints);

  // as in the other files: a spreadsheet would run what begins so
  const inert = (value) =>
    typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  const field = (value) => {
    const text = String(inert(value ?? ""));
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const nameOf = (what) => (typeof what === "string" ? what : label(regions[what]));

  /** The rows of the file: part, item, value and unit. */
  const rowsOf = (own) => [
    ...cells.map(([bar, part], place) => [
      "accounts",
      `${bar}: ${part}`,
      own.balance.values[place],
      marks.unit,
    ]),
    ...figures.flatMap(([what, unit], place) =>
      own.figures[place] ? [["figures", what, own.figures[place][0], unit]] : [],
    ),
    ...Object.entries(own.tables).flatMap(([id, { rows }]) =>
      rows
        .filter(([, value]) => value !== null)
        .map(([what, value]) => [id, nameOf(what), value, marks.unit]),
    ),
  ];
  /** Save the figures of regions as a table, one figure a row. */
  const saveTable = (chosen) => {
    const { unit: _, ...others } = marks;
    const heads = ["region_id", "region_name", "part", "item", "value", "unit"];
    const rows = chosen.flatMap((own) =>
      rowsOf(own).map((line) => [own.id, own.name, ...line, ...Object.values(others)]),
    );
    const text = [[...heads, ...Object.keys(others)], ...rows]
      .map((line) => `${line.map(field).join(",")}\n`)
      .join("");
    const link = element("a");
    link.download = `${fileName(chosen)}.csv`;
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    link.click();
    URL.revokeObjectURL(link.href);
  };
  /** The name of a file about regions, without its ending. */
  const fileName = (chosen) => {
    const ids = chosen.map(({ id }) => id.replace(/[^\p{L}\p{N}]+/gu, "-"));
    return [`${stem}-region`, ...ids].join("-");
  };

  window.carbonshedRegionBrief = { print, saveTable, fileName };
})();
