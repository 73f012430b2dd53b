// The host's side of the page: theme, extra actions, and the bridge to the panel's iframe.
"use strict";

(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const stored = localStorage.getItem("color-mode");
  if (stored === "light" || stored === "dark") root.dataset.colorMode = stored;
  const mode = () => (root.dataset.colorMode === "auto" ? (dark.matches ? "dark" : "light") : root.dataset.colorMode);

  const toast = (flag) => {
    const box = document.createElement("div");
    box.className = `toast ${["success", "info", "warning", "error"].includes(flag.type) ? flag.type : "info"}`;
    const title = document.createElement("strong");
    title.textContent = String(flag.title ?? "");
    const body = document.createElement("div");
    body.textContent = String(flag.body ?? "");
    box.append(title, body);
    document.getElementById("toasts").append(box);
    if (flag.close !== "manual") setTimeout(() => box.remove(), 8000);
    else box.addEventListener("click", () => box.remove());
  };

  for (const form of document.querySelectorAll("form[data-confirm]")) {
    form.addEventListener("submit", (event) => {
      if (!confirm(form.dataset.confirm)) event.preventDefault();
    });
  }

  const outcome = document.getElementById("outcome");
  for (const button of document.querySelectorAll("[data-post]")) {
    button.addEventListener("click", async () => {
      outcome.hidden = false;
      outcome.textContent = `${button.textContent} …`;
      button.disabled = true;
      try {
        const answer = await fetch(button.dataset.post, { method: "POST" });
        const text = await answer.text();
        outcome.textContent = answer.ok ? text : `${answer.status} ${answer.statusText}\n${text}`;
      } catch {
        try {
          await fetch(button.dataset.post, { method: "POST", mode: "no-cors" });
          outcome.textContent = "Sent. The answer may not be read from this page.";
        } catch {
          outcome.textContent = "Nothing answered there.";
        }
      }
      button.disabled = false;
    });
  }

  const place = document.getElementById("panel");
  const frame = place && document.createElement("iframe");
  const origin = place?.dataset.origin;
  const tell = (message) => frame.contentWindow.postMessage({ sandboxAp: 1, ...message }, origin);

  document.getElementById("theme").addEventListener("click", () => {
    root.dataset.colorMode = mode() === "dark" ? "light" : "dark";
    localStorage.setItem("color-mode", root.dataset.colorMode);
    if (frame) tell({ event: "theme", mode: mode() });
  });

  if (!frame) return;

  const calls = {
    getToken: async () => {
      const answer = await fetch(`/host/context-token?issue=${encodeURIComponent(place.dataset.issue)}`);
      if (!answer.ok) throw new Error("no token");
      return (await answer.json()).token;
    },
    getContext: async () => JSON.parse(place.dataset.context),
    getCurrentUser: async () => ({ atlassianAccountId: place.dataset.viewer }),
    getTheme: async () => mode(),
    refreshIssuePage: async () => location.reload(),
    createFlag: async (flag) => toast(flag ?? {}),
    resize: async (width, height) => {
      const length = (value) => (/^\d+(\.\d+)?(px|%)?$/.test(String(value)) ? (isNaN(value) ? String(value) : `${value}px`) : null);
      if (length(width)) frame.style.width = length(width);
      if (length(height)) frame.style.height = length(height);
    },
  };

  addEventListener("message", async (event) => {
    if (event.source !== frame.contentWindow || event.origin !== origin) return;
    const { sandboxAp, id, call, args } = event.data ?? {};
    if (sandboxAp !== 1 || !Object.hasOwn(calls, call)) return;
    try {
      tell({ id, result: await calls[call](...(args ?? [])) });
    } catch (error) {
      tell({ id, error: String(error.message) });
    }
  });
  const { name, url, allow, sandbox } = place.dataset;
  Object.assign(frame, { title: name, src: url, allow, referrerPolicy: "no-referrer" });
  frame.sandbox.value = sandbox;
  place.append(frame);
})();
