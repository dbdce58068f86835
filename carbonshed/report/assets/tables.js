// Sorts tables, and finds rows in long ones.
"use strict";
(() => {
  const MANY = 12; // rows, from which on a box finds some

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

  // a real button is a box, and boxes in heads are blank on all pages but the first
  const makeSortable = (table) => {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("span");
      button.setAttribute("role", "button");
      button.tabIndex = 0;
      button.append(...head.childNodes);
      button.addEventListener("click", () => sortBy(table, column));
      button.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        sortBy(table, column);
      });
      head.append(button);
    });
  };

  const makeSearchable = (table) => {
    const rows = [...table.tBodies[0].rows];
    if (rows.length < MANY) return;
    const box = document.createElement("p");
    box.className = "find";
    const label = document.createElement("label");
    const input = document.createElement("input");
    input.type = "search";
    input.autocomplete = "off";
    label.append("Find in this table ", input);
    const line = document.createElement("span");
    line.setAttribute("role", "status");
    input.addEventListener("input", () => {
      const part = window.carbonshedFold(input.value.trim());
      let found = 0;
      for (const row of rows) {
        row.hidden = !window.carbonshedFold(row.textContent).includes(part);
        if (!row.hidden) found += 1;
      }
      line.textContent = part === "" ? "" : `${found} of ${rows.length} rows`;
    });
    box.append(label, " ", line);
    table.closest(".table").prepend(box);
  };

  for (const table of document.querySelectorAll("table.sortable")) {
    makeSortable(table);
    makeSearchable(table);
  }
})();
