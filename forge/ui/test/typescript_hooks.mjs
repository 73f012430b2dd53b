// The other half of `typescript.mjs`: runs in the thread that loads modules.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { transformWithOxc } from "vite";

export async function load(url, context, next) {
  if (url.endsWith(".ts")) {
    const path = fileURLToPath(url);
    const { code } = await transformWithOxc(await readFile(path, "utf8"), path);
    return { format: "module", shortCircuit: true, source: code };
  }
  // No package.json above them says so.
  return url.includes("/assets/") ? next(url, { ...context, format: "module" }) : next(url, context);
}
