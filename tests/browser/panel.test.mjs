// What a person reads in a ticket's panel: verdict, requirements, evidence, the prompt to take away.

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

test("a developer who opens a ticket sees what security it needs", async () => {
  const ticket = await openTicket(browser, stage, await stage.ticket(), "carla");
  const { panel } = ticket;

  assert.equal(await ticket.state(), "current");
  assert.match(await panel.locator("#cs-risk").innerText(), /^Security level HIGH Risk \d+\.\d of 10$/);
  const frameworks = await panel.locator(".cs-frameworks strong").allTextContents();
  assert.ok(frameworks.includes("PCI DSS") && frameworks.includes("SOC 2"), `frameworks: ${frameworks}`);

  const groups = await panel.locator(".cs-requirements h3").allTextContents();
  for (const name of ["Encryption", "Access Control", "Audit Logging"]) assert.ok(groups.includes(name), name);
  const masking = panel.locator("#REQ-PAY-MASK");
  assert.match(await masking.textContent(), /Masked card numbers: .*last 4 digits/s);
  assert.ok((await masking.locator(".cs-control").allTextContents()).includes("PCI DSS 4.0.1: 3.4.1"));

  assert.equal(await ticket.lozenge.textContent(), "NOT APPROVED");
  assert.match(await panel.locator(".cs-badge").innerText(), /^Ledger position \d+, hash [0-9a-f]{12}\..*Not verified yet\.$/s);
  assert.deepEqual(ticket.complaints, []);
  await ticket.shot("fresh");
  await ticket.pageShot("fresh-page");
  await ticket.close();
});

test("the panel is hosted by the bridge that was asked for", async () => {
  const ticket = await openTicket(browser, stage, await stage.ticket(), "carla");
  await ticket.article.waitFor();
  const host = await ticket.inside(() => {
    if (globalThis.__bridge) return "forge";
    return globalThis.AP._hostModules ? "bridge" : "sandbox";
  });
  assert.equal(host, process.env.HOST ?? "sandbox");
  await ticket.close();
});

test("the panel lies in a frame of another origin and brings no script of its own into the fragment", async () => {
  const ticket = await openTicket(browser, stage, await stage.ticket(), "carla");
  await ticket.article.waitFor();
  const found = await ticket.inside(() => {
    const main = document.getElementById("countersign");
    const elements = [...main.querySelectorAll("*")];
    return {
      origin: location.origin,
      scripts: main.querySelectorAll("script, style, [style]:not(textarea, input)").length,
      handlers: elements.flatMap((each) => [...each.attributes]).filter((each) => each.name.startsWith("on")).length,
      inline: [...document.scripts].filter((each) => !each.src).length,
    };
  });
  const { origin, ...within } = found;
  assert.deepEqual(within, { scripts: 0, handlers: 0, inline: 0 });
  assert.notEqual(origin, new URL(ticket.page.url()).origin);
  // Under Forge the page is Forge's, not ours.
  assert.equal(origin === stage.server, process.env.HOST !== "forge");
  await ticket.close();
});

test("the frame is as tall as what it shows, closed or open", async () => {
  const ticket = await openTicket(browser, stage, await stage.ticket(), "carla");
  const fits = () => ticket.inside(() => {
    const { scrollHeight, clientHeight, scrollWidth, clientWidth } = document.documentElement;
    return scrollHeight <= clientHeight && scrollWidth <= clientWidth && clientHeight;
  });
  const closed = await waitFor("a frame without a scroll bar", fits);
  for (const summary of await ticket.panel.locator("summary").all()) await summary.click();
  const open = await waitFor("a taller frame", async () => (await fits()) > closed + 100 && fits());
  for (const summary of await ticket.panel.locator("summary").all()) await summary.click();
  await waitFor("the frame to shrink again", async () => (await fits()) < open - 100 && fits());
  await ticket.page.setViewportSize({ width: 380, height: 800 });
  await waitFor("a narrow frame without a scroll bar", fits);
  await ticket.shot("narrow");
  await ticket.close();
});

test("where approval stands is said at the top, and leads to the form", async () => {
  const ticket = await openTicket(browser, stage, await stage.ticket(), "carla");
  const standing = ticket.panel.locator(".cs-standing a");
  assert.equal((await standing.innerText()).trim(), "NOT APPROVED");
  const heading = ticket.panel.locator("h2#cs-approval");
  const inView = async () => {
    const { y } = await heading.boundingBox();
    return y >= 0 && y < ticket.page.viewportSize().height;
  };
  await standing.scrollIntoViewIfNeeded();
  assert.equal(await inView(), false);
  await standing.click();
  await waitFor("the approval in view", inView);
  assert.deepEqual(ticket.complaints, []);
  await ticket.close();
});

test("whoever asks why is shown the words and the rule", async () => {
  const ticket = await openTicket(browser, stage, await stage.ticket(), "alice");
  const evidence = ticket.panel.locator(".cs-evidence");
  assert.equal(await evidence.locator("dl").isVisible(), false);
  await evidence.locator("summary").click();
  const line = evidence.locator("dd", { hasText: "credit card" }).first();
  assert.equal(await line.isVisible(), true);
  assert.match(await line.innerText(), /^“credit card” in summary, rule \S+/);
  assert.ok((await evidence.innerText()).includes("Payments and payment cards"));
  await ticket.shot("evidence");
  await ticket.close();
});

test("the prompt is copied although Jira gives the frame no clipboard", async () => {
  const ticket = await openTicket(browser, stage, await stage.ticket(), "alice");
  await ticket.button("Copy for AI prompt").click();
  const { text, kind } = await ticket.message();
  assert.deepEqual([kind, text], ["done", "Copied. Paste it into your AI assistant."]);

  const own = ticket.page.getByLabel("Add a comment");
  await own.focus();
  await ticket.page.keyboard.press("Control+V");
  const pasted = await own.inputValue();
  assert.match(pasted, /^# Security requirements for PAY-\d+/);
  assert.match(pasted, /\*\*Masked card numbers\*\* .*REQ-PAY-MASK; .*PCI DSS 3\.4\.1/);
  assert.match(pasted, /Customers in the EU pay with a credit card\./);
  await ticket.shot("copied");
  await ticket.close();
});

test("where nothing can be copied the prompt is selected and the panel says what to press", async () => {
  const ticket = await openTicket(browser, stage, await stage.ticket(), "alice");
  await ticket.article.waitFor();
  await ticket.inside(() => { document.execCommand = () => false; });
  await ticket.button("Copy for AI prompt").click();
  const { text, kind } = await ticket.message();
  assert.equal(kind, "error");
  assert.match(text, /The text is selected: press Ctrl\+C/);
  const selected = await ticket.inside(() => {
    const { value, selectionStart, selectionEnd } = document.querySelector("[data-prompt]");
    return [document.activeElement.id, selectionEnd - selectionStart === value.length];
  });
  assert.deepEqual(selected, ["cs-prompt", true]);
  await ticket.close();
});

test("a ticket that asks for nothing says so and can be approved all the same", async () => {
  const plain = { project: "OPS", summary: "Fix typo on the about page", description: "One letter is wrong.", priority: "Low" };
  const ticket = await openTicket(browser, stage, await stage.ticket(plain), "carla");
  assert.match(await ticket.panel.locator("#cs-risk").innerText(), /No security requirements found/);
  assert.equal(await ticket.button("Approve").isVisible(), true);
  assert.deepEqual(ticket.complaints, []);
  await ticket.shot("nothing-needed");
  await ticket.close();
});
