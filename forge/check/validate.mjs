// Everything that Atlassian's own package says about a manifest without a login: what `forge lint` would say, less what
// only Atlassian's servers know; and two things that it lets pass. Also a program: `node validate.mjs` judges ../manifest.yml.

import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const { ProcessorBuilder, ValidationTypes } = createRequire(import.meta.url)("@forge/manifest");

/** The full validation, and those that Forge's commands run beside it. */
const KINDS = ["FULL", "FORGE_REMOTE_COMPUTE", "PRODUCT_TRIGGER", "DEPRECATED_CSP_METHOD", "DEPRECATED_EGRESS_PERMISSIONS"];

export const MANIFEST = fileURLToPath(new URL("../manifest.yml", import.meta.url));

/** What is wrong with the manifest, a line each; warnings count. Paths in it are looked for beside it. */
export async function faults(manifest) {
  const before = process.cwd();
  process.chdir(dirname(manifest));
  try {
    const found = [];
    let read;
    for (const kind of KINDS) {
      const { success, errors = [], manifestObject } = await ProcessorBuilder.instance()
        .withValidation(ValidationTypes[kind]).build().process(manifest);
      read ??= manifestObject?.typedContent;
      found.push(...errors.map(({ level, line, message }) => `${level}, line ${line}: ${message}`));
      if (!success && errors.length === 0) found.push(`error: ${kind} failed without a reason`);
    }
    return [...new Set([...found, ...(read ? passedOver(read) : [])])];
  } finally {
    process.chdir(before);
  }
}

/** What the package lets pass, and the platform or our server does not. */
function passedOver({ remotes, resources, modules }) {
  const found = [];
  for (const { key, baseUrl } of remotes) {
    if (!/^https:\/\/[^/?#@]+$/.test(baseUrl)) found.push(`error: remote ${key}: ${baseUrl} is no https address without a path`);
  }
  for (const rule of modules["jira:workflowValidator"] ?? []) {
    for (const page of ["create", "edit"]) {
      const resource = rule[page]?.resource;
      if (!resources.some(({ key }) => key === resource)) found.push(`error: rule ${rule.key}: no resource ${resource}`);
    }
  }
  return found;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = await faults(MANIFEST);
  found.forEach((fault) => console.log(fault));
  console.log(found.length === 0 ? "the manifest is valid" : `${found.length} faults`);
  process.exitCode = found.length === 0 ? 0 : 1;
}
