// What Connect's workflow rule lets pass. A Jira expression of this kind reads as JavaScript does.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const file = new URL("../../atlassian-connect.json", import.meta.url);
const [rule] = JSON.parse(readFileSync(file, "utf8")).modules.jiraWorkflowConditions;
const passes = new Function("issue", `return ${rule.expression}`);

test("the workflow rule lets pass where the property says that the gate is open, and nowhere else", () => {
  const issue = (property) => ({ properties: { countersign: property } });
  assert.equal(passes(issue({ gate: "OPEN" })), true);
  for (const property of [null, {}, { gate: "CLOSED" }, { gate: "open" }, { gate: true }, "OPEN", 1, [], ["OPEN"]]) {
    assert.equal(passes(issue(property)), false, JSON.stringify(property));
  }
});
