// The workflow rule's page as it was built, in Chromium, under Forge's content policy: what Jira is given to save.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openBrowser } from "../../../tests/browser/browser.mjs";
import { openPage } from "./jira.mjs";

const PLACE = "ari:cloud:ecosystem::extension/app-1/env-1/static";
const FIELD = { id: "customfield_10123", schema: { type: "string", custom: `${PLACE}/countersign-gate-field` } };

let browser;
before(async () => { browser = await openBrowser(); });
after(() => browser?.close());

/** The page on a site whose `GET /rest/api/3/field` answers so. */
const openGate = (status, fields) => openPage(browser, "gate", {
  getContext: () => ({ localId: `${PLACE}/countersign-gate`, moduleKey: "countersign-gate", extension: {} }),
  fetchProduct: ({ restPath }) => {
    assert.equal(restPath, "/rest/api/3/field");
    return { status, statusText: "", headers: { "content-type": "application/json" }, body: JSON.stringify(fields) };
  },
});

/** What Jira would save; nothing where the page gave it nothing. */
const saved = async (gate) => (await gate.document()).evaluate(() => globalThis.saveRule?.() ?? null);

test("the rule asks the site's own gate field", async () => {
  const gate = await openGate(200, [{ id: "summary" }, FIELD]);
  assert.equal((await gate.message()).kind, "done");
  assert.deepEqual(JSON.parse(await saved(gate)), { expression: "issue.customfield_10123 == 'OPEN'" });
  assert.deepEqual(gate.complaints, []);
  await gate.close();
});

test("where the field is missing, or Jira does not say, nothing is given to be saved", async () => {
  for (const [status, fields, words] of [
    [200, [{ id: "summary" }], /has no field “Countersign gate”/],
    [503, [], /does not list its fields now/],
  ]) {
    const gate = await openGate(status, fields);
    const { text, kind } = await gate.message();
    assert.equal(kind, "error");
    assert.match(text, words);
    assert.equal(await saved(gate), null);
    await gate.close();
  }
});
