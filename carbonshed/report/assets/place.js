// My place: the region that a reader made their own, kept from page to page.
"use strict";
(() => {
  /**
   * A region that is remembered.
   * @typedef {{id: string, name: string}} Place id as in the marts, name as shown
   *
   * `localStorage["carbonshed-place"]` holds JSON: the place of each dataset by the
   * dataset's name, such as `{"usa_states": {"id": "TX", "name": "Texas"}}`. Every
   * page has the name of its dataset in `<html data-dataset>`, and the noun of its
   * regions in `<html data-noun>`.
   */
  const KEY = "carbonshed-place";
  const { dataset: name, noun } = document.documentElement.dataset;
  const listeners = [];

  const stored = () => {
    try {
      const places = JSON.parse(window.localStorage.getItem(KEY));
      return places !== null && typeof places === "object" ? places : {};
    } catch {
      return {}; // a browser may keep nothing for pages from disk
    }
  };
  const isPlace = (place) =>
    typeof place?.id === "string" && typeof place?.name === "string";
  // what a browser does not keep holds for this page at least
  let place = Object.hasOwn(stored(), name) && isPlace(stored()[name])
    ? stored()[name]
    : null;

  /** The reader's own place: `get` it, `set` it, or be told `onChange`. */
  window.carbonshedPlace = {
    /** @returns {Place | null} the place of this dataset, null for none */
    get: () => place,
    /** @param {Place | null} next the new place, null to forget it */
    set: (next) => {
      place = next;
      const { [name]: _, ...others } = stored();
      try {
        const places = next ? { ...others, [name]: next } : others;
        window.localStorage.setItem(KEY, JSON.stringify(places));
      } catch {
        // as above
      }
      for (const listener of listeners) listener(place);
    },
    /** @param {(place: Place | null) => void} listener called at every change */
    onChange: (listener) => listeners.push(listener),
  };

  // "Your state: Texas", with a link to its page and a way to forget it
  const show = () => {
    const line = document.getElementById("my-place");
    line.hidden = place === null;
    if (place === null) return;
    const link = document.createElement("a");
    link.textContent = place.name;
    link.href = `place.html#${encodeURIComponent(place.id)}`;
    const forget = document.createElement("button");
    forget.type = "button";
    forget.textContent = "Forget";
    forget.setAttribute("aria-label", `Forget ${place.name}, your ${noun}`);
    forget.addEventListener("click", () => {
      window.carbonshedPlace.set(null);
      document.querySelector(".brand a").focus();
    });
    line.replaceChildren(`Your ${noun}: `, link, " ", forget);
  };
  window.carbonshedPlace.onChange(show);
  show();
})();
