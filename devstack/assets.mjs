// Bundles our style sheets and behaviours with the npm packages they import, and draws an icon sprite.
// Writes only build/static/, which git ignores; hashing and compression are Django's.
// `--watch` builds again on every change.
import { build, context } from "esbuild";
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";

const out = "build/static";
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

// Every file right in static/js and static/css is an entry; what they share lies in folders.
const entries = (folder, ending) =>
  readdirSync(folder, { withFileTypes: true })
    .filter((file) => file.isFile() && file.name.endsWith(ending))
    .map((file) => `${folder}/${file.name}`);

const options = {
  entryPoints: [...entries("static/js", ".js"), "static/css/app.css"],
  bundle: true, minify: true, target: "es2022", format: "esm", outdir: out, entryNames: "[name]",
  assetNames: "[name]", logLevel: "warning", legalComments: "none", loader: { ".woff2": "file" },
};

const icons = readFileSync("static/icons.txt", "utf8").split("\n").filter(Boolean);
const symbols = icons.map((name) => {
  const svg = readFileSync(`node_modules/bootstrap-icons/icons/${name}.svg`, "utf8");
  const body = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").trim();
  return `<symbol id="${name}" viewBox="0 0 16 16" fill="currentColor">${body}</symbol>`;
});
writeFileSync(`${out}/icons.svg`, `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`);
copyFileSync("static/favicon.svg", `${out}/favicon.svg`);

if (process.argv.includes("--watch")) await (await context(options)).watch();
else await build(options);
