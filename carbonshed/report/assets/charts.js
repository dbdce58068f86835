// Marks of charts: a value by mouse, tap and key, the way to the page of a place, the
// reader's own place in every chart, and views that the reader chooses.
"use strict";
(() => {
  const FINGER = 24; // pixels around a tap
  const SVG = "http://www.w3.org/2000/svg";
  const drawn = new Map(); // what is drawn, by the element that holds it
  const myPlace = () => window.carbonshedPlace?.get() ?? null;

  // a mark is what has a tooltip; a line as a whole has none, its points do
  const marksOf = (place) =>
    [...place.querySelectorAll("svg .role-mark path, svg .role-mark rect")].filter(
      ({ __data__: item }) =>
        item?.tooltip && !["line", "area", "trail"].includes(item.mark.marktype),
    );
  const regionOf = (mark) => mark?.__data__.datum?.region_id ?? null;
  const addressOf = (region) => `place.html#${encodeURIComponent(region)}`;
  const middleOf = (mark) => {
    const { left, right, top, bottom } = mark.getBoundingClientRect();
    return { clientX: (left + right) / 2, clientY: (top + bottom) / 2 };
  };
  const inWords = ({ tooltip }) =>
    typeof tooltip === "object"
      ? Object.entries(tooltip)
          .map(([key, value]) => `${key}: ${value}`)
          .join("; ")
      : String(tooltip);

  // the box of a mark beside the pointer, as Vega shows it
  const showTip = ({ view }, mark, at) => {
    view.tooltip()(null, at ?? {}, mark?.__data__ ?? null, mark?.__data__.tooltip);
  };

  const choose = (chart, mark, at = null) => {
    chart.current?.classList.remove("current");
    chart.current = mark;
    showTip(chart, mark, mark && (at ?? middleOf(mark)));
    if (mark === null) return;
    mark.classList.add("current");
    const { marks, status } = chart;
    const number = `${marks.indexOf(mark) + 1} of ${marks.length}`;
    const leads = regionOf(mark) === null ? "" : ". Press Enter for its page";
    status.textContent = `${inWords(mark.__data__)} (${number})${leads}`;
  };

  const follow = (mark) => {
    const region = regionOf(mark);
    if (region !== null) window.location.href = addressOf(region);
  };

  const nearest = (marks, { clientX, clientY }) => {
    let [found, least] = [null, FINGER];
    for (const mark of marks) {
      const { left, right, top, bottom } = mark.getBoundingClientRect();
      const x = Math.max(left - clientX, 0, clientX - right);
      const y = Math.max(top - clientY, 0, clientY - bottom);
      const middle = middleOf(mark);
      // of two under the finger, the one whose middle is nearer
      const away = Math.hypot(x, y) +
        Math.hypot(middle.clientX - clientX, middle.clientY - clientY) / 1e4;
      if (away < least) [found, least] = [mark, away];
    }
    return found;
  };

  const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  const onKey = (place, event) => {
    const chart = drawn.get(place);
    const { marks, current } = chart;
    if (event.key === "Enter" && current) follow(current);
    else if (event.key === "Escape") choose(chart, null);
    else if (event.key === "Home") choose(chart, marks[0]);
    else if (event.key === "End") choose(chart, marks.at(-1));
    else if (event.key in STEPS) {
      const next = marks.indexOf(current) + STEPS[event.key];
      choose(chart, marks[Math.min(Math.max(next, 0), marks.length - 1)]);
      chart.current.scrollIntoView({
        block: "nearest",
        inline: "nearest",
        behavior: "instant", // the box beside it is placed right away
      });
      showTip(chart, chart.current, middleOf(chart.current));
    } else return;
    event.preventDefault();
  };

  const onTap = (place, event) => {
    const chart = drawn.get(place);
    const mark = nearest(chart.marks, event);
    if (event.pointerType === "mouse") {
      if (mark?.contains(event.target)) follow(mark);
    } else if (mark !== null && mark === chart.current) follow(mark);
    else choose(chart, mark, mark && event);
  };

  // one stop for the tab key; within it, arrows go from mark to mark
  const listen = (place) => {
    place.addEventListener("keydown", (event) => onKey(place, event));
    place.addEventListener("click", (event) => onTap(place, event));
    place.addEventListener("blur", () => choose(drawn.get(place), null));
    const status = document.createElement("p");
    status.className = "away";
    status.setAttribute("role", "status");
    place.after(status);
    return status;
  };

  /** Make the marks of a chart that was drawn readable by mouse, tap and key. */
  window.carbonshedReads = (place, view) => {
    const marks = marksOf(place);
    const status = drawn.get(place)?.status ?? (marks.length ? listen(place) : null);
    drawn.set(place, { view, marks, status, current: null });
    if (marks.length) {
      place.tabIndex = 0;
      place.setAttribute("role", "application");
      place.setAttribute("aria-roledescription", "chart; arrow keys read its marks");
      // what scrolls is reached by the marks in it
      place.closest(".frame")?.removeAttribute("tabindex");
    }
    for (const mark of marks) {
      if (regionOf(mark) !== null) mark.classList.add("leads");
    }
    showOwn(place);
    place.dataset.marks = marks.length;
    place.dispatchEvent(new CustomEvent("drawn", { detail: view, bubbles: true }));
  };

  const overlap = (one, other) =>
    one.left < other.right && other.left < one.right &&
    one.top < other.bottom && other.top < one.bottom;

  // beside the mark, where no other name and no other mark is, if there is room
  const nameOwn = (svg, mark, name, marks) => {
    const texts = [...svg.querySelectorAll("text")];
    const written = texts.filter(({ textContent }) => textContent === name);
    for (const text of written) text.classList.add("own-name");
    if (written.length) return;
    const frame = svg.getBoundingClientRect();
    const scale = (svg.viewBox.baseVal?.width || frame.width) / frame.width;
    const box = mark.getBoundingClientRect();
    const text = document.createElementNS(SVG, "text");
    text.setAttribute("class", "own-name added");
    text.textContent = name;
    svg.append(text);
    const { width, height } = text.getBoundingClientRect();
    const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    const places = [];
    for (const away of [4, 14, 28, 44]) {
      places.push(
        [box.right + away, y - height / 2],
        [box.left - away - width, y - height / 2],
        [x - width / 2, box.top - away - height],
        [x - width / 2, box.bottom + away],
      );
    }
    const boxes = places
      .map(([left, top]) => ({ left, top, right: left + width, bottom: top + height }))
      .filter(({ left, top, right, bottom }) =>
        left >= frame.left && right <= frame.right &&
        top >= frame.top && bottom <= frame.bottom);
    const names = texts.map((each) => each.getBoundingClientRect());
    const others = marks.map((each) => each.getBoundingClientRect());
    const isFree = (one, them) => !them.some((other) => overlap(one, other));
    const found =
      boxes.find((each) => isFree(each, names) && isFree(each, others)) ??
      boxes.find((each) => isFree(each, names)) ?? boxes[0];
    if (!found) return text.remove();
    // the reader's own place comes before the names of others
    texts.forEach((each, index) => {
      if (overlap(found, names[index]) && each.closest(".role-mark")) {
        each.classList.add("under-own");
      }
    });
    text.setAttribute("x", (found.left - frame.left) * scale);
    text.setAttribute("y", (found.top - frame.top + 0.8 * height) * scale);
  };

  const showOwn = (place) => {
    const svg = place.querySelector("svg");
    if (!svg) return;
    for (const text of svg.querySelectorAll(".own-name.added")) text.remove();
    for (const name of ["own", "own-name", "under-own"]) {
      for (const each of svg.querySelectorAll(`.${name}`)) each.classList.remove(name);
    }
    const own = myPlace();
    const { marks } = drawn.get(place);
    const mine = own ? marks.filter((mark) => regionOf(mark) === own.id) : [];
    for (const mark of mine) mark.classList.add("own");
    if (mine.length) nameOwn(svg, mine.at(-1), own.name, marks);
  };
  window.carbonshedPlace?.onChange(() => [...drawn.keys()].forEach(showOwn));

  // after a change of year each mark comes from where it was
  const MOVING = { duration: 600, easing: "ease-in-out" };
  const isCalm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const placesOf = (place) =>
    new Map(marksOf(place).map((mark) => [regionOf(mark), middleOf(mark)]));
  const move = (place, before) => {
    if (isCalm.matches) return;
    for (const mark of marksOf(place)) {
      const from = before.get(regionOf(mark));
      const to = middleOf(mark);
      if (!from) continue;
      const way = `${from.clientX - to.clientX}px ${from.clientY - to.clientY}px`;
      mark.animate([{ translate: way }, { translate: "0px 0px" }], MOVING);
    }
  };

  // a saved picture is what is shown, on a light ground, in a frame with its title
  const framed = (spec, frame) => {
    const { config, autosize, usermeta, params, ...chart } = spec;
    const [size, foot] = frame.vconcat;
    const kept = params.filter(({ name }) => name !== "room");
    const datasets = { outlines: window.carbonshedOutlines?.features };
    return {
      ...frame,
      ...(spec.projection ? { datasets } : {}),
      vconcat: [{ ...chart, ...size }, foot],
      params: [...kept, ...frame.params],
      config: { ...config, ...frame.config },
    };
  };
  const read = (name) => JSON.parse(document.getElementById(name).textContent);
  const shownViews = new WeakMap(); // by figure, where it is not the first
  const savePicture = async (figure, { picture: kind, stem }) => {
    const { chart } = figure.querySelector("[data-chart]").dataset;
    const view = shownViews.get(figure) ?? {};
    const spec = framed(view.spec ?? read(`spec-${chart}`), view.frame ?? read(`frame-${chart}`));
    const { view: drawing } = await window.vegaEmbed(document.createElement("div"), spec, {
      renderer: "svg",
      actions: false,
      mode: "vega-lite",
    });
    const link = document.createElement("a");
    link.download = `${view.stem ?? stem}.${kind}`;
    link.href = await drawing.toImageURL(kind, 2);
    link.click();
    drawing.finalize();
  };
  for (const button of document.querySelectorAll("button[data-picture]")) {
    button.hidden = false;
    button.addEventListener("click", () =>
      savePicture(button.closest("figure"), button.dataset));
  }

  // the views of a chart: what is chosen is drawn in its place, and kept in the address
  for (const form of document.querySelectorAll("form[data-views]")) {
    const figure = form.closest("figure");
    const id = form.dataset.views;
    const place = figure.querySelector(`[data-chart="${id}"]`);
    const views = read(`views-${id}`);
    const inputs = [...form.querySelectorAll("input")];
    const keyOf = (answers) => [...answers.values()].join("\n");
    const shown = () => keyOf(new FormData(form));
    form.reset(); // a browser may keep what was chosen before
    const usual = new FormData(form);
    let drawnKey = shown();
    form.hidden = false;

    // what no view answers together with the other answers cannot be chosen
    const restrict = () => {
      for (const input of inputs) {
        const answers = new FormData(form);
        answers.set(input.name, input.value);
        input.disabled = !(keyOf(answers) in views);
      }
    };
    const keep = () => {
      const changed = [...new FormData(form)].filter(
        ([question, answer]) => usual.get(question) !== answer,
      );
      const hash = changed.length > 0 ? `#${new URLSearchParams(changed)}` : "#";
      window.history.replaceState(null, "", hash);
    };
    const update = async () => {
      const key = shown();
      if (key === drawnKey) return;
      drawnKey = key;
      restrict();
      const { folder } = views[key];
      if (folder !== undefined) await window.carbonshedLoad(`${folder}data/views.js`);
      if (shown() !== key) return; // the reader has gone on
      const view = folder === undefined ? views[key] : window.carbonshedViews[key];
      figure.querySelector(".chart-title").firstChild.textContent = `${view.heading} `;
      figure.querySelector("[data-words]").textContent = view.words;
      figure.querySelector(".summary").textContent = view.summary;
      place.setAttribute("aria-label", `${view.heading}. ${view.summary}`);
      shownViews.set(figure, view);
      const before = placesOf(place);
      await window.carbonshedDraw(place, view.spec ?? read(`spec-${id}`));
      move(place, before);
    };
    form.addEventListener("change", () => {
      keep();
      return update();
    });
    const follow = () => {
      const asked = new URLSearchParams(window.location.hash.slice(1));
      const answers = new FormData(form);
      for (const [question, answer] of usual) {
        answers.set(question, asked.get(question) ?? answer);
      }
      const isOurs = [...usual.keys()].some((question) => asked.has(question));
      // a link to another part, or a broken one, changes nothing
      if (!isOurs || !(keyOf(answers) in views)) return;
      for (const input of inputs) {
        input.disabled = false;
        input.checked = answers.get(input.name) === input.value;
      }
      restrict();
      update();
    };
    restrict();
    window.addEventListener("hashchange", follow);
    window.addEventListener("DOMContentLoaded", follow);
  }
})();
