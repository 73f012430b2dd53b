// Which field the workflow rule takes for the gate: this app's, in this environment, and no other.

import assert from "node:assert/strict";
import { test } from "node:test";

import { gateExpression, gateField } from "../src/gate_field.ts";

const app = (id, environment) => `ari:cloud:ecosystem::extension/${id}/${environment}/static`;
const OURS = `${app("app-1", "env-1")}/countersign-gate`;
const field = (id, place) => ({ id, schema: { type: "string", custom: `${place}/countersign-gate-field` } });

test("the field of this app and environment is the gate, whatever else there is", () => {
  const fields = [
    { id: "summary", schema: { type: "string", system: "summary" } },
    { id: "issuekey" },
    field("customfield_10001", app("app-2", "env-1")),
    field("customfield_10002", app("app-1", "env-2")),
    field("customfield_10003", app("app-1", "env-1")),
    { id: "customfield_10004", schema: { custom: `${app("app-1", "env-1")}/other-field` } },
  ];
  assert.equal(gateField(fields, OURS), "customfield_10003");
  assert.equal(gateField(fields.slice(0, 4), OURS), undefined);
});

test("where the page does not know whose it is, only a single field of that name counts", () => {
  const one = [field("customfield_10001", app("app-1", "env-1"))];
  assert.equal(gateField(one, ""), "customfield_10001");
  assert.equal(gateField([...one, field("customfield_10002", app("app-2", "env-1"))], ""), undefined);
});

test("nothing but a custom field's id gets into the expression", () => {
  assert.equal(gateField([field("x == x || issue", app("app-1", "env-1"))], OURS), undefined);
  assert.equal(gateExpression("customfield_10003"), "issue.customfield_10003 == 'OPEN'");
});
