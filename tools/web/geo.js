// Makes the outlines that a report ships: the countries of the world, by ISO 3166-1
// alpha-3 (with alpha-2 as a property), and the states of the United States, by their postal codes.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { iso31661 } from "iso-3166";
import { quantize } from "topojson-client";
import { presimplify, quantile, simplify, sphericalTriangleArea } from "topojson-simplify";

const require = createRequire(import.meta.url);

const WORLD = { atlas: "world-atlas/countries-50m.json", object: "countries", share: 0.15 };
const STATES = { atlas: "us-atlas/states-10m.json", object: "states", share: 0.4 };
const GRID = 3e4; // steps of a coordinate, from one side of the outlines to the other

// without a code of their own in the standard, though tables of many countries have them
const KOSOVO = { alpha3: "XKX", alpha2: "XK" };
const ANTARCTICA = "ATA"; // nobody emits there, and it would take a quarter of the height

// the fifty states and the capital, by the codes of the Census Bureau (FIPS)
const POSTAL = Object.fromEntries(
  (
    "01AL 02AK 04AZ 05AR 06CA 08CO 09CT 10DE 11DC 12FL 13GA 15HI 16ID 17IL 18IN 19IA 20KS " +
    "21KY 22LA 23ME 24MD 25MA 26MI 27MN 28MS 29MO 30MT 31NE 32NV 33NH 34NJ 35NM 36NY 37NC " +
    "38ND 39OH 40OK 41OR 42PA 44RI 45SC 46SD 47TN 48TX 49UT 50VT 51VA 53WA 54WV 55WI 56WY"
  )
    .split(" ")
    .map((code) => [code.slice(0, 2), code.slice(2)]),
);
const COUNTRIES = Object.fromEntries(iso31661.map((entry) => [entry.numeric, entry]));

/** Return the codes of a country, none of a territory that has no code of its own. */
const country = ({ id, properties: { name } }) => {
  const { alpha3, alpha2 } = name === "Kosovo" ? KOSOVO : (COUNTRIES[id] ?? {});
  if (alpha3 === ANTARCTICA) return null;
  return alpha3 ? { id: alpha3, properties: { alpha2 } } : {};
};

/** Return the code of a state, null for a territory. */
const state = ({ id }) => (id in POSTAL ? { id: POSTAL[id] } : null);

const rings = ({ type, arcs }) => (type === "Polygon" ? [arcs] : (arcs ?? []));

/** Return the arcs of the outer ring of a geometry that has most points. */
const mainRing = (topology, geometry) => {
  const size = (ring) =>
    ring.reduce((sum, arc) => sum + topology.arcs[arc < 0 ? ~arc : arc].length, 0);
  return rings(geometry)
    .map(([outer]) => outer)
    .reduce((most, ring) => (size(ring) > size(most) ? ring : most));
};

/** Give the four weightiest points of an arc so much weight that they stay. */
const keepSome = (arc) => {
  const inner = arc.slice(1, -1).sort((a, b) => b[2] - a[2]);
  for (const point of inner.slice(0, 4)) point[2] = Infinity;
};

/** Return a geometry without rings of which fewer than four points are left. */
const withoutSpecks = (topology, geometry) => {
  const isLarge = (ring) =>
    new Set(ring.flatMap((arc) => topology.arcs[arc < 0 ? ~arc : arc].map(String))).size > 2;
  const arcs = rings(geometry)
    .filter(([outer]) => isLarge(outer))
    .map((polygon) => polygon.filter(isLarge));
  return { ...geometry, type: "MultiPolygon", arcs };
};

/** Return one geometry of each id; those without one stay apart. */
const merged = (geometries) => {
  const shapes = new Map();
  for (const { arcs, ...codes } of geometries) {
    const key = codes.id ?? arcs;
    const others = shapes.get(key)?.arcs ?? [];
    shapes.set(key, { ...codes, arcs: [...others, ...arcs] });
  }
  return [...shapes.values()];
};

/** Return a topology with only those arcs that its geometries use. */
const pruned = (topology, geometries) => {
  const places = new Map();
  const place = (arc) => {
    if (arc < 0) return ~place(~arc);
    if (!places.has(arc)) places.set(arc, places.size);
    return places.get(arc);
  };
  const used = geometries.map((geometry) => ({
    ...geometry,
    arcs: geometry.arcs.map((polygon) => polygon.map((ring) => ring.map(place))),
  }));
  const arcs = [...places.keys()].map((arc) => topology.arcs[arc]);
  return { type: "Topology", objects: { regions: collection(used) }, arcs };
};

const collection = (geometries) => ({ type: "GeometryCollection", geometries });

/**
 * Return outlines as the text of a topology, with `share` of their points; `codes` names
 * each geometry, or leaves it out.
 */
const outlines = ({ atlas, object, share }, codes) => {
  const source = JSON.parse(readFileSync(require.resolve(atlas), "utf8"));
  const known = source.objects[object].geometries
    .filter((geometry) => codes(geometry) !== null)
    .map((geometry) => ({ ...codes(geometry), type: geometry.type, arcs: geometry.arcs }));
  const weighted = presimplify(source, sphericalTriangleArea);
  const least = quantile(weighted, share);
  for (const geometry of known) {
    for (const arc of mainRing(weighted, geometry)) {
      keepSome(weighted.arcs[arc < 0 ? ~arc : arc]);
    }
  }
  const simple = simplify(weighted, least);
  const geometries = merged(known.map((geometry) => withoutSpecks(simple, geometry)));
  return `${JSON.stringify(quantize(pruned(simple, geometries), GRID))}\n`;
};

/** Return the files of outlines, by their paths below the assets. */
export const buildOutlines = () =>
  new Map([
    ["geo/world.json", outlines(WORLD, country)],
    ["geo/states.json", outlines(STATES, state)],
  ]);

/** The packages that the outlines are made of. */
export const PACKAGES = ["iso-3166", "us-atlas", "world-atlas"];
