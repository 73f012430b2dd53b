// The host under Forge with a bridge that is none: what is asked of it, and what comes of each kind of answer.

import assert from "node:assert/strict";
import { test } from "node:test";

import { forgeHost } from "../src/host.ts";

const UNREACHABLE = { message: "Countersign cannot be reached. Nothing was recorded: try again in a minute." };

/** A host, and what was asked of its bridge. `invokeRemote` gives what `answer` gives. */
function hostAnswering(answer) {
  const asked = [];
  const host = forgeHost({
    invokeRemote: async (input) => {
      asked.push(input);
      return answer();
    },
    router: { open: async (address) => { asked.push({ open: address }); } },
    view: { theme: { enable: async () => { asked.push("theme"); throw new Error("no theming here"); } } },
  });
  return { host, asked };
}

test("the server is asked by path, and the fragment of its answer is given", async () => {
  const { host, asked } = hostAnswering(() => ({ status: 200, headers: {}, body: { html: "<p>Panel</p>" } }));
  assert.equal(await host.ask("GET", "panel"), "<p>Panel</p>");
  assert.equal(await host.ask("POST", "panel/review", { decision: "APPROVED" }), "<p>Panel</p>");
  const headers = { "Accept": "application/json", "Content-Type": "application/json" };
  assert.deepEqual(asked, [
    { path: "/forge/panel", method: "GET", headers },
    { path: "/forge/panel/review", method: "POST", headers, body: { decision: "APPROVED" } },
  ]);
});

test("nothing but the path and the body goes out: the issue is for Forge to say", async () => {
  const { host, asked } = hostAnswering(() => ({ body: { html: "" } }));
  await host.ask("POST", "panel/assess");
  assert.deepEqual(Object.keys(asked[0]).sort(), ["headers", "method", "path"]);
});

test("an empty fragment is a fragment", async () => {
  const { host } = hostAnswering(() => ({ status: 200, body: { html: "" } }));
  assert.equal(await host.ask("GET", "panel"), "");
});

for (const [where, answer] of [
  ["as the body", (problem) => ({ status: 409, headers: {}, body: problem })],
  ["as text in the body", (problem) => ({ status: 409, body: JSON.stringify(problem) })],
  ["as the answer itself", (problem) => problem],
  ["as text in a message", (problem) => ({ message: JSON.stringify(problem) })],
  ["as text in what the bridge throws", (problem) => { throw new Error(JSON.stringify(problem)); }],
  ["with a status under its other name", (problem) => ({ statusCode: 409, body: { ...problem, status: undefined } })],
]) {
  test(`what the server refuses is said in its words: ${where}`, async () => {
    const problem = { title: "Conflict", status: 409, detail: "The issue was edited.", requestId: "r-1" };
    const { host } = hostAnswering(() => answer(problem));
    const error = await host.ask("GET", "panel").catch((thrown) => thrown);
    assert.ok(error instanceof Error);
    assert.equal(error.message, "The issue was edited.");
    const { status, detail, requestId } = error;
    assert.deepEqual({ status, detail, requestId }, { status: 409, detail: "The issue was edited.", requestId: "r-1" });
  });
}

test("a fault of ours names the request, anything else does not", async () => {
  const failing = hostAnswering(() => ({ status: 500, body: { status: 500, detail: "Our fault.", requestId: "r-2" } }));
  await assert.rejects(failing.host.ask("GET", "panel"), { message: "Our fault. (request r-2)" });
  const refusing = hostAnswering(() => ({ status: 403, body: { status: 403, detail: "Not you.", requestId: "r-3" } }));
  await assert.rejects(refusing.host.ask("GET", "panel"), { message: "Not you." });
});

test("a refusal without words gets some", async () => {
  const { host } = hostAnswering(() => ({ status: 502, body: "<html>Bad gateway</html>" }));
  await assert.rejects(host.ask("GET", "panel"), { message: "Something went wrong. Nothing was recorded.", status: 502 });
});

for (const [what, answer] of [
  ["the bridge gives up", () => { throw new Error("INVOKE_TIMEOUT: token=secret"); }],
  ["the answer is empty", () => undefined],
  ["the answer says nothing", () => ({ message: "There was an error invoking the remote" })],
  ["the answer is not ours", () => ({ status: 200, body: { hello: "world" } })],
  ["the answer is null", () => ({ status: 200, body: null })],
]) {
  test(`the server counts as away where ${what}`, async () => {
    const { host } = hostAnswering(answer);
    await assert.rejects(host.ask("GET", "panel"), UNREACHABLE);
  });
}

test("a theme that cannot be had harms nothing, and links are for Jira to open", () => {
  const { host, asked } = hostAnswering(() => undefined);
  host.theme();
  host.open("https://example.com/");
  assert.deepEqual(asked, ["theme", { open: "https://example.com/" }]);
});
