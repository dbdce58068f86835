// The script of the page "What if": what `build.js` bundles begins here. It opens the
// data, lets the warehouse sign, and then answers each change of a lever.
import { comparison, growth, peakWords } from "./answer.js";
import { forgetRooms } from "./charts.js";
import { makeControls } from "./controls.js";
import { QUIET, byId, element, oncePerFrame, save, say } from "./dom.js";
import { decode, scenariosCsv, verify } from "./evaluate.js";
import { csvRows, savePicture, toCsv } from "./export.js";
import { percent, write } from "./numbers.js";
import { makePictures } from "./pictures.js";
import { makeStage } from "./present.js";
import { fromAddress, toAddress } from "./state.js";
import { makeStrip } from "./strip.js";
import { explorerOf, viewOf } from "./view.js";

export { decode, evaluate, initialState, scenariosCsv, spillovers, verify } from "./evaluate.js";
export { scaleOf } from "./numbers.js";

const COLUMNS = { 1: "who", 2: "far", 3: "give" };

/** Take over the page: everything that changes begins with `change`. */
const run = (explorer, signature) => {
  const { model, stem, marks } = explorer;
  const known = {
    rules: new Set(model.rules.map(({ id }) => id)),
    regions: new Set(explorer.ranked.map((region) => model.regions[region].id)),
    benchmarks: new Set(model.benchmarks.map(({ id }) => id)),
    caps: new Set(model.caps.filter(({ tonnes }) => tonnes > 0).map(({ id }) => id)),
    gives: new Set(model.allocations.map(({ id }) => id)),
  };
  const title = document.querySelector("main h1");
  const heading = title.textContent;
  title.classList.add("says");
  let [state, frozen, view] = [explorer.usual, null, null];
  let [frozenView, timer, wasOpened] = [null, 0, false];

  const look = (some) => viewOf(explorer, some);
  const address = () => `#${toAddress(state, frozen)}`;
  const show = () => {
    view = look(state);
    const isRefused = explorer.isAcross && !wasOpened;
    byId("across").hidden = !explorer.isAcross;
    byId("across-open").hidden = wasOpened;
    byId("figures").hidden = isRefused;
    say(title, explorer.isAcross ? heading : view.sentence);
    if (isRefused) return;
    say(byId("sentence"), explorer.isAcross ? view.sentence : "");
    say(byId("grow"), growth(view));
    say(byId("unusual"), view.unusual ? `That is ${view.unusual}.` : "");
    say(byId("peak"), peakWords(view, explorer));
    byId("compared").hidden = !frozenView;
    say(byId("compared"), frozenView ? comparison(frozenView, view, explorer) : "");
    byId("freeze").setAttribute("aria-pressed", String(frozen !== null));
    byId("freeze").textContent = frozen ? "Discard A" : "Freeze A, try B";
    strip.draw(view.quota, frozenView?.quota ?? null);
    say(byId("running"), `${write(view.quota, "t")} avoided, ${percent(view.share)} of all emissions`);
    controls.show(state, view);
    pictures(view);
  };
  const soon = oncePerFrame(show);
  // what is spoken or saved is never behind the levers, even where no frame is drawn
  const catchUp = () => {
    if (view.state !== state) show();
  };
  const settle = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      catchUp();
      say(byId("spoken"), `${view.sentence} ${growth(view)}`);
      history.replaceState(null, "", address());
    }, QUIET);
  };
  explorer.change = (part) => {
    state = { ...state, ...(typeof part === "function" ? part(state) : part) };
    soon();
    settle();
  };
  const follow = () => {
    const text = window.location.hash.slice(1);
    // other links of the page have no `=`
    if (text && !text.includes("=")) return;
    const read = fromAddress(text, explorer.usual, known);
    [state, frozen] = [read.state, read.frozen];
    frozenView = frozen ? look(frozen) : null;
    say(
      byId("taken"),
      read.unknown.length ? `The link has values that this report does not know. They are ignored: ${read.unknown.join(", ")}.` : "",
    );
    show();
  };

  const controls = makeControls(explorer);
  const pictures = makePictures(explorer);
  byId("strip-part").hidden = explorer.choices.length === 0;
  const strip = makeStrip(byId("strip"), byId("strip-status"), explorer.choices, explorer.change);
  const stage = makeStage(byId("stage"), explorer);
  const said = (...parts) => byId("taken").replaceChildren(...parts);
  const on = (id, action) =>
    byId(id).addEventListener("click", () => {
      catchUp();
      action();
    });

  on("across-open", () => {
    wasOpened = true;
    show();
    byId("sentence").focus();
  });
  on("copy", async () => {
    history.replaceState(null, "", address());
    try {
      await navigator.clipboard.writeText(window.location.href);
      said("The link is copied; it opens these levers again.");
    } catch {
      // pages from disk may not write to the clipboard
      const field = element("input", { readonly: true, "aria-label": "Link to these levers", value: window.location.href });
      said("Copy this link: ", field);
      field.select();
    }
  });
  on("png", async () => {
    await savePicture(explorer, view);
    said(`Saved as ${stem}-what-if.png, with choices, scope and source in it.`);
  });
  on("csv", () => {
    save(`${stem}-what-if.csv`, toCsv(csvRows(explorer, view), { ...marks, levers: toAddress(state) }), "text/csv");
    said(`Saved as ${stem}-what-if.csv: every ${explorer.nouns[0]}, all digits.`);
  });
  on("scenarios", () => {
    const text = scenariosCsv(model, state);
    if (!text) {
      said("No lever acts, so there is no scenario to save.");
      return;
    }
    save(`${stem}-scenarios.csv`, text, "text/csv");
    said("Saved. To evaluate it in the warehouse: ", element("code", {}, `carbonshed whatif ${stem}-scenarios.csv --dataset ${model.dataset}`));
  });
  on("freeze", () => {
    frozen = frozen ? null : structuredClone(state);
    frozenView = frozen ? view : null;
    explorer.change({});
  });
  on("reset", () => {
    [frozen, frozenView] = [null, null];
    explorer.change(structuredClone(explorer.usual));
    said("All levers are back at the start.");
  });
  on("present", () => stage.open(view));
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.matches?.("input[type=search], input[readonly], select");
    const column = COLUMNS[event.key];
    if (!column || isTyping || event.ctrlKey || event.metaKey || event.altKey || byId("stage").open) return;
    event.preventDefault();
    byId(column).focus();
    byId(column).scrollIntoView({ block: "start" });
  });
  window.addEventListener("hashchange", follow);
  window.carbonshedPlace?.onChange(() => window.location.reload());
  let width = 0;
  new ResizeObserver(([{ contentRect }]) => {
    if (Math.abs(contentRect.width - width) > 1) {
      forgetRooms();
      if (view) soon();
    }
    width = contentRect.width;
  }).observe(byId("figures"));

  byId("explorer-page").hidden = false;
  byId("running").hidden = explorer.isAcross;
  say(byId("signature"), signature);
  follow();
};

/** Show an error in place of all numbers. */
const refuse = (text) => {
  document.querySelector("main h1").textContent = "These levers are locked.";
  byId("refusal").textContent = text;
  byId("refusal").hidden = false;
  byId("explorer-page").remove();
};

const start = async () => {
  const texts = JSON.parse(byId("explorer").textContent);
  let model;
  let signed;
  try {
    model = await decode(window.carbonshedLevers);
    signed = verify(model);
  } catch (error) {
    refuse(`The data of this page cannot be read (${error.message}). ${texts.remedy}`);
    return;
  }
  if (!signed.equal) {
    refuse(`What this page computes is not what the warehouse published: the relative difference of ${signed.worst} is ${signed.gap.toExponential(1)}, and at most 1e-6 is allowed. No number is shown. ${texts.remedy}`);
    return;
  }
  run(
    explorerOf(model, texts),
    `Equals the warehouse, publication ${model.publication}: ${signed.figures.toLocaleString("en-US")} figures of the shipped scenarios and of all combinations were computed again. The largest relative difference is ${signed.gap.toExponential(0)}.`,
  );
};

if (typeof document !== "undefined" && document.getElementById("explorer")) start();
