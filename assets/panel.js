// What the panel's buttons do. The fragment itself has no script: it says with `data-action` what is
// wanted, and this module, with the host's help, does it. The same fragment serves every host.

import { host } from "./connect.js";

const root = document.getElementById("countersign");

const actions = {
  refresh: () => keepDraft(() => replaceWith("GET", "panel/fragment")),
  assess: () => keepDraft(() => replaceWith("POST", "panel/assess")),
  copy,
};

root.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-action]");
  if (button) run(button, actions[button.dataset.action]);
});

// Inside a frame that is as tall as its content a link to a place moves nothing; taking the focus there does.
root.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#"]');
  if (!link) return;
  event.preventDefault();
  const place = document.getElementById(link.hash.slice(1));
  place.tabIndex = -1;
  place.focus();
});

root.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target.closest('form[data-action="review"]');
  if (form) run(event.submitter, () => review(form, event.submitter));
});

root.addEventListener("toggle", fit, true);
new ResizeObserver(fit).observe(root);
host.theme();
fit();

/** Runs one action at a time; what came of it is said beside the button. */
async function run(button, action) {
  const about = button.dataset.action ?? button.form?.dataset.action;
  const buttons = [...root.querySelectorAll("button")];
  buttons.forEach((each) => { each.disabled = true; });
  button.setAttribute("aria-busy", "true");
  try {
    const done = await action();
    if (done) say(done, "done", about);
  } catch (error) {
    say(error.message, "error", about);
    if (error.outdated) offerRefresh(about);
  } finally {
    buttons.forEach((each) => { each.disabled = false; });
    button.removeAttribute("aria-busy");
    keepFocus(button, about);
    fit();
  }
}

async function review(form, submitter) {
  const data = new FormData(form);
  const decision = submitter.value;
  await replaceWith("POST", "panel/review", {
    decision,
    comment: data.get("comment"),
    seen: data.get("seen"),
  });
  return decision === "APPROVED" ? "Approved and recorded." : "Rejected and recorded.";
}

/** Copies the prompt. Where the browser gives a frame no clipboard, the text is selected instead. */
async function copy() {
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

/** Asks the server and shows the fragment that it answers with. */
async function replaceWith(method, path, body) {
  const headers = { Authorization: host.authorization(await host.token()) };
  if (body) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(path, { method, headers, body: body && JSON.stringify(body), credentials: "omit" });
  } catch {
    throw new Error("Countersign cannot be reached. Nothing was recorded: try again in a minute.");
  }
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    const ours = response.status >= 500 && problem.requestId;
    const id = ours ? ` (request ${problem.requestId})` : "";
    const error = new Error((problem.detail ?? "Something went wrong. Nothing was recorded.") + id);
    throw Object.assign(error, { outdated: response.status === 409 });
  }
  const fragment = await response.text();
  const open = [...root.querySelectorAll("details[open][class]")].map((each) => each.className);
  root.innerHTML = fragment;
  root.querySelectorAll("details[class]").forEach((each) => { each.open = open.includes(each.className); });
}

/** What somebody has begun to write outlives a look at what is there now. */
async function keepDraft(action) {
  const draft = root.querySelector("#cs-comment")?.value;
  await action();
  const comment = root.querySelector("#cs-comment");
  if (draft && comment) comment.value = draft;
}

/** Where an action says what came of it: beside its button, or on top. */
function placeFor(about) {
  return root.querySelector(`[data-message="${about}"]`) ?? root.querySelector("[data-message]");
}

function say(text, kind, about) {
  root.querySelectorAll("[data-message]").forEach((each) => { each.hidden = true; });
  const place = placeFor(about);
  place.textContent = text;
  place.dataset.kind = kind;
  place.hidden = false;
  place.scrollIntoView({ block: "nearest" });
}

function offerRefresh(about) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "cs-link", textContent: "Show it as it is now" });
  button.dataset.action = "refresh";
  placeFor(about).append(" ", button);
}

/** A button that was disabled, or replaced with the fragment, takes the keyboard's place with it. */
function keepFocus(button, about) {
  if (document.activeElement && document.activeElement !== document.body) return;
  const message = placeFor(about);
  if (button.isConnected) button.focus({ preventScroll: true });
  else (message.hidden ? root : message).focus({ preventScroll: true });
}

function fit() {
  host.resize(Math.ceil(document.documentElement.getBoundingClientRect().height));
}
