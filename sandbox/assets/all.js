// A small look-alike of the iframe API: hands an app's panel what the host page offers, by messages whose origin
// is checked on both sides.
"use strict";

(() => {
  const script = document.currentScript;
  const host = new URL(script.src).origin;
  const told = new URLSearchParams(location.search).get("xdm_e");
  if (told && new URL(told).origin !== host) {
    console.error("AP: the page that embeds this one is not the one that serves its script");
    return;
  }
  const options = {};
  for (const part of (script.dataset.options ?? "").split(";")) {
    const [name, value] = part.split(":").map((text) => text.trim());
    if (name) options[name] = value === undefined ? true : value === "true" ? true : value === "false" ? false : value;
  }

  const waiting = new Map();
  const listeners = new Map();
  let last = 0;
  const ask = (call, ...args) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      parent.postMessage({ sandboxAp: 1, id: last, call, args }, host);
    });
  const withCallback = (promise, callback) => {
    // The real one calls back with nothing when it fails.
    if (typeof callback === "function") promise.then(callback, () => callback());
    return promise;
  };

  let themed = false;
  const show = (mode) => {
    document.documentElement.setAttribute("data-color-mode", mode);
    document.documentElement.setAttribute("data-theme", `light:light dark:dark`);
  };

  addEventListener("message", (event) => {
    if (event.source !== parent || event.origin !== host || event.data?.sandboxAp !== 1) return;
    const { id, result, error, event: name, mode } = event.data;
    if (name === "theme" && themed) show(mode);
    const open = waiting.get(id);
    if (!open) return;
    waiting.delete(id);
    if (error) open.reject(new Error(error));
    else open.resolve(result);
  });

  window.AP = {
    context: {
      getToken: (callback) => withCallback(ask("getToken"), callback),
      getContext: (callback) => withCallback(ask("getContext"), callback),
    },
    resize: (width, height) => {
      const tall = height ?? document.documentElement.scrollHeight;
      ask("resize", width ?? "100%", tall).catch(() => {});
    },
    sizeToParent: () => {},
    flag: {
      create: (flag) => {
        ask("createFlag", { title: flag?.title, body: flag?.body, type: flag?.type, close: flag?.close }).catch(() => {});
        return { close: () => {}, on: () => {} };
      },
    },
    theming: {
      initializeTheming: () => {
        themed = true;
        return ask("getTheme").then(show);
      },
    },
    jira: { refreshIssuePage: () => void ask("refreshIssuePage").catch(() => {}) },
    user: { getCurrentUser: (callback) => withCallback(ask("getCurrentUser"), callback) },
    events: {
      on: (name, listener) => listeners.set(name, [...(listeners.get(name) ?? []), listener]),
      emit: (name, ...args) => (listeners.get(name) ?? []).forEach((listener) => listener(...args)),
    },
  };

  if (options.resize === false) return;
  let shown = 0;
  const fit = () => {
    const body = document.body;
    const tall = Math.ceil(body.getBoundingClientRect().bottom + scrollY + parseFloat(getComputedStyle(body).marginBottom || 0));
    if (tall <= 0 || tall === shown) return;
    shown = tall;
    AP.resize("100%", tall);
  };
  const watch = () => {
    new ResizeObserver(fit).observe(document.body);
    fit();
  };
  if (document.body) watch();
  else addEventListener("DOMContentLoaded", watch);
})();
