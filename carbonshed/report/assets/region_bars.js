// Pictures of bars of one chosen region: its three scopes, and its change since the
// year before. Each is a part of the page with the name of its data, data-bars.
"use strict";
(() => {
  const { label } = window.carbonshedRegionTables;
  const { drawable, pixels, saveSpec } = window.carbonshedRegionPicture;

  const filled = (id, { bars, unit }) => {
    const spec = JSON.parse(document.getElementById(id).textContent);
    const chart = spec.vconcat ? spec.vconcat[0] : spec; // a saved one has notes below
    const rows = bars.map(([name, start, end, kind, text, own]) => ({
      name, start, end, kind, text, own: own ?? text, right: Math.max(start, end),
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

  const showPart = async (part, chosen) => {
    const data = chosen.length === 1 ? chosen[0][part.dataset.bars] : null;
    part.hidden = !data;
    if (part.hidden) return;
    part.querySelector(".chart-title").firstChild.textContent = `${data.text} `;
    const note = part.querySelector("[data-note]");
    if (note) note.textContent = data.note;
    if (note) part.querySelector(".frame")?.after(note); // before what explains the bars
    const place = part.querySelector("[data-chart]");
    if (place) {
      await window.carbonshedDraw(place, filled(`spec-${place.dataset.chart}`, data));
    }
  };
  /** Show the bars of a region; two regions have no common axis, only tables. */
  const show = async (chosen) => {
    for (const part of document.querySelectorAll("[data-bars]")) {
      await showPart(part, chosen);
    }
  };
  /** Save the picture of a part of the page. */
  const save = (kind, part, [own], name) => {
    const data = own[part.dataset.bars];
    const title = drawable(`${label(own)}. ${data.text}`);
    const { chart } = part.querySelector("[data-chart]").dataset;
    const spec = filled(`saved-${chart}`, data);
    return saveSpec(kind, spec, title, `${name}-${part.id}`);
  };

  window.carbonshedRegionBars = { show, save };
})();
