// The page of a region, or of up to three side by side: #USA, #USA+DEU.
"use strict";
(() => {
  const { regions, nouns, gap, partSize } = window.carbonshedRegions;
  const { element, label, show: showTables } = window.carbonshedRegionTables;
  const picture = window.carbonshedRegionPicture;
  const brief = window.carbonshedRegionBrief;
  const byId = (id) => document.getElementById(id);
  const MOST = 3; // regions side by side
  const [noun] = nouns;

  const ranked = regions.filter(({ rank }) => rank !== null);
  ranked.sort((a, b) => a.rank - b.rank);
  const byFootprint = [...ranked, ...regions.filter(({ rank }) => rank === null)];
  const ids = new Map(regions.map((each) => [each.id, each]));
  let chosen = [];

  // an id as it is, else the one that differs in capitals or accents only
  const regionOf = (id) => {
    const fold = window.carbonshedFold;
    const like = regions.filter((each) => fold(each.id) === fold(id));
    return ids.get(id) ?? (like.length === 1 ? like[0] : null);
  };
  const decoded = (part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return ""; // a broken link: as if there were none
    }
  };
  const wanted = () =>
    window.location.hash.slice(1).split("+").map(decoded).filter(Boolean);
  const hashOf = (some) => `#${some.map(({ id }) => encodeURIComponent(id)).join("+")}`;

  // the figures of a region lie in a file with those of its neighbours
  window.carbonshedRegionParts = {};
  const complete = async (own) => {
    const place = regions.indexOf(own);
    const number = Math.floor(place / partSize);
    await window.carbonshedLoad(`data/regions-${number}.js`);
    Object.assign(own, window.carbonshedRegionParts[number][place % partSize]);
  };

  const heading = document.querySelector("main h1");
  heading.tabIndex = -1;
  heading.classList.add("finding");
  heading.setAttribute("aria-describedby", "found");
  const tested = element("p", "", { class: "licence" });
  heading.after(tested);
  const usualTitle = document.title;
  const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
  const listed = (texts) => `${texts.slice(0, -1).join(", ")} and ${texts.at(-1)}`;
  const headline = () => {
    if (chosen.length === 1) return chosen[0].headline;
    const amounts = chosen.map(({ spoken, amount }) => `${spoken} ${amount}`);
    return capital(amounts.join(", ")) + (gap ? `, ${gap}` : "");
  };

  const isPerPerson = () =>
    (document.querySelector("[name=view]:checked")?.value ?? "each") === "each" &&
    chosen.every(({ people }) => people);
  const draw = () => picture.draw(chosen, isPerPerson());

  const showTitles = () => {
    const sentence = headline();
    heading.textContent = sentence;
    tested.textContent = chosen.length === 1 ? chosen[0].licence : "";
    document.title = `${sentence} · ${usualTitle}`;
    const title = document.querySelector("#chosen .chart-title");
    const names = chosen.map(({ spoken }) => spoken);
    const words =
      chosen.length === 1
        ? chosen[0].accounts
        : `What is emitted in ${listed(names)}, and for them`;
    title.firstChild.textContent = `${words} `;
  };

  const showChips = () => {
    byId("chips").replaceChildren(
      ...(chosen.length < 2 ? [] : chosen).map((own) => {
        const chip = element("li");
        const button = element("button", `${label(own)} ×`, {
          type: "button",
          "aria-label": `Leave out ${label(own)}`,
        });
        button.addEventListener("click", () =>
          go(chosen.filter((each) => each !== own)),
        );
        chip.append(button);
        return chip;
      }),
    );
    byId("compare").disabled = chosen.length === MOST;
  };

  const showMine = () => {
    const mine = window.carbonshedPlace.get();
    const isMine = mine?.id === chosen[0].id;
    byId("mine").textContent = isMine
      ? `Forget that this is your ${noun}`
      : `Make this your ${noun}`;
  };

  const show = async (some) => {
    chosen = some;
    showTitles();
    showChips();
    showMine();
    await Promise.all(some.map(complete));
    if (chosen !== some) return; // the reader has gone on
    showTables(chosen);
    const views = byId("views");
    if (views) views.hidden = !chosen.every(({ people }) => people);
    const place = ranked.indexOf(chosen[0]);
    byId("before").disabled = place <= 0;
    byId("after").disabled = place < 0 || place === ranked.length - 1;
    byId("chosen").hidden = false;
    await draw();
    await window.carbonshedRegionYears?.show(chosen);
    await window.carbonshedRegionBars?.show(chosen);
  };

  // without an address: the reader's own, else the largest
  const usual = () =>
    regionOf(window.carbonshedPlace.get()?.id ?? "") ?? byFootprint[0];
  const follow = () => {
    const asked = wanted();
    const found = [...new Set(asked.map(regionOf).filter(Boolean))].slice(0, MOST);
    const missing = asked.filter((id) => regionOf(id) === null);
    byId("found").textContent =
      missing.length > 0 ? `There is no ${noun} with the id ${missing[0]}.` : "";
    const next = found.length > 0 ? found : [usual()];
    window.history.replaceState(null, "", hashOf(next));
    return show(next);
  };
  // the reader is taken to what has changed
  const goThere = () => {
    follow();
    heading.focus({ preventScroll: true });
    heading.scrollIntoView({ block: "start" });
  };
  const go = (some) => {
    if (window.location.hash === hashOf(some)) goThere();
    else window.location.hash = hashOf(some);
  };

  const options = byFootprint.map((own) => ({
    label: label(own),
    id: own.id,
    href: hashOf([own]),
    own,
  }));
  const remember = ({ id, name }) => window.carbonshedPlace.set({ id, name });
  window.carbonshedSearchBox(
    byId("compare"),
    () => options.filter(({ own }) => !chosen.includes(own)),
    ({ own }) => go([...chosen, own]),
  );
  const step = (by) => () => go([ranked[ranked.indexOf(chosen[0]) + by]]);
  byId("before").addEventListener("click", step(-1));
  byId("after").addEventListener("click", step(1));
  byId("mine").addEventListener("click", () => {
    if (window.carbonshedPlace.get()?.id === chosen[0].id)
      window.carbonshedPlace.set(null);
    else remember(chosen[0]);
  });
  window.carbonshedPlace.onChange(showMine);

  for (const input of document.querySelectorAll("[name=view]")) {
    input.addEventListener("change", draw);
  }
  byId("print").addEventListener("click", () => brief.print(chosen[0], isPerPerson()));
  byId("csv").addEventListener("click", () => brief.saveTable(chosen));
  for (const button of document.querySelectorAll("[data-saves]")) {
    const kind = button.dataset.saves;
    button.addEventListener("click", () => {
      const name = brief.fileName(chosen);
      if (button.closest("#since")) {
        return window.carbonshedRegionYears.save(kind, chosen, name);
      }
      const bars = button.closest("[data-bars]");
      if (bars) return window.carbonshedRegionBars.save(kind, bars, chosen, name);
      return picture.save(kind, chosen, isPerPerson(), headline(), name);
    });
  }

  document.querySelector("#all details").open = false;
  // scripts compare where a place has a file for those without
  const files = new Map(regions.map((own) => [own.file, own]));
  for (const link of document.querySelectorAll("#all a")) {
    const own = files.get(link.getAttribute("href"));
    if (own) link.href = hashOf([own]);
  }
  window.addEventListener("hashchange", goThere);
  window.addEventListener("DOMContentLoaded", follow);
})();
