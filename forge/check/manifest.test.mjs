// The manifest is valid, with the placeholders and with a self-hoster's own values; broken in any of these ways it is
// not. What Atlassian's servers alone know (whose app id it is, whether the address answers) is not tested here.

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";

import { MANIFEST, faults } from "./validate.mjs";

let folder, text;
before(async () => {
  text = await readFile(MANIFEST, "utf8");
  folder = await mkdtemp(join(tmpdir(), "countersign-manifest-"));
  for (const name of ["ui", "src"]) await symlink(join(dirname(MANIFEST), name), join(folder, name));
});
after(() => rm(folder, { recursive: true, force: true }));

/** What is wrong with the manifest once `was` is replaced in it. */
async function faultsWith(was, is) {
  assert.ok(text.includes(was), `the manifest has no ${JSON.stringify(was)}`);
  const broken = join(folder, "manifest.yml");
  await writeFile(broken, text.replace(was, is));
  return faults(broken);
}

test("the manifest is valid as it is", async () => {
  assert.deepEqual(await faults(MANIFEST), []);
});

test("it is valid with a self-hoster's own values, and takes them", async (t) => {
  const own = { COUNTERSIGN_FORGE_APP_ID: "6f6a37a1-4b0e-4a3c-9d43-0f6f3bd0a0f1", COUNTERSIGN_ADDRESS: "https://cs.example.org" };
  Object.assign(process.env, own);
  t.after(() => Object.keys(own).forEach((name) => delete process.env[name]));
  assert.deepEqual(await faults(MANIFEST), []);
  process.env.COUNTERSIGN_ADDRESS = "http://cs.example.org";
  assert.match((await faults(MANIFEST)).join(), /no https address/);
  process.env.COUNTERSIGN_ADDRESS = "https://cs.example.org/jira";
  assert.match((await faults(MANIFEST)).join(), /no https address/);
});

const BREACHES = [
  ["an app id that is none", "app/${COUNTERSIGN_FORGE_APP_ID}", "app/", /\bid\b/],
  ["a runtime that is none", "nodejs24.x", "nodejs4.x", /runtime/i],
  ["a remote without TLS", "baseUrl: ${COUNTERSIGN_ADDRESS}", "baseUrl: http://countersign.example", /no https address/],
  ["an endpoint of no remote", "- key: tick\n      remote: countersign", "- key: tick\n      remote: elsewhere", /elsewhere/],
  ["a module that resolves nowhere", "endpoint: ui\n\n  jira:issueContext", "endpoint: nowhere\n\n  jira:issueContext", /nowhere/],
  ["a resource that was not built", "ui/dist/settings", "ui/dist/missing", /missing/],
  ["a module without its resource", "resource: gate\n      edit", "resource: gates\n      edit", /gates/],
  ["two modules of one key", "key: countersign-context", "key: countersign-panel", /countersign-panel/],
  ["issue events without the scope they need", "    - read:jira-work\n", "", /read:jira-work/],
  ["a scope that is none", "write:jira-work", "write:everything", /write:everything/],
  ["a validator with a rule and a function", 'expression: "false"', 'expression: "false"\n      function: lozenge', /validator|expression|function/i],
  ["a function without its file", "handler: index.lozenge", "handler: absent.lozenge", /absent/],
  ["an event that is none", "interval: hour", "interval: fortnight", /interval|fortnight/],
  ["a member that nobody knows", "useAsConfig: true", "useAsConfig: perhaps", /useAsConfig|perhaps/],
  ["a file that is not YAML", "modules:\n", "modules: [\n", /./],
];

for (const [what, was, is, why] of BREACHES) {
  test(`invalid: ${what}`, async () => {
    const found = await faultsWith(was, is);
    assert.notEqual(found.length, 0, "nothing was found wrong");
    assert.match(found.join("\n"), why);
  });
}
