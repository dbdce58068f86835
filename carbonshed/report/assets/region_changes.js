// The change of a chosen region since the year before: from one footprint to the next.
"use strict";
(() => {
  const { label } = window.carbonshedRegionTables;
  const { drawable, pixels, saveSpec } = window.carbonshedRegionPicture;
  const part = document.getElementById("changes");
  const place = part.querySelector("[data-chart]");

  const filled = (id, own) => {
    const { bars, unit } = own.changes;
    const spec = JSON.parse(document.getElementById(id).textContent);
    const chart = spec.vconcat ? spec.vconcat[0] : spec; // a saved one has notes below
    const rows = bars.map(([name, start, end, kind, text]) => ({
      name, start, end, kind, text, right: Math.max(start, end),
    }));
    chart.data = { values: rows };
    // texts have room behind the longest bar
    const low = Math.min(0, ...rows.flatMap(({ start, end }) => [start, end]));
    const high = Math.max(0, ...rows.map(({ right }) => right));
    const texts = Math.max(...rows.map(({ text }) => pixels(text))) + 10;
    const room = `${high - low} * ${texts} / max(room - ${texts}, 60)`;
    for (const { encoding } of chart.layer) {
      encoding.x.title = unit;
      encoding.x.scale = { domainMin: low, domainMax: { expr: `${high} + ${room}` } };
      encoding.x.scale.nice = false;
    }
    return spec;
  };

  /** Show the waterfall of a region; two regions have no common axis, only tables. */
  const show = async (chosen) => {
    const [own] = chosen;
    part.hidden = chosen.length !== 1 || !own.changes;
    if (part.hidden) return;
    part.querySelector(".chart-title").firstChild.textContent = `${own.changes.text} `;
    if (place) await window.carbonshedDraw(place, filled("spec-region-changes", own));
  };
  /** Save the picture of the waterfall. */
  const save = (kind, [own], name) => {
    const title = drawable(`${label(own)}. ${own.changes.text}`);
    const spec = filled("saved-region-changes", own);
    return saveSpec(kind, spec, title, `${name}-changes`);
  };

  window.carbonshedRegionChanges = { show, save };
})();
