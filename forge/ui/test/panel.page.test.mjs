// The panel as it was built, in Chromium, under Forge's content policy.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openBrowser } from "../../../tests/browser/browser.mjs";
import { openPage, until } from "./jira.mjs";
import { panelWith } from "./rendered.mjs";

const shows = (html) => ({ status: 200, headers: {}, body: { html } });
const refuses = (status, detail, requestId = "r-1") => ({ status, headers: {}, body: { title: "", status, detail, requestId } });

let browser;
before(async () => { browser = await openBrowser(); });
after(() => browser?.close());

/** The panel; `answer` is what the server says, by `METHOD path`. */
async function openPanel(answer) {
  const asked = [];
  const opened = await openPage(browser, "panel", {
    invoke: ({ method, path, body, invokeType }) => {
      assert.equal(invokeType, "ui-remote-fetch");
      asked.push(body === undefined ? `${method} ${path}` : { [`${method} ${path}`]: body });
      return { success: true, payload: answer(`${method} ${path}`, body) };
    },
  });
  return Object.assign(opened, { asked, article: opened.frame.locator("article.cs-panel") });
}

test("it shows the server's fragment, and loads nothing from elsewhere", async () => {
  const panel = await openPanel(() => shows(panelWith()));
  await panel.article.waitFor();
  assert.match(await panel.article.innerText(), /Encrypt card data in transit/);
  assert.deepEqual(panel.asked, ["GET /forge/panel"]);
  assert.equal(await panel.frame.getByText("Loading…").count(), 0);
  assert.deepEqual([...panel.hosts], ["127.0.0.1"]);
  assert.deepEqual(panel.complaints, []);
  await panel.close();
});

test("a review is sent with what was seen, and the answer takes its place", async () => {
  const decision = { what: "Approved", who: "Carla", at: "2026-11-24T10:00:00Z", seq: 8, shortHash: "77aa", comment: "Fine." };
  const panel = await openPanel((call) => shows(call.startsWith("GET") ? panelWith() : panelWith({ approval: "APPROVED", decision })));
  await panel.frame.getByLabel("Comment").fill("Fine.");
  await panel.button("Approve").click();
  assert.deepEqual(await panel.message(), { text: "Approved and recorded.", kind: "done" });
  assert.equal(await panel.frame.locator(".cs-approval h2 .cs-lozenge").textContent(), "APPROVED");
  const sent = { decision: "APPROVED", comment: "Fine.", seen: "seen-1", covers: "link-1" };
  assert.deepEqual(panel.asked[1], { "POST /forge/panel/review": sent });
  assert.deepEqual(panel.complaints, []);
  await panel.close();
});

test("what the server refuses is said, and what was written stays", async () => {
  const panel = await openPanel((call) => (call.startsWith("GET") ? shows(panelWith()) : refuses(403, "You may not approve this.")));
  await panel.frame.getByLabel("Comment").fill("Fine.");
  await panel.button("Approve").click();
  assert.deepEqual(await panel.message(), { text: "You may not approve this.", kind: "error" });
  assert.equal(await panel.frame.getByLabel("Comment").inputValue(), "Fine.");
  assert.ok(await panel.button("Approve").isEnabled());
  await panel.close();
});

test("a fault names the request, and a view that is out of date offers the present one", async () => {
  let answer = refuses(500, "Something went wrong on our side. Nothing was changed.", "r-77");
  const panel = await openPanel((call) => (call.startsWith("GET") ? shows(panelWith()) : answer));
  await panel.button("Approve").click();
  assert.match((await panel.message()).text, /Nothing was changed\. \(request r-77\)$/);
  answer = refuses(409, "The issue was edited.");
  await panel.button("Approve").click();
  await panel.button("Show it as it is now").click();
  await until("the panel to be asked for again", () => panel.asked.filter((call) => call === "GET /forge/panel").length === 2);
  await panel.close();
});

test("a server that is away at first is asked again on request", async () => {
  let away = true;
  const panel = await openPanel(() => {
    if (away) throw new Error("gone");
    return shows(panelWith());
  });
  const text = "Countersign cannot be reached. Nothing was recorded: try again in a minute.";
  assert.deepEqual(await panel.message(), { text, kind: "error" });
  away = false;
  await panel.button("Try again").click();
  await panel.article.waitFor();
  await panel.close();
});

test("it follows Jira's theme", async () => {
  const panel = await openPanel(() => shows(panelWith()));
  await panel.article.waitFor();
  const ground = async () => (await panel.document()).evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.equal(await ground(), "rgb(255, 255, 255)");
  await panel.wear("dark");
  await until("the dark theme", async () => (await ground()) === "rgb(29, 33, 37)");
  await panel.close();
});

test("the frame is as tall as the content, also once there is more and less of it", async () => {
  const panel = await openPanel(() => shows(panelWith()));
  await panel.article.waitFor();
  const fits = async () => {
    const document = await panel.document();
    const [content, shown] = await document.evaluate(() => [globalThis.document.documentElement.scrollHeight, innerHeight]);
    return Math.abs(content - shown) <= 1;
  };
  await until("a frame that fits", fits);
  const closed = await panel.height();
  await panel.frame.getByText("Show the prompt").click();
  await until("a taller frame", async () => (await panel.height()) > closed + 50 && fits());
  await panel.frame.getByText("Show the prompt").click();
  await until("the frame as it was", async () => (await panel.height()) === closed);
  await panel.close();
});

test("links leave by Jira, and links within the panel move the focus", async () => {
  const link = '<a href="https://example.com/docs">Docs</a>';
  const panel = await openPanel(() => shows(panelWith().replace("</article>", `${link}</article>`)));
  await panel.frame.getByText("Docs").click();
  await until("the link to be opened", () => panel.calls.some(({ call }) => call === "navigate"));
  assert.deepEqual(panel.calls.find(({ call }) => call === "navigate"), {
    call: "navigate", url: "https://example.com/docs", type: "new-tab",
  });
  await panel.frame.getByTitle("To the approval").click();
  assert.equal(await (await panel.document()).evaluate(() => document.activeElement.id), "cs-approval");
  assert.deepEqual(panel.complaints, []);
  await panel.close();
});

test("nothing that acts by itself gets in with a fragment", async () => {
  const acting = `<article class="cs-panel"><p class="cs-message" data-message hidden></p><script>globalThis.ran = 1</script>
<p id="p" onclick="globalThis.ran = 2" style="color: red">Text</p><a id="a" href=" javascript:globalThis.ran = 3">Link</a>
<a id="b" href="data:text/html,x">Link</a><iframe srcdoc="x"></iframe><img src="https://example.com/x.png" onerror="globalThis.ran = 4">
<svg onload="globalThis.ran = 5"></svg><form action="https://example.com/"><button formaction="javascript:1">Send</button></form>
<meta http-equiv="refresh" content="0;url=https://example.com"><link rel="stylesheet" href="https://example.com/x.css"></article>`;
  const panel = await openPanel(() => shows(acting));
  await panel.article.waitFor();
  await panel.frame.locator("#p").click();
  await panel.frame.locator("#a").click();
  const found = await (await panel.document()).evaluate(() => ({
    ran: globalThis.ran,
    elements: [...document.querySelectorAll("main script, main iframe, main img, main svg, main meta, main link")].length,
    attributes: [...document.querySelectorAll("main *")].flatMap((each) => each.getAttributeNames())
      .filter((name) => name.startsWith("on") || ["style", "formaction"].includes(name)),
    links: [...document.querySelectorAll("main a")].map((each) => each.getAttribute("href")),
  }));
  assert.deepEqual(found, { ran: undefined, elements: 0, attributes: [], links: [null, null] });
  assert.deepEqual([...panel.hosts], ["127.0.0.1"]);
  await panel.close();
});
