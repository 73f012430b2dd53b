// Whether people who do not see, or see little, can use the pages under Forge: axe-core judges them in light and dark.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";

import { openBrowser } from "../../../tests/browser/browser.mjs";
import { openPage, until } from "./jira.mjs";
import { panelWith, settingsWith } from "./rendered.mjs";

const tools = createRequire(new URL("../../../tests/browser/package.json", import.meta.url));
const AXE = await readFile(tools.resolve("axe-core/axe.min.js"), "utf8");

let browser;
before(async () => { browser = await openBrowser(); });
after(() => browser?.close());

/** What axe finds in a page that shows this. */
async function barriers(page, html, theme) {
  const opened = await openPage(browser, page, { invoke: () => ({ success: true, payload: { body: { html } } }) });
  await opened.frame.locator("article").waitFor();
  await opened.wear(theme);
  const document = await opened.document();
  await until(`the ${theme} theme`, () => document.evaluate((worn) => globalThis.document.documentElement.dataset.colorMode === worn, theme));
  await document.evaluate(AXE);
  const violations = await document.evaluate(async () => (await globalThis.axe.run(globalThis.document)).violations);
  await opened.close();
  return violations.flatMap(({ id, impact, nodes }) => nodes.map(({ html: where }) => `${impact}: ${id}: ${where}`));
}

for (const theme of ["light", "dark"]) {
  test(`nothing bars the way in the ${theme} theme`, async () => {
    assert.deepEqual(await barriers("panel", panelWith(), theme), [], "panel");
    assert.deepEqual(await barriers("settings", settingsWith(), theme), [], "settings");
    assert.deepEqual(await barriers("settings", settingsWith({ settings: [], canEdit: false, saved: true }), theme), [], "settings of others");
  });
}
