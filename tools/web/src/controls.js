// The three columns of levers: who acts, how far, who may grow. Native inputs, so that
// keys, fingers and screen readers know them; each says its value in words.
import { belowMean, evidenceOf, receiving } from "./answer.js";
import { byId, element, say } from "./dom.js";
import { leverOf } from "./evaluate.js";
import { percent, scaleOf } from "./numbers.js";

const MOST_CHIPS = 12;
const STEPS = 200; // of the slider of the cap, about
const NOTHING = ""; // value of a choice that stands for null
const UNFOUNDED = "Your own choice, without evidence.";
const PART = "The part of the way is your own choice, without evidence.";

/** Return the step of a slider that reaches so far: 0.1 for 20. */
const stepFor = (most) => 10 ** Math.floor(Math.log10(most / STEPS) + 0.3);

/** Fill a place with radio buttons. */
const radios = (place, name, options, take) => {
  place.replaceChildren(
    ...options.map(({ id, label, description }) => {
      const input = element("input", { type: "radio", name, value: id ?? NOTHING });
      input.addEventListener("change", () => take(id));
      return element(
        "label",
        { class: "check", title: description },
        input,
        element("span", {}, label),
      );
    }),
  );
};

const check = (place, id) => {
  for (const input of place.querySelectorAll("input")) {
    input.checked = input.value === (id ?? NOTHING);
  }
};

/** Say below a lever on what evidence the present choice stands, and what has none. */
const sayEvidence = (lever, choices, chosen, own = "") => {
  const evidence = evidenceOf(choices.find(({ id }) => id === chosen));
  say(byId(lever), [evidence, own].filter(Boolean).join(" "));
};

/** Return the shares of all people and of all footprints that some regions have. */
export const sharesOf = ({ regions, ranked }, some) => {
  const sum = (list, of) => list.reduce((all, region) => all + (of(regions[region]) ?? 0), 0);
  const share = (of) => sum(some, of) / sum(ranked, of);
  return { people: share((each) => each.population), footprint: share((each) => each.footprint) };
};

/**
 * Wire the controls of the page.
 *
 * @param {object} explorer the model with its words, and `change(part of a state)`
 * @returns {{show: (state: object, view: object) => void}}
 */
export const makeControls = (explorer) => {
  const parts = [whoActs(explorer), howFar(explorer), whoMayGrow(explorer)];
  return { show: (state, view) => parts.forEach((part) => part(state, view)) };
};

const whoActs = (explorer) => {
  const { model, regions, ranked, mean, nouns, name, change } = explorer;
  const perPerson = (region) => regions[region].perCapita;
  const people = (region) => sharesOf(explorer, [region]).people;
  const size = scaleOf([mean, ...ranked.map(perPerson)], "t per person");
  let [acting, areAllShown, exceptions] = [[], false, new Set()];

  const chosen = () => acting.map((region) => regions[region].id);
  const toggle = (id) => {
    const ids = new Set(chosen());
    if (!ids.delete(id)) ids.add(id);
    const inOrder = ranked.map((region) => regions[region].id).filter((each) => ids.has(each));
    change({ rule: null, regions: inOrder });
  };
  explorer.toggle = (region) => toggle(regions[region].id);

  byId("rule").replaceChildren(
    ...model.rules.map(({ id, label }) => element("option", { value: id }, label)),
    element("option", { value: NOTHING }, `${nouns[1]} that I choose`),
  );
  byId("rule").addEventListener("change", ({ target }) => {
    if (target.value === NOTHING) {
      byId("others").open = true;
      change({ rule: null, regions: chosen() });
    } else {
      change({ rule: target.value, regions: [] });
    }
  });
  byId("pathways").addEventListener("change", ({ target }) => change({ pathways: target.checked }));

  const boxes = ranked.map((region) => {
    const { id } = regions[region];
    const input = element("input", { type: "checkbox", value: id });
    input.addEventListener("change", () => toggle(id));
    const about = ` ${size.full(perPerson(region))} · ${percent(people(region))} of people`;
    const words = element("span", {}, name(region), element("small", {}, about));
    const line = element("li", {}, element("label", { class: "check" }, input, words));
    return { id, input, line, text: window.carbonshedFold(`${name(region)} ${id}`) };
  });
  byId("list").replaceChildren(...boxes.map(({ line }) => line));
  byId("find-who").addEventListener("input", ({ target }) => {
    const part = window.carbonshedFold(target.value.trim().replace(/^#/, ""));
    for (const { line, text } of boxes) line.hidden = !text.includes(part);
    const found = boxes.filter(({ line }) => !line.hidden).length;
    say(byId("found-who"), `${found} of ${boxes.length} ${nouns[1]}`);
  });

  const showChips = () => {
    const shown = areAllShown ? acting : acting.slice(0, MOST_CHIPS);
    const hadFocus = byId("chips").contains(document.activeElement);
    const chips = shown.map((region) => {
      const about = `${size.full(perPerson(region))}, ${percent(people(region))} of all people`;
      const chip = element(
        "button",
        {
          type: "button",
          class: perPerson(region) < mean ? "is-below" : null,
          "aria-label": `Remove ${name(region)}: ${about}`,
        },
        element("strong", {}, name(region)),
        ` ${size.text(perPerson(region))} t · ${percent(people(region))} `,
        exceptions.has(regions[region].id) ? "· own levers " : null,
        element("span", { "aria-hidden": "true" }, "×"),
      );
      chip.addEventListener("click", () => explorer.toggle(region));
      return chip;
    });
    const left = acting.length - shown.length;
    if (left > 0) {
      const more = element("button", { type: "button", class: "more" }, `and ${left} more`);
      more.addEventListener("click", () => {
        areAllShown = true;
        showChips();
      });
      chips.push(more);
    }
    byId("chips").replaceChildren(...chips.map((chip) => element("li", {}, chip)));
    // who takes out several by keys goes on where they were
    if (hadFocus) (byId("chips").querySelector("button") ?? byId("rule")).focus();
  };

  return (state, view) => {
    const ofOwn = new Set(Object.keys(state.exceptions ?? {}));
    const isSame = acting.join() === view.acting.join() && [...ofOwn].join() === [...exceptions].join();
    [acting, exceptions] = [view.acting, ofOwn];
    byId("rule").value = state.rule ?? NOTHING;
    byId("pathways").checked = state.pathways;
    const { people: ofPeople, footprint } = sharesOf(explorer, acting);
    say(
      byId("who-words"),
      acting.length === 0
        ? "Nobody is chosen yet."
        : `${acting.length} of ${ranked.length} ${nouns[1]}: ${percent(footprint)} of the footprint, ${percent(ofPeople)} of the people.`,
    );
    sayEvidence("rule-evidence", model.rules, state.rule, state.rule === null ? UNFOUNDED : "");
    const below = belowMean(acting, explorer);
    byId("below").hidden = !below;
    say(byId("below"), below);
    if (!isSame || byId("chips").children.length === 0) showChips();
    const ids = new Set(chosen());
    for (const { id, input } of boxes) input.checked = ids.has(id);
  };
};

const howFar = ({ model, regions, ranked, mean, own, name, change }) => {
  let [single, acting] = [null, null]; // whose levers are moved; null: those of all who act
  const move = (lever, value) =>
    change(({ exceptions }) => {
      if (single === null) return { [lever]: value };
      const { id } = regions[single];
      return { exceptions: { ...exceptions, [id]: { ...exceptions?.[id], [lever]: value } } };
    });
  byId("single").addEventListener("change", ({ target }) => {
    single = target.value === NOTHING ? null : Number(target.value);
    change({});
  });
  byId("alike").addEventListener("click", () =>
    change(({ exceptions: { [regions[single].id]: _, ...exceptions } = {} }) => ({ exceptions })),
  );
  const offer = (those) => {
    if (acting?.join() !== those.join()) {
      acting = those;
      if (!acting.includes(single)) single = null;
      byId("single").replaceChildren(
        element("option", { value: NOTHING }, "all who act"),
        ...acting.map((region) => element("option", { value: region }, name(region))),
      );
    }
    byId("single").value = single ?? NOTHING;
  };

  const perPerson = (region) => regions[region].perCapita;
  const most = Math.max(...ranked.map(perPerson));
  const step = stepFor(most);
  const ceiling = Math.ceil(most / step) * step;
  const size = scaleOf([mean, most], "t per person");
  const asToday = { id: null, label: "as today", description: "No lever on producers" };
  radios(byId("benchmarks"), "benchmark", [asToday, ...model.benchmarks], (benchmark) =>
    change({ benchmark }),
  );
  byId("way").addEventListener("input", ({ target }) => move("share", target.value / 100));
  byId("power").addEventListener("change", ({ target }) => change({ power: target.checked }));

  const cap = byId("cap");
  Object.assign(cap, { min: step, max: ceiling, step });
  cap.addEventListener("input", () => move("cap", Number(cap.value)));
  const known = model.caps.filter(({ tonnes }) => tonnes > 0);
  const buttons = [{ id: null, label: "no cap" }, ...known].map(({ id, label, tonnes, description }) => {
    const note = id === null ? null : element("small", {}, ` ${size.text(tonnes)} t`);
    const button = element(
      "button",
      { type: "button", class: "preset", value: id ?? NOTHING, title: description },
      label,
      note,
    );
    button.addEventListener("click", () => move("cap", id));
    return button;
  });
  byId("caps").replaceChildren(...buttons);
  const marks = known.map(({ label, tonnes }) => ({ label, tonnes, kind: "tick" }));
  if (own !== null) marks.push({ label: name(own), tonnes: perPerson(own), kind: "tick own" });
  byId("cap-ticks").replaceChildren(
    ...marks
      .filter(({ tonnes }) => tonnes <= ceiling)
      .map(({ label, tonnes, kind }) => {
        const mark = element("span", { class: kind, title: `${label}: ${size.full(tonnes)}` });
        mark.style.setProperty("--at", (tonnes - step) / (ceiling - step));
        return mark;
      }),
  );

  return (common, view) => {
    offer(view.acting);
    const region = regions[single] ?? {};
    const state = { ...common, share: leverOf(common, region, "share"), cap: leverOf(common, region, "cap") };
    const hasRole = single !== null && common.pathways;
    const lacksProducer = hasRole && !region.hasProducerLever;
    const lacksConsumer = hasRole && !region.hasConsumerLever;
    byId("alike").hidden = single === null || !common.exceptions?.[region.id];
    say(
      byId("role"),
      lacksProducer ? "Its role is to buy less, not to produce cleaner." : lacksConsumer ? "Its role is to produce cleaner, not to buy less." : "",
    );
    check(byId("benchmarks"), state.benchmark);
    const way = `${Math.round(100 * state.share)} %`;
    byId("power").disabled = state.benchmark === null;
    byId("way").disabled = state.benchmark === null || lacksProducer;
    for (const lever of [cap, ...buttons]) lever.disabled = lacksConsumer;
    byId("way").value = Math.round(100 * state.share);
    const isPart = state.benchmark !== null && state.share < 1;
    sayEvidence("benchmark-evidence", model.benchmarks, state.benchmark, isPart ? PART : "");
    sayEvidence("cap-evidence", model.caps, state.cap, typeof state.cap === "number" ? UNFOUNDED : "");
    byId("way").setAttribute("aria-valuetext", `${way} of the way`);
    say(byId("way-text"), way);
    byId("power").checked = state.power;
    const tonnes =
      typeof state.cap === "number"
        ? state.cap
        : (known.find(({ id }) => id === state.cap)?.tonnes ?? null);
    const near = tonnes === null
      ? null
      : marks.find((mark) => Math.abs(mark.tonnes - tonnes) < step / 2)?.label;
    cap.value = tonnes ?? ceiling;
    const spoken = tonnes === null ? "no cap" : `${size.text(tonnes)} tonnes`;
    cap.setAttribute("aria-valuetext", near ? `${spoken}, ${near}` : spoken);
    const written = tonnes === null ? "no cap" : size.full(tonnes);
    say(byId("cap-text"), near ? `${written}, ${near}` : written);
    for (const button of buttons) {
      button.setAttribute("aria-pressed", String(button.value === String(state.cap ?? NOTHING)));
    }
  };
};

const whoMayGrow = (explorer) => {
  const { model, change } = explorer;
  byId("people").addEventListener("input", ({ target }) => change({ people: target.value / 100 }));
  radios(byId("allocations"), "allocation", model.allocations, (allocation) => change({ allocation }));
  return (state, view) => {
    const people = `${Math.round(100 * state.people)} %`;
    byId("people").value = Math.round(100 * state.people);
    byId("people").setAttribute("aria-valuetext", `${people} of all people`);
    say(byId("people-text"), people);
    check(byId("allocations"), state.allocation);
    sayEvidence("allocation-evidence", model.allocations, state.allocation);
    say(byId("give-words"), receiving(view, explorer));
    byId("give-warning").hidden = !view.aboveGivers;
    say(byId("give-warning"), view.aboveGivers);
  };
};
