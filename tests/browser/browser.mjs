// The browser, and a page of Jira's open in it: what a person sees and does there. Starts no programs of ours.

import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

import { hostByBridge, isOfTheBridge } from "./bridge.mjs";

/** Which host the panel is in: `bridge` for Jira's own, `forge` for the look-alike's of Forge, else its of Connect. */
const HOST = process.env.HOST ?? "sandbox";
const BRIDGED = HOST === "bridge";
const SHOTS = fileURLToPath(new URL(HOST === "sandbox" ? "shots/" : `shots/${HOST}/`, import.meta.url));
const FRAME = HOST === "forge" ? "#forge-panel iframe" : "#panel iframe";
/** Where the host's page gets what vouches for a person. */
const TOKENS = HOST === "forge" ? "**/host/forge/invoke" : "**/host/context-token*";
const QUIET = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A browser with an empty profile. */
export function openBrowser() {
  return chromium.launch({ executablePath: process.env.CHROMIUM, headless: true, chromiumSandbox: false, args: QUIET });
}

/** Opens a ticket's page as somebody. */
export const openTicket = (browser, stage, key, who) => openPage(browser, stage, `/browse/${key}?as=${who}`);

/** Opens the app's page in the administration as somebody. */
export const openSettings = (browser, stage, who) => openPage(browser, stage, `/admin/app?as=${who}`);

/** Opens a page of Jira's, in a context that was granted no permission. */
async function openPage(browser, stage, path) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, permissions: [] });
  context.setDefaultTimeout(15_000);
  await context.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => {
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  if (BRIDGED) await hostByBridge(context, stage.jira);
  const page = await context.newPage();
  const complaints = [];
  const note = (text) => {
    if (!BRIDGED || !isOfTheBridge(text)) complaints.push(text);
  };
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) note(message.text());
  });
  page.on("pageerror", (error) => note(String(error)));
  page.on("dialog", (dialog) => {
    note(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  await page.goto(`${stage.jira}${path}`);
  const framed = new Framed(page, complaints);
  await framed.filled();
  return framed;
}

/** A page of Jira's, with ours in its frame: of a ticket with the panel, or of the administration with the settings. */
class Framed {
  constructor(page, complaints) {
    this.page = page;
    this.complaints = complaints;
    this.panel = page.frameLocator(FRAME);
    this.article = this.panel.locator("article.cs-panel");
    this.approval = this.panel.locator(".cs-approval");
    this.lozenge = this.approval.locator("h2 .cs-lozenge");
    this.comment = this.panel.getByLabel("Comment");
  }

  button(name) {
    return this.panel.getByRole("button", { name, exact: true });
  }

  /** What the panel says about the last action; waits until it says something. */
  async message() {
    const message = this.panel.locator("[data-message]:visible");
    await message.waitFor();
    return { text: (await message.textContent()).trim(), kind: await message.getAttribute("data-kind") };
  }

  /** The lines of the history, the latest first. */
  history() {
    return this.approval.locator(".cs-history li").allTextContents();
  }

  /** The position in the ledger that the badge names. */
  async position() {
    return Number(await this.panel.locator(".cs-badge strong").first().textContent());
  }

  async state() {
    return this.article.getAttribute("data-state");
  }

  /** The page again, as after F5. */
  async reload() {
    await this.page.reload();
    await this.filled();
  }

  /** Under Forge a page begins empty, and asks for what it shows. */
  async filled() {
    if (HOST === "forge") await this.panel.locator("[data-loading]").waitFor({ state: "detached" });
  }

  /** Fills in and sends Jira's own form for editing. */
  async edit(fields) {
    await this.page.locator("details.edit > summary", { hasText: /^Edit$/ }).click();
    for (const [name, text] of Object.entries(fields)) {
      await this.page.locator(`details.edit[open] [name="${name}"]`).fill(text);
    }
    await this.page.getByRole("button", { name: "Save", exact: true }).click();
    await this.page.waitForLoadState("load");
  }

  /** Runs a function inside the panel's frame. */
  async inside(script, argument) {
    return (await this.frame()).evaluate(script, argument);
  }

  /** Jira does not vouch for whoever uses the panel, until `vouch`: it gives no token, or calls nobody with one. */
  withholdTokens() {
    return this.page.route(TOKENS, (route) => route.fulfill({ status: 500 }));
  }

  vouch() {
    return this.page.unroute(TOKENS);
  }

  /** The panel's frame. */
  async frame() {
    return (await this.page.$(FRAME)).contentFrame();
  }

  /** A picture of the panel as it stands in the page. */
  async shot(name) {
    await mkdir(SHOTS, { recursive: true });
    await this.page.locator("section.panel").screenshot({ path: `${SHOTS}${name}.png` });
  }

  /** A picture of the whole page. */
  async pageShot(name) {
    await mkdir(SHOTS, { recursive: true });
    await this.page.screenshot({ path: `${SHOTS}${name}.png`, fullPage: true });
  }

  close() {
    return this.page.context().close();
  }
}
