// The settings page as it was built, in Chromium, under Forge's content policy.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openBrowser } from "../../../tests/browser/browser.mjs";
import { openPage } from "./jira.mjs";
import { settingsWith } from "./rendered.mjs";

/** The rules that a form says that was left as it was. */
const USUAL = {
  enforcement: "ENFORCE", authors: false, approvals: [],
  approvedStatuses: [], rejectedStatuses: [], approveCommands: [], rejectCommands: [], gatedStatuses: [], emergency: null,
  securityGroup: null,
};

let browser;
before(async () => { browser = await openBrowser(); });
after(() => browser?.close());

/** The settings page; `answer` is what the server says, by `METHOD path`. */
async function openSettings(answer) {
  const asked = [];
  const opened = await openPage(browser, "settings", {
    invoke: ({ method, path, body }) => {
      asked.push(body === undefined ? `${method} ${path}` : { [`${method} ${path}`]: body });
      return { success: true, payload: answer(`${method} ${path}`) };
    },
  });
  return Object.assign(opened, { asked, article: opened.frame.locator("article.cs-settings") });
}

const shows = (view) => ({ status: 200, body: { html: settingsWith(view) } });

test("an administrator sees who may approve, and the frameworks", async () => {
  const settings = await openSettings(() => shows());
  const rows = await settings.frame.locator("tbody tr").allInnerTexts();
  assert.match(rows[0], /^Whole site\s+Administrators\s+none\s+not by assignee or reporter/);
  assert.match(rows[1], /^PAY\s+Security\s+payment-approvers\s+may be approved\s+open, and says what is missing\s+HIGH and above: 2, one of security, of the code/);
  assert.deepEqual(await settings.frame.locator(".cs-frameworks li").allInnerTexts(), ["PCI DSS 4.0.1", "SOC 2 2017"]);
  assert.deepEqual(settings.asked, ["GET /forge/settings"]);
  assert.deepEqual(settings.complaints, []);
  await settings.close();
});

test("what the form says is sent, and the answer says that it was saved", async () => {
  const settings = await openSettings((call) => shows({ saved: call.startsWith("POST") }));
  await settings.frame.getByLabel("Project key").fill(" care ");
  await settings.frame.getByLabel("Approver role").fill("Security");
  await settings.frame.getByLabel("Assignee and reporter may approve").check();
  await settings.button("Save").click();
  assert.deepEqual(await settings.message(), { text: "Saved and recorded in the ledger.", kind: "done" });
  const body = { project: "CARE", approverRole: "Security", approverGroup: null, ownTicket: true, rules: USUAL };
  assert.deepEqual(settings.asked[1], { "POST /forge/settings": body });
  const focused = (await settings.document()).evaluate(() => document.activeElement.dataset.message);
  assert.equal(await focused, "settings", "whoever hears the page is told");
  await settings.close();
});

test("a row is taken into the form, and sent for what it is about", async () => {
  const settings = await openSettings(() => shows());
  await settings.button("Change PAY").click();
  await settings.frame.getByLabel("Assignee and reporter may approve").uncheck();
  await settings.button("Save").click();
  await settings.article.waitFor();
  await settings.button("Change the whole site").click();
  assert.equal(await settings.frame.getByLabel("Project key").inputValue(), "");
  assert.equal(await settings.frame.getByLabel("Approver role").inputValue(), "Administrators");
  assert.equal(await settings.frame.getByLabel("Assignee and reporter may approve").isChecked(), false);
  const rules = {
    ...USUAL, enforcement: "OBSERVE", authors: true,
    approvals: [{ from: "HIGH", approvals: 2, group: "security", scope: "CODE" }],
    gatedStatuses: ["Done"], emergency: { group: "on-call", hours: 4 },
    securityGroup: "red-team",
  };
  const body = { project: "PAY", approverRole: "Security", approverGroup: "payment-approvers", ownTicket: false, rules };
  assert.deepEqual(settings.asked[1], { "POST /forge/settings": body });
  await settings.close();
});

test("what the server refuses is said, and what was written stays", async () => {
  const problem = { title: "Bad request", status: 400, detail: "There is no project NONE.", requestId: "r-1" };
  const settings = await openSettings((call) => (call.startsWith("GET") ? shows() : { status: 400, body: problem }));
  await settings.frame.getByLabel("Project key").fill("NONE");
  await settings.button("Save").click();
  assert.deepEqual(await settings.message(), { text: "There is no project NONE.", kind: "error" });
  assert.equal(await settings.frame.getByLabel("Project key").inputValue(), "NONE");
  await settings.close();
});

test("who may not change anything sees no form", async () => {
  const settings = await openSettings(() => shows({ canEdit: false, settings: [] }));
  await settings.article.waitFor();
  assert.match(await settings.article.innerText(), /Nothing is set\./);
  assert.match(await settings.article.innerText(), /Only administrators of this Jira can change this\./);
  assert.equal(await settings.frame.locator("form, button").count(), 0);
  await settings.close();
});
