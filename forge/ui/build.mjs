// Builds each page into a folder of its own, `dist/<page>`: a resource of Forge's may load only what lies within it.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { build } from "vite";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const icon = {
  name: "icon",
  async generateBundle() {
    this.emitFile({ type: "asset", fileName: "icon.svg", source: await readFile(here("../../assets/icon.svg")) });
  },
};

for (const page of ["panel", "settings", "gate"]) {
  await build({
    configFile: false,
    logLevel: "warn",
    root: here(`pages/${page}`),
    base: "./",
    publicDir: false,
    resolve: { alias: { "/src": here("src") } },
    plugins: [icon],
    build: {
      outDir: here(`dist/${page}`),
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: false,
    },
  });
}
