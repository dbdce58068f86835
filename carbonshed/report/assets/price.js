// The price that a reader chooses: what it raises, and the labels of the chart, are
// proportional to it.
"use strict";
(() => {
  const form = document.getElementById("price-form");
  const input = document.getElementById("price");
  const { price: usual, currency, of: chart } = form.dataset;
  let view = null;
  form.reset(); // a browser may keep what was chosen before
  document.querySelector(`[data-chart="${chart}"]`).closest(".frame").after(form);
  form.hidden = false;

  const written = (value) => Number(value.toPrecision(3)).toLocaleString("en");
  const show = () => {
    const price = Number(input.value);
    form.querySelector("output").textContent = `${written(price)} ${currency}`;
    for (const number of form.querySelectorAll("[data-at]")) {
      number.textContent = written((Number(number.dataset.at) * price) / Number(usual));
    }
    view?.signal("price", price).runAsync();
  };
  input.addEventListener("input", show);
  // each view of the chart is drawn at the usual price first
  document.addEventListener("drawn", (event) => {
    if (event.target.dataset.chart !== chart) return;
    view = event.detail;
    if (input.value !== input.defaultValue) show();
  });
})();
