// Writes what the report ships of this folder into carbonshed/report/assets: scripts
// that are bundled with their libraries, and the licences of these.
//   node build.js            write
//   node build.js --check    build anew and compare, byte by byte, with what is there
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { PACKAGES, buildOutlines } from "./geo.js";

const HERE = dirname(fileURLToPath(import.meta.url));
const ASSETS = resolve(HERE, "../../carbonshed/report/assets");
const LICENCES = "THIRD_PARTY.txt";
const MODULES = "node_modules/";

/** Bundle a script; return its text and the folders of the packages that it contains. */
const bundle = async (entry, globalName) => {
  const result = await build({
    absWorkingDir: HERE,
    entryPoints: [entry],
    bundle: true,
    format: "iife",
    globalName,
    minify: true,
    target: "es2022",
    charset: "utf8",
    legalComments: "none", // all of them are in THIRD_PARTY.txt
    banner: { js: `// made by \`make web\` of tools/web/${entry}; licences: ${LICENCES}` },
    metafile: true,
    write: false,
  });
  const [output] = Object.values(result.metafile.outputs);
  const packages = Object.entries(output.inputs)
    .filter(([path, part]) => path.includes(MODULES) && part.bytesInOutput > 0)
    .map(([path]) => packageFolder(path));
  return { text: result.outputFiles[0].text, packages };
};

/** Return the folder of the package of a file, the innermost of nested ones. */
const packageFolder = (path) => {
  const start = path.lastIndexOf(MODULES) + MODULES.length;
  const names = path.slice(start).split("/");
  return path.slice(0, start) + names.slice(0, names[0].startsWith("@") ? 2 : 1).join("/");
};

/** Return the licences of packages, by their folders, as one text. */
const licences = (folders) => {
  const parts = [...new Set(folders)].sort().map((folder) => {
    const { name, version, license } = JSON.parse(
      readFileSync(join(HERE, folder, "package.json"), "utf8"),
    );
    const file = readdirSync(join(HERE, folder)).find((each) => /^licen[cs]e/i.test(each));
    if (!file) throw new Error(`${folder} has no file with its licence`);
    const text = readFileSync(join(HERE, folder, file), "utf8");
    return `${name} ${version} (${license})\n\n${text.replaceAll("\r\n", "\n").trim()}\n`;
  });
  const head =
    "The scripts and outlines of a report contain parts of the packages below. Each is\n" +
    "used, changed and passed on under its licence. The outlines are those of Natural Earth,\n" +
    "1:50m (public domain), and of the United States Census Bureau (public domain). Names of\n" +
    "countries are those of the Unicode CLDR 48.2; its licence is the last one.\n";
  const unicode = readFileSync(join(HERE, "unicode.txt"), "utf8");
  return [head, ...parts, unicode].join(`\n${"-".repeat(72)}\n\n`);
};

/** Return all files, by their paths below the assets. */
const buildFiles = async () => {
  const explorer = await bundle("src/explore.js", "carbonshedExplorer");
  return new Map([
    ["explore.js", explorer.text],
    ...buildOutlines(),
    [
      LICENCES,
      licences([...explorer.packages, ...PACKAGES.map((name) => MODULES + name)]),
    ],
  ]);
};

const files = await buildFiles();
if (process.argv.includes("--check")) {
  const stale = [...files].filter(([name, content]) => {
    const path = join(ASSETS, name);
    return !existsSync(path) || !readFileSync(path).equals(Buffer.from(content));
  });
  for (const [name] of stale) {
    const path = relative(resolve(HERE, "../.."), join(ASSETS, name));
    console.error(`error: ${path} is not what tools/web makes; run make web and commit it`);
  }
  if (stale.length) process.exit(1);
  console.log(`${files.size} files of tools/web are as built anew`);
} else {
  for (const [name, content] of files) {
    const path = join(ASSETS, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    console.log(`${name}: ${(Buffer.byteLength(content) / 1000).toFixed(1)} kB`);
  }
}
