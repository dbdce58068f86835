// Maps on the ground of the maps of a report, `assets/outlines.js`: outlines or tiles that
// are projected already. Without it there is no map.
import { shape } from "./charts.js";
import { element, say } from "./dom.js";

const LEGIBLE = 45; // width of a tile that a short name fits on

const widthOf = ({ coordinates }) => {
  const places = coordinates.flat(Infinity).filter((_, number) => number % 2 === 0);
  return Math.max(...places) - Math.min(...places);
};

/** Return the path of a geometry of GeoJSON, whose units are those of the ground. */
const pathOf = ({ type, coordinates }) =>
  (type === "Polygon" ? [coordinates] : coordinates)
    .flat()
    .map((ring) => `M${ring.map((point) => point.join(",")).join("L")}Z`)
    .join("");

/**
 * Make a map, which is drawn once and coloured anew for each state; in a fold that is
 * closed, once it is opened.
 *
 * @param {HTMLElement} place where it is drawn; stays hidden without a ground
 * @param {object} explorer the model with its words
 * @param {(region: number) => void} [press] called with a region that is pressed
 * @returns {(look: (region: number) => {name: string, depth?: number, text: string}) => void}
 *   colours it: a class, how deep its colour is from 0 to 1, and what is said of a region
 */
export const makeMap = (place, { regions, nouns }, press) => {
  const ground = window.carbonshedOutlines;
  const number = new Map(regions.map(({ id }, position) => [id, position]));
  const features = ground?.features ?? [];
  if (!features.some(({ id }) => number.has(id))) return () => {};
  const drawn = [];
  let latest = () => ({ text: "" });
  const svg = shape("svg", {
    viewBox: `0 0 ${ground.width} ${ground.height}`, "aria-hidden": "true", class: press ? "pressed" : null,
  });
  for (const { id, geometry } of features) {
    const region = number.get(id);
    const title = shape("title");
    const path = shape("path", { d: pathOf(geometry), class: "land" }, title);
    svg.append(path);
    if (region === undefined) continue;
    drawn.push({ region, path, name: "", depth: NaN });
    if (press) path.addEventListener("click", () => press(region));
    // a region is described when it is pointed at
    path.addEventListener("pointerenter", () => say(title, latest(region).text));
  }
  // names of small tiles would not be legible
  const labels = widthOf(features[0].geometry) >= LEGIBLE ? ground.labels : {};
  for (const [id, label] of Object.entries(labels)) {
    const [x, y] = ground.places[id];
    svg.append(shape("text", { x, y, "text-anchor": "middle", "dominant-baseline": "central", "font-size": 15 }, label));
  }
  const tiles = ground.isTiles ? `A square for each ${nouns[0]}, next to its neighbours.` : "";
  const key = press
    ? `acts. Click a ${nouns[0]} to change it.`
    : "acts. Others have the colour of the larger effect: the deeper, the larger its share.";
  const words = [key, tiles, ground.says, ground.credit].filter(Boolean).join(" ");
  const credit = element("p", { class: "note" }, element("span", { class: "key acts" }), ` ${words}`);
  place.replaceChildren(svg, credit);
  place.hidden = false;
  const fold = place.closest("details");
  const colour = () => {
    if (fold && !fold.open) return;
    for (const each of drawn) {
      const { name, depth = 1 } = latest(each.region);
      if (name !== each.name) each.path.setAttribute("class", name);
      if (depth !== each.depth) each.path.setAttribute("fill-opacity", depth);
      Object.assign(each, { name, depth });
    }
  };
  fold?.addEventListener("toggle", colour);
  return (look) => {
    latest = look;
    colour();
  };
};
