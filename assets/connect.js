// The host under Atlassian Connect: who we are there, how the server is asked, and what only Jira can do.
// Starts the page that it is loaded by; knows nothing of what that shows.

import { panel } from "./panel.js";
import { settings } from "./settings.js";
import { refused, unreachable } from "./trouble.js";

const bridge = globalThis.AP;
const pages = { panel, settings };

/** A fresh token for one call. Never kept: it is short-lived. */
const token = () => new Promise((resolve, reject) => {
  if (!bridge?.context?.getToken) {
    reject(new Error("Jira's bridge is not there"));
    return;
  }
  const late = setTimeout(() => reject(new Error("Jira's bridge does not answer")), 10_000);
  bridge.context.getToken((given) => {
    clearTimeout(late);
    if (given) resolve(given);
    else reject(new Error("Jira gave no token for this. Nothing was recorded: reload the issue."));
  });
});

const host = {
  /** The fragment that the server answers with; an error that people can read otherwise. */
  async ask(method, name, body) {
    const headers = { Authorization: `JWT ${await token()}` };
    if (body) headers["Content-Type"] = "application/json";
    // The page itself has the plain address, so that its fragment has one of its own.
    const path = method === "GET" ? `${name}/fragment` : name;
    const sent = { method, headers, body: body && JSON.stringify(body), credentials: "omit" };
    const response = await fetch(path, sent).catch(() => { throw unreachable(); });
    if (!response.ok) throw refused(response.status, await response.json().catch(() => ({})));
    return response.text();
  },

  /** Tells the host how tall the content is. */
  resize: (height) => bridge?.resize?.("100%", `${height}px`),

  /** Takes over the host's light or dark theme. */
  theme: () => bridge?.theming?.initializeTheming?.(),
};

const root = document.getElementById("countersign");
pages[root.dataset.page](root, host);
