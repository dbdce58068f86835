// Draws the charts, sorts the tables, follows the pickers. Everything is on the page:
// nothing is ever loaded.
"use strict";
(() => {
  const readable = (element) => JSON.parse(element.textContent);

  // what is side by side on a screen stands below each other on a phone
  const stack = (part, labels) => {
    if (part === null || typeof part !== "object") return;
    if (part.legend) delete part.legend.columns;
    if (part.axis?.labelLimit) part.axis.labelLimit = labels;
    Object.values(part).forEach((inner) => stack(inner, labels));
  };

  window.carbonshedDraw = async (place, spec) => {
    const width = place.clientWidth;
    if (spec.usermeta?.ratio) spec.height = Math.round(width * spec.usermeta.ratio);
    if (width < 480) {
      // names leave more than half to what they name
      stack(spec, Math.round(0.45 * width));
      spec.config.legend.columns = 1;
      // a long title ends where the axis does, and so stays on the page
      spec.config.axisX = { titleAnchor: "end" };
    }
    const drawn = await window.vegaEmbed(place, spec, {
      renderer: "svg",
      actions: false,
      mode: "vega-lite",
      tooltip: { disableDefaultStyle: true },
    });
    // the figure says what it shows; thousands of marks would only be noise
    place.querySelector("svg").setAttribute("aria-hidden", "true");
    return drawn;
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
  const drawOnOpening = () => {
    for (const fold of document.querySelectorAll("details.fold")) {
      fold.addEventListener("toggle", () => drawAll(fold));
    }
    // paper has no folds
    window.addEventListener("beforeprint", () => {
      for (const fold of document.querySelectorAll("details.fold")) fold.open = true;
    });
  };

  // what has no value is last, whichever way a column is sorted
  const compare = (a, b, isNumber, sign) => {
    if (a === b) return 0;
    if (a === "") return 1;
    if (b === "") return -1;
    return sign * (isNumber ? Number(a) - Number(b) : a.localeCompare(b));
  };

  const key = (row, column) => {
    const cell = row.cells[column];
    const text = cell.dataset.value ?? cell.textContent.trim();
    return text === "–" ? "" : text;
  };

  const sortBy = (table, column) => {
    const head = table.tHead.rows[0].cells[column];
    const isNumber = head.classList.contains("number");
    const before = head.getAttribute("aria-sort");
    const usual = isNumber ? "descending" : "ascending";
    const other = isNumber ? "ascending" : "descending";
    const order = before === usual ? other : usual;
    const sign = order === "ascending" ? 1 : -1;
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => [key(row, column), row]);
    rows.sort((a, b) => compare(a[0], b[0], isNumber, sign));
    body.append(...rows.map(([, row]) => row));
    for (const cell of table.tHead.rows[0].cells) cell.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", order);
  };

  const makeSortable = (table) => {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      button.addEventListener("click", () => sortBy(table, column));
      head.append(button);
    });
  };

  document.querySelectorAll("table.sortable").forEach(makeSortable);
  document
    .getElementById("theme")
    .addEventListener("click", () => window.carbonshedSwitchTheme());
  document.querySelector("[data-goes]")?.addEventListener("change", (event) => {
    window.location.href = event.target.value + window.location.hash;
  });
  if (window.vegaEmbed) {
    drawAll(document);
    drawOnOpening();
  }
})();
