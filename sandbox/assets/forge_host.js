// The host's side of Forge's bridge: the frame, and what the page within it asks for. The app's remote is asked by this
// site, which adds who asks and for which issue.
"use strict";

(() => {
  const place = document.getElementById("forge-panel");
  if (!place) return;
  const { name, url, origin, sandbox, issue, viewer } = place.dataset;
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const mode = () => (root.dataset.colorMode === "auto" ? (dark.matches ? "dark" : "light") : root.dataset.colorMode);
  const frame = document.createElement("iframe");
  const tell = (message) => frame.contentWindow?.postMessage({ sandboxForge: 1, ...message }, origin);

  const calls = {
    theme: async () => mode(),
    height: async (height) => { frame.style.height = `${Number(height)}px`; },
    getContext: async () => ({ accountId: viewer, extension: issue ? { issue: { key: issue } } : {} }),
    navigate: async ({ url: address }) => {
      const { protocol } = new URL(address, location);
      if (["http:", "https:"].includes(protocol)) open(address, "_blank", "noopener");
    },
    reload: async () => location.reload(),
    invoke: async ({ invokeType, path, method, headers, body }) => {
      if (invokeType !== "ui-remote-fetch") throw new Error("not called by this app");
      const answer = await fetch("/host/forge/invoke", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ issue, path, method, headers, body }),
      });
      return answer.json();
    },
  };

  addEventListener("message", async ({ source, origin: from, data }) => {
    if (source !== frame.contentWindow || from !== origin || data?.sandboxForge !== 1) return;
    const { id, call, payload } = data;
    try {
      if (!Object.hasOwn(calls, call)) throw new Error(`this look-alike has no ${call}`);
      tell({ id, result: await calls[call](payload) });
    } catch (error) {
      tell({ id, error: String(error.message) });
    }
  });
  new MutationObserver(() => tell({ theme: mode() })).observe(root, { attributeFilter: ["data-color-mode"] });

  Object.assign(frame, { title: name, src: url, referrerPolicy: "no-referrer" });
  frame.sandbox.value = sandbox;
  place.append(frame);
})();
