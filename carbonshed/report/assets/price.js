// The price that a reader chooses: what it raises, and the labels of the charts, are
// proportional to it.
"use strict";
(() => {
  const form = document.getElementById("price-form");
  const input = document.getElementById("price");
  const { price: usual, currency, of } = form.dataset;
  const charts = of.split(" ");
  const views = new Map();
  form.reset(); // a browser may keep what was chosen before
  document.querySelector(`[data-chart="${charts[0]}"]`).closest(".frame").after(form);
  form.hidden = false;

  // three significant digits, and all before the point
  const written = (value) => {
    const digits = { minimumSignificantDigits: 3, maximumSignificantDigits: 3 };
    const isShort = value > 0 && value < 100;
    return value.toLocaleString("en", isShort ? digits : { maximumFractionDigits: 0 });
  };
  const show = () => {
    const price = Number(input.value);
    form.querySelector("output").textContent = `${Number(price.toPrecision(3)).toLocaleString("en")} ${currency}`;
    for (const number of form.querySelectorAll("[data-at]")) {
      number.textContent = written((Number(number.dataset.at) * price) / Number(usual));
    }
    for (const view of views.values()) view.signal("price", price).runAsync();
  };
  input.addEventListener("input", show);
  // each view of the chart is drawn at the usual price first
  document.addEventListener("drawn", (event) => {
    const { chart } = event.target.dataset;
    if (!charts.includes(chart)) return;
    views.set(chart, event.detail);
    if (input.value !== input.defaultValue) show();
  });
})();
