// Draws the charts, opens parts of a page, follows the pickers. Everything is on the
// page: nothing is ever loaded.
"use strict";
(() => {
  const MAP_HEIGHT = 480; // pixels, at most

  const readable = (element) => JSON.parse(element.textContent);

  // what is side by side on a screen stands below each other on a phone
  const stack = (part, labels) => {
    if (part === null || typeof part !== "object") return;
    if (part.legend) delete part.legend.columns;
    if (part.axis?.labelLimit) part.axis.labelLimit = labels;
    Object.values(part).forEach((inner) => stack(inner, labels));
  };

  const draw = async (place, spec) => {
    const { ratio } = spec.usermeta ?? {};
    // a map is never taller than a window
    if (ratio) place.style.maxWidth = `${Math.round(MAP_HEIGHT / ratio)}px`;
    const width = place.clientWidth;
    if (spec.projection) spec.datasets = { outlines: window.carbonshedOutlines.features };
    if (ratio) spec.height = Math.round(width * ratio);
    if (width < 480) {
      // names leave more than half to what they name
      stack(spec, Math.round(0.45 * width));
      spec.config.legend.columns = 1;
      // a long title ends where the axis does, and so stays on the page
      spec.config.axisX = { titleAnchor: "end" };
    }
    spec.description = place.getAttribute("aria-label"); // Vega would replace it
    const drawn = await window.vegaEmbed(place, spec, {
      renderer: "svg",
      actions: false,
      mode: "vega-lite",
      tooltip: { disableDefaultStyle: true },
    });
    // the figure says what it shows; thousands of marks would only be noise
    place.querySelector("svg").setAttribute("aria-hidden", "true");
    window.carbonshedReads(place, drawn.view);
    return drawn;
  };
  // one drawing of a place after the other
  const drawing = new WeakMap();
  window.carbonshedDraw = (place, spec) => {
    const before = drawing.get(place) ?? Promise.resolve();
    const next = before.then(() => draw(place, spec));
    drawing.set(place, next);
    return next;
  };

  const loading = new Map();
  /** Load a script of the report, once. */
  window.carbonshedLoad = (src) => {
    const done = (resolve, reject) => {
      const script = document.createElement("script");
      script.src = src;
      script.addEventListener("load", resolve);
      script.addEventListener("error", reject);
      document.head.append(script);
    };
    if (!loading.has(src)) loading.set(src, new Promise(done));
    return loading.get(src);
  };

  // what is folded away has no width yet, and is drawn when it is opened
  const drawAll = (part) => {
    for (const place of part.querySelectorAll("[data-chart]")) {
      const spec = document.getElementById(`spec-${place.dataset.chart}`);
      const isLive = place.closest("figure").querySelector("[data-saves]");
      const isHidden = place.closest("details:not([open])") || place.firstChild;
      if (spec && !isLive && !isHidden) window.carbonshedDraw(place, readable(spec));
    }
  };
  // parts are closed at first: whatever an address names is opened and shown
  const openTo = (id) => {
    const part = document.getElementById(id);
    if (part === null || part.closest("main") === null) return;
    const own = part.querySelector(":scope > details");
    for (let fold = own ?? part; fold; fold = fold.parentElement?.closest("details")) {
      if (fold.localName === "details") fold.open = true;
    }
    part.scrollIntoView();
  };
  const follow = () => {
    if (window.carbonshedRegions) return; // there an address names a region
    try {
      openTo(decodeURIComponent(window.location.hash.slice(1)));
    } catch {
      // a broken link: as if there were none
    }
  };
  window.addEventListener("hashchange", follow);

  const unfold = document.getElementById("unfold");
  if (unfold) {
    unfold.hidden = false;
    unfold.addEventListener("click", () => {
      const isOpen = unfold.getAttribute("aria-pressed") === "true";
      unfold.setAttribute("aria-pressed", String(!isOpen));
      for (const fold of document.querySelectorAll(".part > details")) {
        fold.open = !isOpen;
      }
    });
  }

  // what stands behind a chart is a tab beside it
  const STEPS = { ArrowRight: 1, ArrowLeft: -1 };
  const makeTabs = (figure) => {
    const folds = [...figure.querySelectorAll(":scope > details.panel")];
    for (const fold of folds) {
      const panel = document.createElement("div");
      panel.className = "panel";
      panel.dataset.tab = fold.dataset.tab;
      fold.querySelector("summary").remove();
      panel.append(...fold.childNodes);
      fold.replaceWith(panel);
    }
    const panels = [...figure.querySelectorAll(":scope > .panel")];
    const list = document.createElement("div");
    list.className = "tabs";
    list.setAttribute("role", "tablist");
    list.setAttribute("aria-label", "Chart, table and source");
    const show = (chosen) => {
      panels.forEach((panel, index) => {
        panel.hidden = index !== chosen;
        const tab = list.children[index];
        tab.setAttribute("aria-selected", String(index === chosen));
        tab.tabIndex = index === chosen ? 0 : -1;
      });
    };
    panels.forEach((panel, index) => {
      const tab = document.createElement("button");
      tab.type = "button";
      tab.textContent = panel.dataset.tab;
      tab.id = `${figure.id}-tab-${index}`;
      tab.setAttribute("role", "tab");
      panel.id = `${tab.id}-panel`;
      tab.setAttribute("aria-controls", panel.id);
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", tab.id);
      tab.addEventListener("click", () => show(index));
      tab.addEventListener("keydown", ({ key }) => {
        const next = index + (STEPS[key] ?? 0);
        if (!(key in STEPS) || !list.children[next]) return;
        show(next);
        list.children[next].focus();
      });
      list.append(tab);
    });
    panels.at(-1).after(list);
    show(0);
  };
  for (const figure of document.querySelectorAll("figure:has(> details.panel)")) {
    makeTabs(figure);
  }

  // paper has no folds
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const fold of closed) fold.open = true;
    if (window.vegaEmbed) drawAll(document);
  });
  window.addEventListener("afterprint", () => {
    for (const fold of closed) fold.open = false;
    closed = [];
  });

  // an address that leads to a chart or a table of this page
  const copyLink = async (button) => {
    // a file of this machine is of no use to others: the report's own address is
    const home = document.querySelector("link[rel=canonical]")?.href;
    if (window.location.protocol === "file:" && !home) {
      button.textContent = "A file on this machine has no address to send";
      return;
    }
    const address = new URL(home ?? window.location.href);
    address.hash = window.location.hash;
    // what is chosen of a chart is in the address already
    const isChosen = window.location.hash.includes("=");
    const hasChoices = button.closest("figure")?.querySelector("form[data-views]");
    if (!(isChosen && hasChoices)) address.hash = button.dataset.copies;
    try {
      await navigator.clipboard.writeText(address.href);
      button.textContent = "Copied";
    } catch {
      // a browser may not let a page copy: then the address bar has it
      window.location.hash = address.hash;
      button.textContent = "In the address bar";
    }
  };
  for (const button of document.querySelectorAll("[data-copies]")) {
    button.hidden = false;
    button.addEventListener("click", () => copyLink(button));
  }

  const here = document.querySelector("nav [aria-current]");
  if (here) {
    const list = here.closest("ul"); // on a phone it is one line, wider than the page
    list.scrollLeft = here.offsetLeft - (list.clientWidth - here.offsetWidth) / 2;
  }

  document
    .getElementById("theme")
    .addEventListener("click", () => window.carbonshedSwitchTheme());
  // another year, or another emission, of what is shown; a chart begins with that year
  const kept = () =>
    window.location.hash.replace(/[#&]Year=[^&]*/, "").replace(/^&?(?=[^#])/, "#");
  document.querySelector("[data-goes]")?.addEventListener("change", (event) => {
    window.location.href = event.target.value + kept();
  });
  for (const link of document.querySelectorAll("[data-scopes] a")) {
    for (const event of ["pointerdown", "focus"]) {
      link.addEventListener(event, () => {
        link.hash = kept();
      });
    }
  }
  follow();
  if (window.vegaEmbed) {
    drawAll(document);
    for (const fold of document.querySelectorAll("details")) {
      fold.addEventListener("toggle", () => drawAll(fold));
    }
  }
})();
