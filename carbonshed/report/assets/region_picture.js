// The picture of the chosen regions: two bars each, with labels on their parts.
"use strict";
(() => {
  const { cells, perPerson } = window.carbonshedRegions;
  const { element, label } = window.carbonshedRegionTables;
  const readable = (id) => JSON.parse(document.getElementById(id).textContent);
  const LETTER = 7.8; // pixels of a letter of a label
  const NAMES = 138; // pixels of the names of bars
  const BAR = 62; // pixels of a bar with the label above it

  // line ends of a script, and control characters, are blanks in a picture
  const drawable = (text) => text.replace(/[\p{Cc}\u2028\u2029]/gu, " ");
  const wide = (text) => /[\u1100-\uffdc]/.test(text);
  const pixels = (text) =>
    [...text].reduce((sum, letter) => sum + (wide(letter) ? 2 : 1) * LETTER, 0);

  // the part of the main supplier has no name of its own, and that of a single region
  const [, mainPart] = cells.find(([, , name]) => name === "") ?? [];
  const partOf = (part, chosen) =>
    part === mainPart && chosen.length === 1 && chosen[0].balance.supplier
      ? drawable(`in ${chosen[0].balance.supplier}`)
      : part;

  // parts follow each other from zero: the negative ones to the left
  const stacked = (own, isPerPerson, divisor) => {
    const { balance, people } = own;
    const ends = {};
    return cells.map(([bar, part, ownName], place) => {
      const amount = balance.values[place] / divisor / (isPerPerson ? people : 1);
      ends[bar] ??= { right: 0, left: 0 };
      const side = amount < 0 ? "left" : "right";
      const start = ends[bar][side];
      ends[bar][side] += amount;
      const text = isPerPerson
        ? `${balance.perPerson[place]} ${perPerson[1]}`
        : balance.texts[place];
      const end = ends[bar][side];
      const name = ownName || drawable(`in ${balance.supplier}`);
      return { bar, part, name, start, end, text, share: balance.shares[place] };
    });
  };

  // the label that fits above a part: its share and name, its share, or nothing
  const fitting = ({ share, name, start, end }, width) => {
    const texts = share === "–" || end <= start ? [] : [`${share} ${name}`, share];
    return texts.find((text) => pixels(text) + 4 <= (end - start) * width) ?? "";
  };

  const rowsOf = (chosen, isPerPerson, divisor, width) => {
    const isOne = chosen.length === 1;
    const rows = chosen.flatMap((own) =>
      stacked(own, isPerPerson, divisor).map((each) => ({ ...each, own })),
    );
    const totalOf = ({ bar, own }) => {
      const { ends, perPersonEnds } = own.balance;
      return (isPerPerson ? perPersonEnds : ends)[bar === cells[0][0] ? 0 : 1];
    };
    const longest = Math.max(...rows.map((each) => pixels(totalOf(each))));
    const low = Math.min(0, ...rows.map(({ end }) => end));
    const high = Math.max(0, ...rows.map(({ end }) => end));
    // the label behind the longest bar has room too
    const room = Math.max(width - 1.2 * longest - 12, width / 3);
    const domain = [low, low + ((high - low || 1) * width) / room];
    const perUnit = width / (domain[1] - domain[0]);
    const shown = rows.filter(({ start, end }) => start !== end);
    return {
      domain,
      rows: shown.map((each, place) => {
        const next = shown[place + 1];
        const isLast = next?.bar !== each.bar || next.own !== each.own;
        const { own, ...fields } = each;
        return {
          ...fields,
          part: partOf(each.part, chosen),
          bar: isOne ? each.bar : `${drawable(label(own))}\n${each.bar}`,
          label: fitting(each, perUnit),
          total: isLast ? totalOf(each) : "",
        };
      }),
    };
  };

  /**
   * Return a specification of the page with the figures of regions.
   * @param {string} id of the element with the specification
   * @param {object[]} chosen regions of the page's data
   * @param {boolean} isPerPerson
   * @param {number} width in pixels
   */
  const filled = (id, chosen, isPerPerson, width) => {
    const spec = readable(id);
    const largest = chosen.reduce((a, b) =>
      a.balance.divisor > b.balance.divisor ? a : b,
    ).balance;
    const [divisor, unit] = isPerPerson ? perPerson : [largest.divisor, largest.unit];
    const drawn = width - NAMES;
    const { rows, domain } = rowsOf(chosen, isPerPerson, divisor, drawn);
    // a saved picture has the chart above its notes
    const chart = spec.vconcat ? spec.vconcat[0] : spec;
    chart.data = { values: rows };
    for (const { encoding } of chart.layer) {
      encoding.x.title = unit;
      encoding.x.scale = { domain, nice: false };
      if (!encoding.color) continue;
      // a legend of what occurs
      const { domain: all, range } = encoding.color.scale;
      const parts = all.map((part) => partOf(part, chosen));
      const occurs = parts.map((part) => rows.some((each) => each.part === part));
      encoding.color.scale = {
        domain: parts.filter((_, place) => occurs[place]),
        range: range.filter((_, place) => occurs[place]),
      };
    }
    chart.height = 2 * chosen.length * BAR;
    return spec;
  };

  let view = null;
  /** Draw regions into the page, without an error in a report without charts. */
  const draw = async (chosen, isPerPerson) => {
    const place = document.querySelector('[data-chart="region-balance"]');
    if (!place) return;
    view?.finalize();
    const spec = filled("spec-region-balance", chosen, isPerPerson, place.clientWidth);
    view = (await window.carbonshedDraw(place, spec)).view;
  };

  const SAVED = 720; // pixels of a saved picture
  const embedded = (place, spec) =>
    window.vegaEmbed(place, spec, {
      renderer: "svg",
      actions: false,
      mode: "vega-lite",
    });
  /** Save a picture with its title, on a light ground. */
  const saveSpec = async (kind, spec, title, name) => {
    spec.title.text = [drawable(title)];
    const { view: picture } = await embedded(element("div"), spec);
    const link = element("a");
    link.download = `${name}.${kind}`;
    link.href = await picture.toImageURL(kind, 2);
    link.click();
    picture.finalize();
  };
  const save = (kind, chosen, isPerPerson, title, name) =>
    saveSpec(
      kind,
      filled("saved-region-balance", chosen, isPerPerson, SAVED),
      title,
      name,
    );
  /** Draw a picture of a fixed width into an element, for paper. */
  const drawInto = async (place, chosen, isPerPerson, width) => {
    if (!window.vegaEmbed) return;
    const spec = filled("spec-region-balance", chosen, isPerPerson, width);
    await embedded(place, { ...spec, width });
  };

  window.carbonshedRegionPicture = { draw, drawable, pixels, save, saveSpec, drawInto };
})();
