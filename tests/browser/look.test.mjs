// How the panel looks and how it is used without a mouse: themes, contrast, keyboard, hostile text.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openBrowser, openTicket } from "./browser.mjs";
import { faintTexts } from "./contrast.mjs";
import { Stage, waitFor } from "./stage.mjs";

let stage, browser;
before(async () => {
  [stage, browser] = await Promise.all([Stage.set(), openBrowser()]);
});
after(async () => {
  await browser?.close();
  await stage?.strike();
});

test("an approver needs no mouse", async () => {
  const ticket = await openTicket(browser, stage, await stage.ticket(), "carla");
  const { keyboard } = ticket.page;
  const focused = () => ticket.inside(() => document.activeElement.textContent.trim() || document.activeElement.id);
  const tabTo = async (name) => {
    for (let presses = 0; presses < 30; presses += 1) {
      if ((await focused()) === name) return;
      await keyboard.press("Tab");
    }
    assert.fail(`Tab does not lead to ${name}`);
  };
  await ticket.button("Copy for AI prompt").focus();
  await tabTo("cs-comment");
  await keyboard.type("Read it with the keyboard.");
  await tabTo("Approve");
  await ticket.shot("focus");
  await keyboard.press("Enter");
  assert.equal((await ticket.message()).kind, "done");
  assert.equal(await ticket.lozenge.textContent(), "APPROVED");
  assert.equal(await focused(), "Approved and recorded.", "the keyboard's place is not lost");
  await ticket.close();
});

test("the panel follows Jira into the dark and back", async () => {
  const ticket = await openTicket(browser, stage, await stage.ticket(), "carla");
  const mode = () => ticket.inside(() => document.documentElement.dataset.colorMode);
  const ground = () => ticket.inside(() => getComputedStyle(document.body).backgroundColor);
  await waitFor("the light theme", async () => (await mode()) === "light");
  const light = await ground();
  await ticket.page.locator("#theme").click();
  await waitFor("the dark theme", async () => (await mode()) === "dark");
  assert.notEqual(await ground(), light);
  await ticket.shot("dark");
  await ticket.pageShot("dark-page");
  await ticket.page.locator("#theme").click();
  await waitFor("the light theme", async () => (await ground()) === light);
  await ticket.close();
});

for (const theme of ["light", "dark"]) {
  test(`every text stands out from its ground in the ${theme} theme`, async () => {
    const ticket = await openTicket(browser, stage, await stage.ticket(), "carla");
    if (theme === "dark") await ticket.page.locator("#theme").click();
    await waitFor("the theme", () => ticket.inside((wanted) => document.documentElement.dataset.colorMode === wanted, theme));
    for (const summary of await ticket.panel.locator("summary").all()) await summary.click();
    assert.deepEqual(await ticket.inside(faintTexts), []);
    await ticket.button("Reject").click();
    await ticket.message();
    assert.deepEqual(await ticket.inside(faintTexts), []);
    await ticket.comment.fill("Fine.");
    await ticket.button("Approve").click();
    await waitFor("the approval", async () => (await ticket.lozenge.textContent()) === "APPROVED");
    assert.deepEqual(await ticket.inside(faintTexts), []);
    await ticket.shot(`all-open-${theme}`);
    await ticket.close();
  });
}

test("a text that is too faint would be found", async () => {
  const ticket = await openTicket(browser, stage, await stage.ticket(), "carla");
  await ticket.article.waitFor();
  await ticket.inside(() => document.documentElement.style.setProperty("--dim", "#a0a0a0"));
  const faint = await ticket.inside(faintTexts);
  assert.ok(faint.some((text) => text.includes("Ledger position")), faint.join("\n"));
  await ticket.close();
});

test("text that would be code elsewhere is only text here", async () => {
  const hostile = [
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "{{handlebars}} {{{constructor}}}",
    `"double" 'single' \`back\``,
    "credit card \u202Eeman\u202C patient\u200F record",
  ].join(" ");
  const key = await stage.ticket({ summary: `Payment <script>alert(3)</script> {{summary}}`, description: hostile });
  const ticket = await openTicket(browser, stage, key, "carla");
  assert.ok((await ticket.panel.locator("[data-prompt]").inputValue()).includes("<script>alert(1)</script>"));
  await ticket.comment.fill(hostile);
  await ticket.button("Approve").click();
  assert.equal((await ticket.message()).kind, "done");
  const quoted = await ticket.approval.locator("blockquote").textContent();
  assert.ok(quoted.includes("<script>alert(1)</script><img src=x onerror=alert(2)>"), quoted);
  assert.ok(quoted.includes("{{handlebars}} {{{constructor}}}"), quoted);
  assert.equal(await ticket.inside(() => document.querySelectorAll("main script, main img").length), 0);
  assert.deepEqual(ticket.complaints, []);
  await ticket.shot("hostile");
  await ticket.close();
});
