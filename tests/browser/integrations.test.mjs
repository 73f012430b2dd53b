// The page on which integrations are made without a terminal: with a key to the API, on a server that knows no site.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";

import { openBrowser } from "./browser.mjs";
import { Stage, waitFor } from "./stage.mjs";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SECRET = "sandbox-token-erin";

let stage, browser, key;
before(async () => {
  [stage, browser] = await Promise.all([Stage.set({ install: false }), openBrowser()]);
  const [tenant] = (await stage.operate("tenant", "create")).match(/ten_\w+/);
  const scopes = ["--scope", "integrations:write", "--scope", "events:read"];
  [key] = (await stage.operate("key", "issue", "--tenant", tenant, "--name", "page", ...scopes)).match(/ak_live_\w+/);
});
after(async () => {
  await browser?.close();
  await stage?.strike();
});

/** The page, with what the console complains about and where it called. */
async function open() {
  const context = await browser.newContext();
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const complaints = [];
  const called = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => called.push(request.url()));
  await page.goto(`${stage.server}/integrations`);
  return { page, complaints, called, close: () => context.close() };
}

const button = (page, name) => page.getByRole("button", { name, exact: true });

test("a site is connected, read and removed, and its secrets are shown once or never", async () => {
  const { page, complaints, called, close } = await open();
  await page.getByLabel("API key").fill(key);
  await button(page, "Show integrations").click();
  await page.getByLabel("Address").first().fill(stage.jira);
  await page.getByLabel("E-mail of the account").fill("erin@example.com");
  await page.getByLabel("API token of the account").fill(SECRET);
  await page.getByLabel("Project keys").fill("PAY, CARE");
  await button(page, "Connect").click();
  await page.locator("#shown-once").waitFor();
  assert.match(await page.locator("#webhook-url").innerText(), /\/v1\/integrations\/jira\/webhook\/site_/);
  assert.match(await page.locator("#webhook-events").innerText(), /jira:issue_created.*worklog_deleted/);
  const row = page.locator("#jira-list tr").first();
  assert.match(await row.innerText(), /PAY, CARE\s+ENABLED/);
  assert.equal(await page.getByLabel("API token of the account").inputValue(), "");
  await row.getByRole("button", { name: /^Read now/ }).click();
  await waitFor("the reading to be shown", async () => /\d{4}-\d\d-\d\dT/.test(await row.innerText()));
  await row.getByRole("button", { name: /^Remove/ }).click();
  await waitFor("the site to be removed", async () => /REMOVED/.test(await row.innerText()));
  assert.ok(called.every((url) => url.startsWith(stage.server) && !url.includes(key) && !url.includes(SECRET)), called);
  assert.ok(!(await page.content()).includes(SECRET));
  assert.deepEqual(complaints, []);
  await close();
});

test("a site of Data Center is asked for a personal access token, and for no e-mail address", async () => {
  const { page, complaints, close } = await open();
  await page.getByLabel("API key").fill(key);
  await button(page, "Show integrations").click();
  await page.getByLabel("Whose Jira it is").selectOption("Jira Data Center");
  assert.equal(await page.getByLabel("E-mail of the account").isVisible(), false);
  await page.getByLabel("Address").first().fill(stage.jira);
  await page.getByLabel("Personal access token of the account").fill("sandbox-pat-erin");
  await page.getByLabel("Project keys").fill("PAY");
  await button(page, "Connect").click();
  await page.locator("#message").waitFor();
  // The look-alike on this stage is of Cloud.
  assert.match(await page.locator("#message").innerText(), /^Jira does not let this personal access token in/);
  await page.getByLabel("Whose Jira it is").selectOption("Jira Cloud");
  assert.equal(await page.getByLabel("E-mail of the account").isVisible(), true);
  assert.equal(await page.getByLabel("API token of the account").isVisible(), true);
  assert.deepEqual(complaints.filter((text) => !/422/.test(text)), []);
  await close();
});

test("GitHub is registered, and what is wrong is said in the API's own words", async () => {
  const { page, close } = await open();
  await page.getByLabel("API key").fill("ak_live_of_nobody");
  await button(page, "Show integrations").click();
  await page.locator("#message").waitFor();
  assert.equal(await page.locator("#within").isHidden(), true);
  await page.getByLabel("API key").fill(key);
  await button(page, "Show integrations").click();
  await page.getByLabel("Token for commit statuses").fill("a-token");
  await button(page, "Register").click();
  await page.locator("#message").waitFor();
  assert.equal(
    await page.locator("#message").innerText(),
    "Name the repositories that the access is for. Nothing was registered.",
  );
  await page.getByLabel("Token for commit statuses").fill("");
  await page.getByLabel("Repositories").fill("acme/scoring");
  await button(page, "Register").click();
  await page.locator("#shown-once").waitFor();
  assert.match(await page.locator("#github-list tr").first().innerText(), /https:\/\/github\.com\s+ENABLED\s+none/);
  await close();
});

test("nobody is kept out: axe finds nothing serious, in light and dark", async () => {
  for (const colorScheme of ["light", "dark"]) {
    const { page, close } = await open();
    await page.emulateMedia({ colorScheme });
    await page.getByLabel("API key").fill(key);
    await button(page, "Show integrations").click();
    await page.locator("#within").waitFor();
    await page.addInitScript(AXE);
    const { violations } = await page.evaluate(`${AXE}; axe.run(document)`);
    const serious = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
    assert.deepEqual(serious.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), []);
    await close();
  }
});
