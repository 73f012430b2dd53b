// The frame's side of Forge's bridge: what `@forge/bridge` calls goes to the page around the frame, and comes back.
// Follows that page's theme, and tells it how tall the content is.
"use strict";

(() => {
  const waiting = new Map();
  let last = 0;
  const tell = (message) => parent.postMessage({ sandboxForge: 1, ...message }, "*");
  const ask = (call, payload) => new Promise((resolve, reject) => {
    last += 1;
    waiting.set(last, { resolve, reject });
    tell({ id: last, call, payload });
  });

  let themed = false;
  const wear = (mode) => { if (themed) document.documentElement.dataset.colorMode = mode; };
  const own = {
    enableTheming: async () => {
      themed = true;
      wear(await ask("theme"));
    },
  };

  addEventListener("message", ({ source, data }) => {
    if (source !== parent || data?.sandboxForge !== 1) return;
    if (data.theme) wear(data.theme);
    const caller = waiting.get(data.id);
    if (!caller) return;
    waiting.delete(data.id);
    if ("error" in data) caller.reject(new Error(data.error));
    else caller.resolve(data.result);
  });

  addEventListener("DOMContentLoaded", () => {
    const content = document.documentElement;
    new ResizeObserver(() => tell({ call: "height", payload: Math.ceil(content.getBoundingClientRect().height) })).observe(content);
  });

  globalThis.__bridge = { callBridge: (call, payload) => (own[call] ? own[call](payload) : ask(call, payload)) };
})();
