// Builds the app into ../langso/fieldwork/built: hashed files, their gzip twins, and a service worker that knows
// the SHA-256 of each, so that a captive portal's page can never get into the cache. `--tests` builds the tests.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = join(HERE, "..", "langso", "fieldwork", "built");
const BUDGET = 60_000;
const sha = (data) => createHash("sha256").update(data);
const { version } = JSON.parse(await readFile(join(HERE, "package.json"), "utf8"));
const common = { bundle: true, minify: true, target: ["chrome94", "safari15.4", "firefox93"], charset: "utf8", legalComments: "none", logLevel: "warning" };

async function tests() {
  const folder = join(HERE, "test");
  const entries = (await readdir(folder)).filter((name) => name.endsWith(".test.ts")).map((name) => join(folder, name));
  const out = join(HERE, ".tests");
  await rm(out, { recursive: true, force: true });
  await build({
    ...common, target: "node20", minify: false, sourcemap: "inline", entryPoints: entries, outdir: out, platform: "node", format: "esm",
    outExtension: { ".js": ".mjs" }, define: { __VERSION__: JSON.stringify(version) }, external: ["fake-indexeddb"],
  });
}

async function app() {
  const done = new Map(); // address below /app/ → bytes
  const define = { __VERSION__: JSON.stringify(version) };
  const one = async (entry, options = {}) => {
    const made = await build({ ...common, define, ...options, entryPoints: [join(HERE, "src", entry)], write: false });
    return Buffer.from(made.outputFiles[0].contents);
  };
  const hashed = (name, data) => {
    const [stem, ext] = name.split(".");
    const address = `${stem}.${sha(data).digest("hex").slice(0, 10)}.${ext}`;
    done.set(address, data);
    return address;
  };
  const js = hashed("app.js", await one("main.tsx", { format: "esm", jsx: "automatic", jsxImportSource: "preact" }));
  const css = hashed("app.css", await one("app.css"));
  const icon = hashed("icon.svg", await readFile(join(HERE, "icon.svg")));
  const fill = async (name) =>
    Buffer.from((await readFile(join(HERE, name), "utf8")).replaceAll("{js}", js).replaceAll("{css}", css).replaceAll("{icon}", icon));
  done.set("index.html", await fill("index.html"));
  done.set("manifest.webmanifest", await fill("manifest.webmanifest"));
  const files = Object.fromEntries(
    [...done].map(([name, data]) => [name === "index.html" ? "" : name, sha(data).digest("base64")]),
  );
  const mark = sha(JSON.stringify(files)).digest("hex").slice(0, 10);
  define.__FILES__ = JSON.stringify(files);
  define.__MARK__ = JSON.stringify(mark);
  done.set("sw.js", await one("sw.ts", { format: "iife" }));

  const fresh = `${OUT}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  let total = 0;
  for (const [name, data] of done) {
    const packed = gzipSync(data, { level: 9 });
    total += packed.length;
    await writeFile(join(fresh, name), data);
    await writeFile(join(fresh, `${name}.gz`), packed);
    console.log(`${name.padEnd(28)} ${String(data.length).padStart(7)} B ${String(packed.length).padStart(7)} B gz`);
  }
  await writeFile(join(fresh, "size.json"), JSON.stringify({ version, mark, gz: total }));
  await rm(OUT, { recursive: true, force: true });
  await rename(fresh, OUT);
  console.log(`${"all".padEnd(28)} ${" ".repeat(9)} ${String(total).padStart(7)} B gz (budget ${BUDGET})`);
  if (total > BUDGET) {
    console.error(`The app weighs ${total} B gz, more than ${BUDGET}.`);
    process.exitCode = 1;
  }
}

await (process.argv.includes("--tests") ? tests() : app());
