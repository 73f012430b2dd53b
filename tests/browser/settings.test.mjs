// What an administrator of Jira sees and does on the settings page, and that the next decision follows it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openBrowser, openSettings, openTicket } from "./browser.mjs";
import { Stage } from "./stage.mjs";

let stage, browser;
before(async () => {
  [stage, browser] = await Promise.all([Stage.set(), openBrowser()]);
});
after(async () => {
  await browser?.close();
  await stage?.strike();
});

test("an administrator sets who approves, sees it recorded, and the next decision follows", async () => {
  const settings = await openSettings(browser, stage, "erin");
  const rows = () => settings.panel.locator("tbody tr").allInnerTexts();
  await settings.panel.locator("article.cs-settings").waitFor();
  assert.match((await rows())[0], /^Whole site\s+Approvers\s+none/);
  assert.ok((await settings.panel.locator(".cs-frameworks strong").allTextContents()).includes("PCI DSS"));

  await settings.panel.getByLabel("Project key").fill("pay");
  await settings.panel.getByLabel("Approver role").fill("Developers");
  await settings.button("Save").click();
  assert.deepEqual(await settings.message(), { text: "Saved and recorded in the ledger.", kind: "done" });
  assert.match((await rows())[1], /^PAY\s+Developers\s+none/);
  assert.deepEqual(settings.complaints, []);
  await settings.shot("settings");
  await settings.close();

  const ticket = await openTicket(browser, stage, await stage.ticket(), "alice");
  await ticket.button("Approve").click();
  assert.deepEqual(await ticket.message(), { text: "Approved and recorded.", kind: "done" });
  await ticket.close();
});

test("a row is taken into the form, and what makes no sense is said in words", async () => {
  const settings = await openSettings(browser, stage, "erin");
  await settings.panel.getByRole("button", { name: "Change the whole site" }).click();
  assert.equal(await settings.panel.getByLabel("Approver role").inputValue(), "Approvers");
  await settings.panel.getByLabel("Project key").fill("NOWHERE");
  await settings.button("Save").click();
  const { text, kind } = await settings.message();
  assert.equal(kind, "error");
  assert.match(text, /^Jira shows Countersign no project with this key\. Nothing was changed/);
  await settings.close();
});

test("rules of review are set, shown in words, and taken into the form again", async () => {
  const settings = await openSettings(browser, stage, "erin");
  await settings.panel.getByLabel("Project key").fill("care");
  await settings.panel.getByLabel("Approver role").fill("Approvers");
  await settings.panel.getByLabel("Gate", { exact: true }).selectOption("OBSERVE");
  await settings.panel.getByText("More rules").click();
  await settings.panel.getByLabel("Approvals from HIGH").fill("2");
  await settings.panel.getByLabel("Group from HIGH").fill("security-champions");
  await settings.panel.getByLabel("Another commit makes approvals stale from HIGH").check();
  await settings.panel.getByLabel(/^Commands that approve/).fill("/lgtm, /ship-it");
  await settings.panel.getByLabel(/^Statuses that ask for an approval/).fill("Done, Closed");
  await settings.panel.getByLabel(/^Group that opens the gate in an emergency/).fill("on-call");
  await settings.panel.getByLabel(/^Hours until an approver/).fill("4");
  await settings.panel.getByLabel(/^Group that Jira mails/).fill("red-team");
  await settings.button("Save").click();
  assert.deepEqual(await settings.message(), { text: "Saved and recorded in the ledger.", kind: "done" });
  const row = settings.panel.locator("tbody tr", { hasText: "CARE" }).first();
  assert.match(
    await row.innerText(),
    /open, and says what is missing\s+HIGH and above: 2, one of security-champions, of the code/,
  );
  assert.match(await row.innerText(), /asks for an approval: Closed\s+in emergencies: on-call, 4 hours\s+told of CRITICAL issues: red-team/);
  await settings.panel.getByRole("button", { name: "Change CARE" }).click();
  assert.equal(await settings.panel.getByLabel("Approvals from HIGH").inputValue(), "2");
  assert.equal(await settings.panel.getByLabel(/^Statuses that ask for an approval/).inputValue(), "Done, Closed");
  assert.equal(await settings.panel.getByLabel(/^Hours until an approver/).inputValue(), "4");
  assert.equal(await settings.panel.getByLabel(/^Commands that approve/).inputValue(), "/lgtm, /ship-it");
  assert.equal(await settings.panel.getByLabel(/^Group that Jira mails/).inputValue(), "red-team");
  await settings.panel.getByLabel(/^Commands that approve/).fill("lgtm");
  await settings.button("Save").click();
  const { text, kind } = await settings.message();
  assert.equal(kind, "error");
  assert.match(text, /^a command is a stroke .* Nothing was changed\./);
  assert.deepEqual(settings.complaints.filter((text) => !text.includes("400")), []);
  await settings.close();
});
