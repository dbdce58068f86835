// The chosen regions over the years: a sentence and two lines each, per person.
"use strict";
(() => {
  const { regions = {}, unit = "" } = window.carbonshedYears ?? {};
  const { label } = window.carbonshedRegionTables;
  const { drawable, saveSpec } = window.carbonshedRegionPicture;
  const part = document.getElementById("since");
  const place = part.querySelector("[data-chart]");
  const short = unit.replace(/ per person$/, "");
  const written = (value) => `${Number(value.toPrecision(3))} ${short}`;

  const linesOf = (chosen) => chosen.filter(({ id }) => Object.hasOwn(regions, id));
  const rowsOf = (own, isOne) =>
    regions[own.id].points.flatMap(([year, footprint, emitted, low, high], at, all) =>
      [
        ["footprint", footprint],
        ["emitted there", emitted],
      ].map(([account, value]) => {
        const row = { region_id: own.id, region: drawable(label(own)), year, account };
        const isLast = at === all.length - 1 && account === "footprint";
        Object.assign(row, { value, text: written(value) });
        row.label = isLast && !isOne ? row.region : "";
        if (account === "footprint" && low !== undefined) {
          row.text += ` (${written(low)} to ${written(high)})`;
          Object.assign(row, { low, high });
        }
        return row;
      }),
    );
  const filled = (id, chosen) => {
    const spec = JSON.parse(document.getElementById(id).textContent);
    const chart = spec.vconcat ? spec.vconcat[0] : spec; // a saved one has notes below
    chart.data = { values: chosen.flatMap((own) => rowsOf(own, chosen.length === 1)) };
    for (const { encoding } of chart.layer) encoding.y.title = unit;
    return spec;
  };
  const sentenceOf = (chosen) =>
    `Footprint per person: ${chosen
      .map((own) => {
        // a number and its sign stay in one line
        const text = regions[own.id].text.replace(/(\d) %/g, "$1\u00a0%");
        return chosen.length === 1 ? text : `${label(own)} ${text}`;
      })
      .join("; ")}`;

  /** Show the lines of those regions that have any, and hide the part without one. */
  const show = async (chosen) => {
    const some = linesOf(chosen);
    part.hidden = some.length === 0;
    if (part.hidden) return;
    part.querySelector(".chart-title").firstChild.textContent = `${sentenceOf(some)} `;
    if (place) await window.carbonshedDraw(place, filled("spec-region-years", some));
  };
  /** Save the picture of the lines. */
  const save = (kind, chosen, name) => {
    const some = linesOf(chosen);
    const whose = some.map(label).join(", ");
    const title = some.length === 1 ? `${whose}. ${sentenceOf(some)}` : sentenceOf(some);
    return saveSpec(kind, filled("saved-region-years", some), title, `${name}-years`);
  };

  window.carbonshedRegionYears = { show, save };
})();
