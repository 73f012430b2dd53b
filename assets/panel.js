// What the panel's buttons do. What a fragment is, and what a host has to have: see `fragment.js`.

import { Page } from "./fragment.js";

/** Sets the panel going in `root`. */
export function panel(root, host) {
  return new Page(root, host, {
    actions: { refresh, assess, copy },
    forms: { acknowledge, review, release, waive, "end-waiver": endWaiver, correct },
  });
}

export function refresh(page) {
  return keepDraft(page, () => page.replaceWith("GET", "panel"));
}

function assess(page) {
  return keepDraft(page, () => page.replaceWith("POST", "panel/assess"));
}

async function review(page, data, submitter) {
  const decision = submitter.value;
  await page.replaceWith("POST", "panel/review", {
    decision,
    comment: data.get("comment"),
    seen: data.get("seen"),
    covers: data.get("covers") || null,
  });
  return decision === "APPROVED" ? "Approved and recorded." : "Rejected and recorded.";
}

async function acknowledge(page, data) {
  await page.replaceWith("POST", "panel/acknowledge", { seen: data.get("seen") });
  return "Recorded that you have read them.";
}

async function release(page, data) {
  await page.replaceWith("POST", "panel/release", { reason: data.get("reason"), seen: data.get("seen") });
  return "Released and recorded.";
}

async function waive(page, data) {
  await page.replaceWith("POST", "panel/waive", {
    requirement: data.get("requirement"),
    reason: data.get("reason"),
    until: data.get("until"),
    seen: data.get("seen"),
  });
  return "Waived and recorded.";
}

async function endWaiver(page, data) {
  await page.replaceWith("POST", "panel/end-waiver", { waiver: data.get("waiver") });
  return "The waiver ended, and that is recorded.";
}

async function correct(page, data, submitter) {
  await page.replaceWith("POST", "panel/correct", {
    indicator: data.get("indicator"),
    correction: submitter.value,
    reason: data.get("reason"),
    seen: data.get("seen"),
  });
  return "Recorded, and assessed anew.";
}

/** Copies the prompt. Where the browser gives a frame no clipboard, the text is selected instead. */
async function copy({ root }) {
  const text = root.querySelector("[data-prompt]");
  try {
    await navigator.clipboard.writeText(text.value);
    return "Copied. Paste it into your AI assistant.";
  } catch {
    text.closest("details").open = true;
    text.focus();
    text.select();
    if (document.execCommand("copy")) return "Copied. Paste it into your AI assistant.";
    throw new Error("Jira does not let this panel copy. The text is selected: press Ctrl+C or ⌘C.");
  }
}

/** What somebody has begun to write outlives a look at what is there now. */
async function keepDraft({ root }, action) {
  const draft = root.querySelector("#cs-comment")?.value;
  await action();
  const comment = root.querySelector("#cs-comment");
  if (draft && comment) comment.value = draft;
}
