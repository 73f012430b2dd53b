// Whether people who do not see, or see little, can use the panel: axe-core judges it in every state, in light and
// dark. Nothing that it calls a violation may be there, however slight.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";

import { openBrowser, openTicket } from "./browser.mjs";
import { Stage, waitFor } from "./stage.mjs";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let stage, browser;
before(async () => {
  [stage, browser] = await Promise.all([Stage.set(), openBrowser()]);
});
after(async () => {
  await browser?.close();
  await stage?.strike();
});

/** What axe finds in a document: `place.evaluate` runs a script in it. */
async function barriers(place) {
  await place.evaluate(AXE);
  const violations = await place.evaluate(async () => (await globalThis.axe.run(document)).violations);
  return violations.flatMap(({ id, impact, nodes }) => nodes.map(({ html }) => `${impact}: ${id}: ${html}`));
}

/** A ticket's page as Carla sees it, its frame judged by `free` and kept as a picture. */
async function open(key, theme) {
  const ticket = await openTicket(browser, stage, key, "carla");
  const dress = async () => {
    await ticket.article.waitFor();
    const mode = () => ticket.inside(() => document.documentElement.dataset.colorMode);
    await waitFor("the bridge", mode);
    if ((await mode()) !== theme) await ticket.page.locator("#theme").click();
    await waitFor(`the ${theme} theme`, async () => (await mode()) === theme);
  };
  await dress();
  const free = async (state) => {
    const frame = await ticket.frame();
    assert.deepEqual(await barriers(frame), [], state);
    await ticket.shot(`access-${state}-${theme}`);
  };
  const reload = async () => {
    await ticket.reload();
    await dress();
  };
  return Object.assign(ticket, { free, again: reload });
}

for (const theme of ["light", "dark"]) {
  test(`nothing bars the way through a ticket's life in the ${theme} theme`, async () => {
    const key = await stage.ticket();
    const ticket = await open(key, theme);
    for (const summary of await ticket.panel.locator("summary").all()) await summary.click();
    await ticket.free("required");

    await ticket.button("Reject").click();
    assert.equal((await ticket.message()).kind, "error");
    await ticket.free("error");

    await ticket.comment.fill("Tokenised by the provider; fine.");
    await ticket.button("Approve").click();
    await waitFor("the approval", async () => (await ticket.lozenge.textContent()) === "APPROVED");
    await ticket.approval.getByText("Decide again").click();
    await ticket.free("approved");

    await stage.recorded(key, (property) => property.approval === "APPROVED");
    await ticket.edit({ description: "Customers pay with a credit card and may save it for later." });
    await stage.recorded(key, (property) => property.approval === "STALE");
    await ticket.again();
    assert.equal(await ticket.lozenge.textContent(), "STALE");
    await ticket.free("stale");

    await ticket.button("Approve").click();
    await waitFor("the approval", async () => (await ticket.lozenge.textContent()) === "APPROVED");
    await ticket.approval.getByText("Decide again").click();
    await ticket.comment.fill("The provider was breached.");
    await ticket.button("Reject").click();
    await waitFor("the rejection", async () => (await ticket.lozenge.textContent()) === "REJECTED");
    await ticket.free("rejected");
    await ticket.close();
  });

  test(`nothing bars the way when something is missing in the ${theme} theme`, async () => {
    const preview = await open("CARE-1", theme);
    assert.equal(await preview.state(), "preview");
    await preview.free("unassessed");

    const recorded = await open(await stage.ticket(), theme);
    await stage.breakJira();
    try {
      await recorded.again();
      assert.equal(await recorded.state(), "unchecked");
      await recorded.free("unchecked");
      await preview.again();
      assert.equal(await preview.state(), "unknown");
      await preview.free("unknown");
    } finally {
      await stage.mendJira();
    }
    await Promise.all([preview.close(), recorded.close()]);
  });

  test(`nothing bars the way on the page of a call that is refused in the ${theme} theme`, async () => {
    const context = await browser.newContext({ colorScheme: theme, viewport: { width: 600, height: 400 } });
    const page = await context.newPage();
    const answer = await page.goto(`${stage.server}/connect/panel?issueId=1`);
    assert.equal(answer.status(), 401);
    assert.deepEqual(await barriers(page), []);
    await context.close();
  });
}

test("a barrier would be found", async () => {
  const ticket = await open(await stage.ticket(), "light");
  await ticket.inside(() => {
    document.querySelector('label[for="cs-comment"]')?.remove();
    document.querySelector("#cs-comment").closest("label")?.replaceWith(document.querySelector("#cs-comment"));
    document.documentElement.removeAttribute("lang");
  });
  const found = (await barriers(await ticket.frame())).join("\n");
  assert.match(found, /critical: label: <textarea/);
  assert.match(found, /serious: html-has-lang/);
  await ticket.close();
});
