// What the panel says when something is away: the record, Jira, Countersign itself.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openBrowser, openTicket } from "./browser.mjs";
import { Stage, waitFor } from "./stage.mjs";

let stage, browser;
before(async () => {
  [stage, browser] = await Promise.all([Stage.set(), openBrowser()]);
});
after(async () => {
  await browser?.close();
  await stage?.strike();
});

test("a ticket from before the installation is shown, and recorded when somebody asks", async () => {
  const ticket = await openTicket(browser, stage, "CARE-1", "carla");
  assert.equal(await ticket.state(), "preview");
  assert.match(await ticket.article.innerText(), /^Not recorded yet\./);
  assert.equal(await ticket.button("Approve").count(), 0, "nothing to approve before it is recorded");
  await ticket.shot("not-recorded");

  await ticket.button("Record it").click();
  await ticket.button("Approve").waitFor();
  assert.equal(await ticket.state(), "current");
  assert.ok((await ticket.position()) > 0);
  assert.match((await ticket.history())[0], /Assessed: /);
  assert.deepEqual(ticket.complaints, []);
  await ticket.close();
});

test("while Jira is away the panel shows what was recorded, says so, and records nothing", async () => {
  const ticket = await openTicket(browser, stage, await stage.ticket(), "carla");
  const position = await ticket.position();
  await stage.breakJira();
  try {
    await ticket.reload();
    assert.equal(await ticket.state(), "unchecked");
    assert.match(await ticket.article.innerText(), /^Jira does not show us this issue now\. Below is what was recorded/);
    assert.match(await ticket.panel.locator("#cs-risk").innerText(), /HIGH/);
    assert.ok((await ticket.panel.locator(".cs-requirements li").count()) > 5);

    await ticket.comment.fill("Fine.");
    await ticket.button("Approve").click();
    const { text, kind } = await ticket.message();
    assert.equal(kind, "error");
    assert.match(text, /^Jira cannot be reached\. Nothing was recorded: try again in a minute\./);
    await ticket.shot("jira-away");
  } finally {
    await stage.mendJira();
  }
  await ticket.button("Try again").click();
  await waitFor("the panel to be current", async () => (await ticket.state()) === "current");
  assert.equal(await ticket.lozenge.textContent(), "NOT APPROVED");
  assert.equal(await ticket.position(), position);
  assert.equal(await ticket.comment.inputValue(), "Fine.", "what was written is still there");
  await ticket.close();
});

test("a ticket of which nothing is known while Jira is away says that nothing was lost", async () => {
  await stage.breakJira();
  const ticket = await openTicket(browser, stage, "CARE-2", "carla").finally(() => stage.mendJira());
  assert.equal(await ticket.state(), "unknown");
  assert.match(await ticket.article.innerText(), /Nothing is recorded for this issue, and Jira does not show it to us now\./);
  await ticket.shot("nothing-known");
  await ticket.button("Try again").click();
  await ticket.button("Record it").waitFor();
  await ticket.close();
});

test("when Countersign is away the buttons say so, and work once it is back", async () => {
  const ticket = await openTicket(browser, stage, await stage.ticket(), "carla");
  await ticket.comment.fill("Fine.");
  await stage.stopServer();
  await ticket.button("Approve").click();
  const { text, kind } = await ticket.message();
  assert.deepEqual([kind, text], ["error", "Countersign cannot be reached. Nothing was recorded: try again in a minute."]);
  assert.equal(await ticket.comment.inputValue(), "Fine.");
  await ticket.shot("countersign-away");

  await stage.startServer();
  await ticket.button("Approve").click();
  await waitFor("the approval", async () => (await ticket.lozenge.textContent()) === "APPROVED");
  assert.deepEqual(await ticket.message(), { text: "Approved and recorded.", kind: "done" });
  await ticket.close();
});

test("an edit that is not assessed yet is pointed out, and shown on request", async () => {
  const key = await stage.ticket();
  await stage.control("POST", "/webhooks", { flow: "hold" });
  const ticket = await openTicket(browser, stage, key, "carla");
  await ticket.edit({ summary: "Add bank transfer to checkout flow" });
  assert.equal(await ticket.state(), "edited");
  assert.match(await ticket.article.innerText(), /^This issue was edited\. Below is what was recorded before\./);
  await ticket.shot("edited");

  await stage.control("POST", "/webhooks", { flow: "deliver" });
  await stage.control("POST", "/webhooks/release", {});
  await waitFor("the new assessment", async () => {
    const button = ticket.button("Show it");
    if (await button.count()) await button.click();
    return (await ticket.state()) === "current";
  });
  await ticket.close();
});

test("where Jira gives no token the panel says so and records nothing", async () => {
  const ticket = await openTicket(browser, stage, await stage.ticket(), "carla");
  const position = await ticket.position();
  await ticket.withholdTokens();
  await ticket.button("Approve").click();
  const { text, kind } = await ticket.message();
  const words = process.env.HOST === "forge"
    ? "Countersign cannot be reached. Nothing was recorded: try again in a minute."
    : "Jira gave no token for this. Nothing was recorded: reload the issue.";
  assert.deepEqual([kind, text], ["error", words]);
  await ticket.vouch();
  await ticket.reload();
  assert.equal(await ticket.lozenge.textContent(), "NOT APPROVED");
  assert.equal(await ticket.position(), position);
  await ticket.close();
});
