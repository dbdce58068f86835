// The answer for a room: four steps by arrow keys, 16 to 9, numbers that the last row
// reads. Notes for who speaks are in a window of their own, for a second screen.
import { element, say } from "./dom.js";
import { makeStrip } from "./strip.js";
import { percent, scaleOf, write } from "./numbers.js";
import { belowMean, few, growth, limits, peakWords } from "./answer.js";
import { sharesOf } from "./controls.js";
import { asksOf, barsOf, drawnOf, receiversOf } from "./pictures.js";

const MOST_NOTES = 30; // lines of one kind

/** Return rows of a chart as lines: name and value, and the number of the others. */
const listed = (rows) => [
  ...drawnOf(rows, MOST_NOTES).map((row) => `${row.name}: ${row.texts[0]}`),
  ...(rows.length > MOST_NOTES ? [`and ${rows.length - MOST_NOTES} more`] : []),
];

/** Return the four steps: a kicker, a number, what it is, a line below it, and notes. */
const steps = (explorer, view) => {
  const { name, nouns, regions } = explorer;
  const who = view.acting.length;
  const cut = view.hardest;
  const hit = cut?.regions.length > 1 ? `several ${nouns[1]}` : cut && name(cut.regions[0]);
  const shares = sharesOf(explorer, view.acting);
  const size = scaleOf([view.receivers.after], "t per person");
  const perPerson = scaleOf(view.acting.map((region) => regions[region].perCapita), "t per person");
  const givers = view.acting.map((region) => ({
    name: name(region),
    write: () => [perPerson.full(regions[region].perCapita)],
  }));
  const receivers = view.isDrawn && view.quota > 0 ? receiversOf(explorer, view.result) : [];
  return [
    {
      kicker: "1 Who acts",
      number: String(who),
      unit: who === 1 ? nouns[0] : nouns[1],
      text: who === 0
        ? "Nobody is chosen."
        : `${few(view.acting.map(name), 6)}: ${percent(shares.footprint)} of the footprint, ${percent(shares.people)} of the people.`,
      note: belowMean(view.acting, explorer),
      notes: [view.choices[0], ...listed(givers)],
    },
    {
      kicker: "2 How far",
      number: cut ? `${percent(cut.cut)} less` : "no cut",
      unit: cut ? `bought in ${hit}, the hardest hit` : "in what anyone buys",
      text: view.choices[1],
      note: "",
      notes: ["Buys less by:", ...listed(asksOf(explorer, view.result))],
    },
    {
      kicker: "3 What it avoids",
      number: write(view.quota, "t"),
      unit: `${percent(view.share)} of all emissions`,
      text: view.sentence,
      note: view.unusual,
      notes: [peakWords(view, explorer), "Avoids:", ...listed(barsOf(explorer, view.result))],
      strip: true,
    },
    view.withheld || view.receivers.people === 0
      ? { kicker: "4 Who may grow", number: "", unit: "", text: growth(view), note: "", notes: limits(view, explorer) }
      : {
          kicker: "4 Who may grow",
          number: size.full(view.receivers.after),
          unit: `for ${percent(view.receivers.share)} of the people`,
          text: growth(view),
          note: view.aboveGivers,
          notes: [view.choices[2], "Tonnes per person:", ...listed(receivers), ...limits(view, explorer)],
        },
  ];
};

/**
 * Make what shows notes in a window of their own, which has no address and no script.
 *
 * @param {(event: KeyboardEvent) => void} press called with keys that are pressed there
 * @returns {{open: () => boolean, show: Function, close: () => void}} open: false where
 *   the browser refuses
 */
const makeNotes = (press) => {
  let [notes, main] = [null, null];
  return {
    open: () => {
      notes = window.open("", "carbonshed-notes", "popup,width=900,height=700");
      if (!notes) return false;
      const { document: page } = notes;
      const { href } = document.querySelector("link[rel=stylesheet]");
      page.documentElement.lang = "en";
      Object.assign(page.documentElement.dataset, document.documentElement.dataset);
      page.head.replaceChildren(element("title", {}, "Notes"), element("link", { rel: "stylesheet", href }));
      main = element("main");
      page.body.replaceChildren(main);
      page.onkeydown = press;
      return true;
    },
    show: (slide, next) => {
      if (!notes || notes.closed) return;
      main.replaceChildren(
        element("h1", {}, slide.kicker),
        element("p", {}, [slide.number, slide.unit].filter(Boolean).join(" ")),
        element("p", {}, slide.text),
        element("p", { class: "note" }, slide.note),
        element("ul", {}, ...slide.notes.filter(Boolean).map((text) => element("li", {}, text))),
        next ? element("p", {}, `Next: ${next.kicker}`) : null,
      );
    },
    close: () => notes?.close(),
  };
};

/**
 * Make the stage of the presentation.
 *
 * @param {HTMLDialogElement} stage an empty dialog
 * @param {object} explorer the model with its words
 * @returns {{open: (view: object) => void}}
 */
export const makeStage = (stage, explorer) => {
  let [slides, current, quota] = [[], 0, 0];
  const kicker = element("p", { class: "kicker" });
  const number = element("p", { class: "huge" });
  const unit = element("p", { class: "unit-line" });
  const text = element("p", { class: "says" });
  const note = element("p", { class: "note" });
  const strip = element("div", { class: "strip", "aria-hidden": "true" });
  const live = element("div", { class: "slide", "aria-live": "polite" }, kicker, number, unit, text, note);
  const back = element("button", { type: "button" }, "Back");
  const next = element("button", { type: "button" }, "Next");
  const close = element("button", { type: "button" }, "Close");
  const aside = element("button", { type: "button" }, "Notes");
  const place = element("span", { class: "place" });
  const foot = element("p", { class: "source" }, explorer.source.join(" · "));
  stage.replaceChildren(
    element("div", { class: "screen" }, live, strip, foot,
      element("div", { class: "steps" }, aside, back, place, next, close)),
  );
  const line = makeStrip(strip, element("p"), explorer.choices, () => {});
  const show = (wanted) => {
    current = Math.min(Math.max(wanted, 0), slides.length - 1);
    const slide = slides[current];
    say(kicker, slide.kicker);
    say(number, slide.number);
    live.classList.toggle("is-sentence", slide.number === "");
    say(unit, slide.unit);
    say(text, slide.text);
    say(note, slide.note);
    strip.hidden = !slide.strip || explorer.choices.length === 0;
    if (!strip.hidden) line.draw(quota, null);
    place.textContent = `${current + 1} of ${slides.length}`;
    back.disabled = current === 0;
    next.disabled = current === slides.length - 1;
    notes.show(slide, slides[current + 1]);
  };
  back.addEventListener("click", () => show(current - 1));
  next.addEventListener("click", () => show(current + 1));
  close.addEventListener("click", () => stage.close());
  const press = (event) => {
    const wanted = {
      ArrowRight: current + 1, PageDown: current + 1, ArrowLeft: current - 1,
      PageUp: current - 1, Home: 0, End: slides.length - 1,
    }[event.key];
    if (wanted === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    show(wanted);
  };
  const notes = makeNotes(press);
  aside.addEventListener("click", () => {
    if (notes.open()) show(current);
    else say(note, "The browser does not open a window for notes.");
  });
  stage.addEventListener("keydown", press);
  stage.addEventListener("close", () => {
    notes.close();
    if (document.fullscreenElement) document.exitFullscreen();
  });
  return {
    open: (view) => {
      [slides, quota] = [steps(explorer, view), view.quota];
      stage.showModal();
      // a browser may refuse; the stage then fills its window
      stage.requestFullscreen?.().catch(() => {});
      show(0);
      next.focus();
    },
  };
};
