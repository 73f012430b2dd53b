// The host's side of a ticket's page where Jira's own bridge hosts the panel: runs after jQuery, AUI and
// `connect-host.js`, in place of the look-alike's `host.js`. Supplies what Jira supplies to its bridge: tokens,
// context, the page's theme. How frames are made, spoken to and resized is the bridge's affair.
"use strict";

(() => {
  const { connectHost } = window;
  const root = document.documentElement;
  if (root.dataset.colorMode === "auto") root.dataset.colorMode = "light";
  root.dataset.theme = "light:light dark:dark";
  document.getElementById("theme").addEventListener("click", () => {
    root.dataset.colorMode = root.dataset.colorMode === "dark" ? "light" : "dark";
  });

  const place = document.getElementById("panel");
  if (!place) return;
  const { app, module, name, url, allow, sandbox, issue, context, viewer } = place.dataset;

  /** Marks an answer as a promise; the bridge hands what comes of it to callbacks as well. */
  const answering = (answer) => Object.assign(() => answer(), { returnsPromise: true });
  connectHost.defineModule("context", {
    getToken: answering(async () => {
      const answer = await fetch(`/host/context-token?issue=${encodeURIComponent(issue)}`);
      if (!answer.ok) throw new Error("no token");
      return (await answer.json()).token;
    }),
    getContext: answering(async () => JSON.parse(context)),
  });
  connectHost.defineModule("user", { getCurrentUser: answering(async () => ({ atlassianAccountId: viewer })) });
  connectHost.defineModule("jira", { refreshIssuePage: () => location.reload() });

  const made = connectHost.create({ addon_key: app, key: module, url, options: { autoresize: true, width: "100%" } });
  const frame = made.find("iframe")[0];
  Object.assign(frame, { title: name, allow, referrerPolicy: "no-referrer" });
  frame.sandbox.value = sandbox;
  place.append(made[0]);
})();
