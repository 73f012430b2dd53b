// The lozenge beside the issue context: the panel's words, and never more than what the property says.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { lozengeOf } from "../../src/lozenge.js";

test("it says what the panel says", async () => {
  const panel = await readFile(new URL("../../../templates/partials/standing.hbs", import.meta.url), "utf8");
  for (const approval of ["APPROVED", "REJECTED", "STALE", "NONE"]) {
    const { type, value } = lozengeOf({ version: 1, approval });
    assert.equal(type, "lozenge");
    const line = panel.split("\n").find((each) => each.includes(`"${approval}"`));
    assert.match(line, new RegExp(`>${value.label}<`));
  }
});

test("only an approval is green", () => {
  for (const approval of ["REJECTED", "STALE", "NONE"]) assert.notEqual(lozengeOf({ approval }).value.type, "success");
});

test("what is not known is not recorded", () => {
  for (const property of [undefined, null, {}, "APPROVED", { approval: "approved" }, { approval: "constructor" }, { approval: 1 }]) {
    assert.deepEqual(lozengeOf(property), { type: "lozenge", value: { label: "NOT RECORDED", type: "default" } });
  }
});
