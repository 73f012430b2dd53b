// Approving and rejecting in the panel: who may, on what, and what is recorded.

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

test("an approver approves with a comment, and it stands in the ledger", async () => {
  const key = await stage.ticket();
  const ticket = await openTicket(browser, stage, key, "carla");
  const position = await ticket.position();
  await ticket.comment.fill("Tokenised by the provider; fine.");
  await ticket.button("Approve").click();

  assert.deepEqual(await ticket.message(), { text: "Approved and recorded.", kind: "done" });
  assert.equal(await ticket.lozenge.textContent(), "APPROVED");
  assert.ok((await ticket.approval.locator("blockquote").textContent()).includes("Tokenised by the provider"));
  assert.match(await ticket.approval.innerText(), /Approved as Approvers by Carla Ruiz/);
  assert.ok((await ticket.position()) > position);
  assert.match((await ticket.history())[0], /Approved as Approvers by Carla Ruiz\s+entry \d+/);
  assert.equal(await ticket.comment.inputValue(), "");
  assert.deepEqual(ticket.complaints, []);
  await ticket.shot("approved");

  const property = await stage.recorded(key, (property) => property.approval === "APPROVED");
  assert.equal(property.approval, "APPROVED");
  await ticket.reload();
  assert.equal(await ticket.lozenge.textContent(), "APPROVED");
  await ticket.close();
});

test("a developer says to have read the requirements, which approves nothing", async () => {
  const ticket = await openTicket(browser, stage, await stage.ticket(), "alice");
  await ticket.button("I have read them").click();
  assert.deepEqual(await ticket.message(), { text: "Recorded that you have read them.", kind: "done" });
  assert.match(await ticket.panel.locator(".cs-requirements").innerText(), /Read by Alice Ng, /);
  assert.equal(await ticket.lozenge.textContent(), "NOT APPROVED");
  assert.match((await ticket.history())[0], /Requirements read by Alice Ng\s+entry \d+/);
  assert.deepEqual(ticket.complaints, []);
  await ticket.close();
});

test("an approver waives a requirement, and ends the waiver", async () => {
  const ticket = await openTicket(browser, stage, await stage.ticket(), "carla");
  const waive = ticket.panel.locator("details.cs-waive");
  const until = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
  await waive.locator("summary").click();
  await waive.getByLabel("Requirement").selectOption({ label: "Encryption at rest" });
  await waive.getByLabel("Why it need not be met").fill("The old database goes in spring.");
  await ticket.button("Waive").click();
  assert.match((await ticket.message()).text, /^A waiver ends: choose a day/);
  await waive.getByLabel("Last day").fill(until);
  await ticket.button("Waive").click();
  await ticket.panel.locator('[data-message][data-kind="done"]').waitFor();
  assert.deepEqual(await ticket.message(), { text: "Waived and recorded.", kind: "done" });
  const waived = ticket.panel.locator("#REQ-ENC-AT-REST .cs-waiver");
  assert.match(await waived.innerText(), /Waived\. Until .* as Approvers by Carla Ruiz\s+The old database goes in spring\./);
  assert.equal(await ticket.lozenge.textContent(), "NOT APPROVED");
  assert.match((await ticket.history())[0], new RegExp(`Waived until ${until} as Approvers: REQ-ENC-AT-REST`));
  await ticket.shot("waived");
  await waived.getByRole("button", { name: "End the waiver of Encryption at rest" }).click();
  await waived.waitFor({ state: "detached" });
  assert.deepEqual(await ticket.message(), { text: "The waiver ended, and that is recorded.", kind: "done" });
  await ticket.close();
});

test("an approver sets right what was found", async () => {
  const ticket = await openTicket(browser, stage, await stage.ticket(), "carla");
  const correct = ticket.panel.locator("details.cs-correct");
  await correct.locator("summary").click();
  await correct.getByLabel("What it is about").selectOption("payment");
  await correct.getByLabel("Why").fill("It is a picture of a card.");
  await ticket.button("Not involved").click();
  assert.deepEqual(await ticket.message(), { text: "Recorded, and assessed anew.", kind: "done" });
  const said = ticket.panel.locator(".cs-corrections");
  assert.match(await said.innerText(), /is not involved, said as Approvers by Carla Ruiz\s+It is a picture of a card\./);
  assert.match((await ticket.history()).join("\n"), /Said not to be involved: payment, as Approvers/);
  await ticket.shot("corrected");
  await correct.getByLabel("What it is about").selectOption("payment");
  await correct.getByLabel("Why").fill("It is the form after all.");
  await ticket.button("Let the words decide").click();
  await said.waitFor({ state: "detached" });
  assert.deepEqual(ticket.complaints, []);
  await ticket.close();
});

test("a rejection has to say why", async () => {
  const ticket = await openTicket(browser, stage, await stage.ticket(), "carla");
  const position = await ticket.position();
  await ticket.button("Reject").click();
  const { text, kind } = await ticket.message();
  assert.equal(kind, "error");
  assert.match(text, /^Say why you reject: the comment is empty\. Nothing was recorded\./);
  await ticket.shot("error");
  await ticket.reload();
  assert.equal(await ticket.lozenge.textContent(), "NOT APPROVED");
  assert.equal(await ticket.position(), position);

  await ticket.comment.fill("Card numbers must not reach our own form.");
  await ticket.button("Reject").click();
  assert.deepEqual(await ticket.message(), { text: "Rejected and recorded.", kind: "done" });
  assert.equal(await ticket.lozenge.textContent(), "REJECTED");
  assert.ok((await ticket.position()) > position);
  await ticket.shot("rejected");
  await ticket.close();
});

for (const [who, reason] of [
  ["ben", /^You are the reporter of this issue\. Somebody else has to approve or reject it\. Nothing was recorded\./],
  ["dan", /^You need permission to view and comment on this issue .* Nothing was recorded\./],
  ["alice", /^Only members of the .*“Approvers”.* Ask a Jira administrator to add you\. Nothing was recorded\./],
]) {
  test(`${who} may not approve and is told why`, async () => {
    const key = await stage.ticket();
    const ticket = await openTicket(browser, stage, key, who);
    const position = await ticket.position();
    await ticket.comment.fill("Looks fine to me.");
    await ticket.button("Approve").click();
    const { text, kind } = await ticket.message();
    assert.equal(kind, "error");
    assert.match(text, reason);
    assert.equal(await ticket.comment.inputValue(), "Looks fine to me.");
    await ticket.reload();
    assert.equal(await ticket.lozenge.textContent(), "NOT APPROVED");
    assert.equal(await ticket.position(), position);
    await ticket.close();
  });
}

test("an edit makes an approval stale, and it can be given again", async () => {
  const key = await stage.ticket();
  const ticket = await openTicket(browser, stage, key, "carla");
  await ticket.button("Approve").click();
  await ticket.message();
  await stage.recorded(key, (property) => property.approval === "APPROVED");

  await ticket.edit({ description: "Customers pay with a credit card and may save it for later." });
  await stage.recorded(key, (property) => property.approval === "STALE");
  await ticket.reload();
  assert.equal(await ticket.lozenge.textContent(), "STALE");
  assert.match(await ticket.approval.innerText(), /It has to be approved again/);
  assert.match((await ticket.history())[0], /Approval stale: the issue was edited/);
  await ticket.shot("stale");

  await ticket.comment.fill("Saved cards are tokens. Fine.");
  await ticket.button("Approve").click();
  assert.equal((await ticket.message()).kind, "done");
  assert.equal(await ticket.lozenge.textContent(), "APPROVED");
  await ticket.close();
});

test("nobody approves what changed since the page was opened", async () => {
  const key = await stage.ticket();
  const [carla, ben] = [await openTicket(browser, stage, key, "carla"), await openTicket(browser, stage, key, "ben")];
  await carla.comment.fill("As planned.");
  const { assessedAt } = await stage.recorded(key, (property) => property);
  await ben.edit({ summary: "Add credit card and bank transfer to checkout flow" });
  await stage.recorded(key, (property) => property.assessedAt !== assessedAt);

  await carla.button("Approve").click();
  const { text, kind } = await carla.message();
  assert.equal(kind, "error");
  assert.match(text, /^The issue changed since you opened it\. Nothing was recorded/);
  await carla.shot("changed");
  await carla.button("Show it as it is now").click();
  await carla.panel.locator("[data-message]:visible").waitFor({ state: "hidden" });
  assert.equal(await carla.lozenge.textContent(), "NOT APPROVED");
  assert.equal(await carla.comment.inputValue(), "As planned.", "what was written is still there");
  await carla.button("Approve").click();
  assert.equal((await carla.message()).kind, "done");
  assert.equal(await carla.lozenge.textContent(), "APPROVED");
  await Promise.all([carla.close(), ben.close()]);
});

test("an approver who thinks again rejects what was approved", async () => {
  const ticket = await openTicket(browser, stage, await stage.ticket(), "carla");
  await ticket.button("Approve").click();
  await ticket.message();
  assert.equal(await ticket.button("Reject").isVisible(), false, "what is decided is not offered at once");
  await ticket.approval.locator(".cs-history summary").click();
  await ticket.approval.getByText("Decide again").click();
  await ticket.comment.fill("The provider was breached.");
  await ticket.button("Reject").click();
  await waitFor("the rejection", async () => (await ticket.lozenge.textContent()) === "REJECTED");
  const lines = await ticket.history();
  assert.match(lines[0], /Rejected as Approvers/);
  assert.match(lines[1], /Approved as Approvers/);
  assert.equal(await ticket.approval.locator(".cs-history ol").isVisible(), true, "what was open stays open");
  await ticket.shot("decided-again");
  await ticket.close();
});

test("a second press of a button records nothing twice", async () => {
  const ticket = await openTicket(browser, stage, await stage.ticket(), "carla");
  await ticket.article.waitFor();
  await ticket.button("Approve").dblclick();
  assert.equal((await ticket.message()).kind, "done");
  await ticket.reload();
  assert.equal((await ticket.history()).filter((line) => line.includes("Approved as")).length, 1);
  await ticket.close();
});
