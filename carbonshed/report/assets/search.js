// Finds places, pages and words by a part of their name; search boxes are made here.
"use strict";
(() => {
  const MOST = 8; // suggestions at a time
  // letters that no accent is taken from
  const PLAIN = { ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ß: "ss", æ: "ae", œ: "oe", ı: "i" };

  /**
   * Return a text without accents and capitals: "Åland" and "aland" are one.
   * @param {string} text
   * @returns {string}
   */
  window.carbonshedFold = (text) =>
    text
      .toLowerCase()
      .normalize("NFD")
      .replace(/\p{M}/gu, "")
      .replace(/[øłđðþßæœı]/g, (letter) => PLAIN[letter]);
  const fold = window.carbonshedFold;
  // codes of countries, and their names in other languages
  const also = new Map(
    (window.carbonshedPlaces ?? []).map(([id, , names]) => [id, fold(names).split("|")]),
  );

  /**
   * Make a search box of an input with `role=combobox` and the list and line after it.
   * @param {HTMLInputElement} input
   * @param {() => {label: string, id?: string, note?: string, href: string}[]} all
   *     everything that can be found, best first; `note` stands beside a label
   * @param {(each: object) => void} choose called with the one that is chosen
   */
  window.carbonshedSearchBox = (input, all, choose) => {
    const list = document.getElementById(input.getAttribute("aria-controls"));
    const line = list.parentElement.querySelector("[role=status]");
    let found = [];
    let active = -1;

    const close = () => {
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
      active = -1;
    };
    const mark = (next) => {
      active = next;
      [...list.querySelectorAll("[role=option]")].forEach((option, place) => {
        option.setAttribute("aria-selected", String(place === active));
        if (place === active) option.scrollIntoView({ block: "nearest" });
      });
      if (active < 0) input.removeAttribute("aria-activedescendant");
      else input.setAttribute("aria-activedescendant", `${list.id}-${active}`);
    };
    const option = (each, place) => {
      const made = document.createElement("li");
      made.id = `${list.id}-${place}`;
      made.setAttribute("role", "option");
      made.setAttribute("aria-selected", "false");
      made.append(each.label);
      if (each.note) {
        const note = document.createElement("span");
        note.className = "unit";
        note.textContent = ` ${each.note}`;
        made.append(note);
      }
      // the field keeps the focus, so that it is not closed before the click
      made.addEventListener("pointerdown", (event) => event.preventDefault());
      made.addEventListener("click", () => take(each));
      return made;
    };
    const take = (each) => {
      input.value = "";
      close();
      choose(each);
    };

    // those that begin with the text come first, then those with a word that does
    const hasWord = (name, text) =>
      name.split(/[\s(-]+/).some((word) => word.startsWith(text));
    const rank = (each, text) => {
      const name = fold(each.label);
      const id = fold(each.id ?? "");
      const others = also.get(each.id) ?? [];
      if (name === text || id === text || others.includes(text)) return 0;
      if (name.startsWith(text)) return 1;
      if ([name, ...others].some((one) => hasWord(one, text))) return 2;
      return name.includes(text) || id.startsWith(text) ? 3 : 4;
    };
    const offer = () => {
      const text = fold(input.value.trim());
      const ranked = all()
        .map((each, place) => [text === "" ? 0 : rank(each, text), place, each])
        .filter(([order]) => order < 4)
        .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
      found = ranked.slice(0, MOST).map(([, , each]) => each);
      list.replaceChildren(...found.map(option));
      list.hidden = found.length === 0;
      input.setAttribute("aria-expanded", String(found.length > 0));
      mark(text !== "" && found.length > 0 ? 0 : -1);
      line.textContent = text === "" ? "" : `${ranked.length} found`;
    };

    input.addEventListener("input", () => (input.value === "" ? close() : offer()));
    input.addEventListener("blur", close);
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Escape") close();
      else if (event.key === "ArrowDown" && list.hidden) offer();
      else if (event.key === "ArrowDown") mark((active + 1) % found.length);
      else if (event.key === "ArrowUp" && !list.hidden)
        mark((Math.max(active, 0) - 1 + found.length) % found.length);
      else if (event.key === "Enter" && active >= 0) take(found[active]);
      else if (event.key !== "Enter") return;
      event.preventDefault();
    });
    input.form?.addEventListener("submit", (event) => event.preventDefault());
  };

  const places = (window.carbonshedPlaces ?? []).map(([id, label]) => ({
    label,
    id,
    href: `place.html#${encodeURIComponent(id)}`,
  }));
  const pages = [...document.querySelectorAll(".top nav a")].map((link) => ({
    label: link.textContent,
    note: "page",
    href: link.getAttribute("href"),
  }));
  const terms = (window.carbonshedTerms ?? []).map(([label, note, href]) => ({ label, note, href }));
  for (const form of document.querySelectorAll("form.search")) {
    form.hidden = false;
    const go = ({ href }) => (window.location.href = href);
    const input = form.elements[0];
    window.carbonshedSearchBox(input, () => [...places, ...pages, ...terms], go);
    // on a phone the focus would bring up its keyboard
    const isMain = form.closest("main") !== null && window.location.hash === "";
    if (isMain && window.matchMedia("(pointer: fine)").matches) {
      input.focus({ preventScroll: true });
    }
  }
})();
