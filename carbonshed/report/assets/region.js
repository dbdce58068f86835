// One region of window.carbonshedRegions: picked by name, by rank, or by #region_id.
"use strict";
(() => {
  const { regions, sectors, cells, facts, rules, scopes, nouns } = window.carbonshedRegions;
  const byId = (id) => document.getElementById(id);
  const select = byId("region");
  const byName = regions.map((region, place) => ({ ...region, place }));
  const ranked = byName.filter((region) => region.rank !== null);
  ranked.sort((a, b) => a.rank - b.rank || a.place - b.place);
  const names = new Map();
  for (const { name } of regions) names.set(name, (names.get(name) ?? 0) + 1);
  const label = ({ name, id }) => (names.get(name) > 1 ? `${name} (${id})` : name);
  const usualTitle = document.title;
  let current = null;

  const element = (tag, text, attributes = {}) => {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    for (const [name, value] of Object.entries(attributes)) {
      made.setAttribute(name, value);
    }
    return made;
  };

  // of several columns, the last unit is also that of all after it
  const fill = (id, rows, units = []) => {
    const table = byId(`list-${id}`);
    table.querySelectorAll(".unit").forEach((place, number) => {
      place.textContent = units[number] ?? units.at(-1) ?? "";
    });
    table.tBodies[0].replaceChildren(...rows);
    const box = table.closest(".table");
    const part = box.closest("section");
    // what is alone in its section takes that along
    const holder = part.querySelectorAll(".table").length > 1 ? box : part;
    holder.hidden = rows.length === 0;
    if (rows.length === 0) missing.push(box.dataset);
  };

  // what a region does not have is said once, at the end
  const missing = [];
  const sayWhatIsMissing = () => {
    byId("not-shown").hidden = missing.length === 0;
    byId("not-shown").querySelector("ul").replaceChildren(
      ...missing.map(({ what, why }) => {
        const line = element("li");
        line.append(element("strong", what), `: ${why}`);
        return line;
      }),
    );
    missing.length = 0;
  };

  const bars = (id, list, nameOf) => {
    const rows = list?.rows ?? [];
    const largest = Math.max(...rows.map(([, value]) => value), 0);
    fill(
      id,
      rows.map(([place, value, text]) => {
        const row = element("tr");
        const name = nameOf(place);
        const head = element("th", undefined, { scope: "row" });
        head.append(name);
        const cell = element("td", text, { class: "number", "data-value": value });
        const share = largest > 0 ? (100 * value) / largest : 0;
        cell.style.setProperty("--bar-width", `${share.toFixed(1)}%`);
        row.append(head, cell);
        return row;
      }),
      list?.units,
    );
  };

  const lines = (id, list, texts) =>
    fill(
      id,
      (list?.rows ?? []).map((line) => {
        const row = element("tr");
        line.forEach((text, place) => {
          const isName = place < texts;
          const tag = place === 0 ? "th" : "td";
          const cell = element(tag, text, isName ? {} : { class: "number" });
          if (place === 0) cell.setAttribute("scope", "row");
          row.append(cell);
        });
        return row;
      }),
      list?.units,
    );

  const regionLink = (place) => {
    const region = regions[place];
    const link = element("a", label(region));
    link.href = `#${encodeURIComponent(region.id)}`;
    return link;
  };

  // the figures of a region, in a specification of the page
  const filled = (id, { balance }) => {
    const spec = JSON.parse(byId(id).textContent);
    // a saved picture has the chart above its notes
    const chart = spec.vconcat ? spec.vconcat[0] : spec;
    chart.data = {
      values: cells.map(([bar, part, order], place) => ({
        bar,
        part,
        order,
        amount: balance.values[place],
        text: balance.texts[place],
      })),
    };
    chart.encoding.x.title = `emissions (${balance.unit})`;
    return spec;
  };

  let view = null;
  const draw = async (region) => {
    const place = document.querySelector('[data-chart="region-balance"]');
    if (!place) return; // a report without charts
    view?.finalize();
    const spec = filled("spec-region-balance", region);
    view = (await window.carbonshedDraw(place, spec)).view;
  };

  // drawn anew for the file: with its title, on a light ground
  const save = async (kind) => {
    const spec = filled("saved-region-balance", current);
    spec.title.text = [`${label(current)}: ${spec.title.text.join(" ")}`];
    const { view: picture } = await window.vegaEmbed(element("div"), spec, {
      renderer: "svg",
      actions: false,
      mode: "vega-lite",
    });
    const link = element("a");
    const part = current.id.replace(/[^\p{L}\p{N}]+/gu, "-");
    link.download = `${byId("saved-region-balance").dataset.stem}-${part}.${kind}`;
    link.href = await picture.toImageURL(kind, 2);
    link.click();
    picture.finalize();
  };

  const show = (region) => {
    current = region;
    select.value = region.id;
    if (select.value !== region.id) {
      // a link led to what the filter leaves out: the filter has served its turn
      byId("find").value = "";
      byId("found").textContent = "";
      offer("");
      select.value = region.id;
    }
    byId("name").textContent = label(region);
    document.title = `${label(region)} · ${usualTitle}`;
    // another year, or another emission, of the same region
    for (const link of document.querySelectorAll("[data-scopes] a")) {
      link.hash = encodeURIComponent(region.id);
    }
    byId("facts").replaceChildren(
      ...region.facts.flatMap((fact, place) => {
        if (fact === null) return [];
        const [what, usual] = facts[place];
        const [value, unit, note = usual] = fact;
        const box = element("div");
        const shown = element("dd", value);
        if (fact.length === 1) shown.className = "is-word";
        if (unit) shown.append(" ", element("span", unit, { class: "unit" }));
        box.append(element("dt", what), shown);
        if (note) box.append(element("dd", note, { class: "fact-note" }));
        return box;
      }),
    );
    bars("suppliers", region.suppliers, regionLink);
    bars("customers", region.customers, regionLink);
    bars("products", region.products, (place) => sectors[place]);
    bars("sources", region.sources, (place) => sectors[place]);
    if (scopes.length > 0) {
      const rows = region.scopes?.map(([unit, ...texts], place) => [
        unit ? `${scopes[place]}, ${unit}` : scopes[place],
        ...texts,
      ]);
      lines("scopes", { rows: rows ?? [] }, 1);
    }
    lines("scenarios", region.scenarios, 1);
    const gifts = region.allocations && {
      units: region.allocations.units,
      rows: region.allocations.rows.map(([rule, ...texts]) => [
        ...rules[rule],
        ...texts,
      ]),
    };
    lines("allocations", gifts, 2);
    sayWhatIsMissing();
    const place = ranked.findIndex(({ id }) => id === region.id);
    byId("before").disabled = place <= 0;
    byId("after").disabled = place < 0 || place === ranked.length - 1;
    byId("chosen").hidden = false;
    return draw(region);
  };

  const wanted = () => {
    try {
      return decodeURIComponent(window.location.hash.slice(1));
    } catch {
      return ""; // a broken link: as if there were none
    }
  };
  const choose = (id) => {
    const hash = `#${encodeURIComponent(id)}`;
    if (window.location.hash === hash) follow();
    else window.location.hash = hash;
  };
  const follow = () => {
    const id = wanted();
    const region = byName.find((each) => each.id === id);
    const found = byId("found");
    if (id && !region) found.textContent = `There is no ${nouns[0]} with the id ${id}.`;
    else if (byId("find").value === "") found.textContent = "";
    show(region ?? ranked[0] ?? byName[0]);
  };

  const offer = (text) => {
    const part = text.trim().toLocaleLowerCase();
    const found = byName.filter(({ name, id }) =>
      `${name} ${id}`.toLocaleLowerCase().includes(part),
    );
    select.replaceChildren(
      ...found.map((region) => element("option", label(region), { value: region.id })),
    );
    return found;
  };

  byId("find").addEventListener("input", (event) => {
    const found = offer(event.target.value);
    byId("found").textContent = `${found.length} of ${regions.length} ${nouns[1]}`;
    select.value = current.id;
    if (select.selectedIndex < 0 && found.length > 0) choose(found[0].id);
  });
  select.addEventListener("change", () => choose(select.value));
  const step = (by) => () => {
    const next = ranked[ranked.findIndex(({ id }) => id === current.id) + by];
    if (next) choose(next.id);
  };
  byId("before").addEventListener("click", step(-1));
  byId("after").addEventListener("click", step(1));
  byId("picker").addEventListener("submit", (event) => event.preventDefault());

  for (const button of document.querySelectorAll("[data-saves]")) {
    button.addEventListener("click", () => save(button.dataset.saves));
  }

  offer("");
  byId("picker").hidden = false;
  window.addEventListener("hashchange", follow);
  window.addEventListener("DOMContentLoaded", follow);
})();
