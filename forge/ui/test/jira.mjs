// A Jira that is none, as far as a page under Forge can tell: a host page whose frame holds what was built, under the
// content policy and the sandbox that Forge gives Custom UI, a bridge whose every call comes here, and the script that
// makes Forge's frames as tall as their content.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname } from "node:path";

const DIST = new URL("../dist/", import.meta.url);
const find = createRequire(import.meta.url).resolve;
const [OUTSIDE, INSIDE] = await Promise.all(
  ["iframeResizer.js", "iframeResizer.contentWindow.js"].map((name) => readFile(find(`iframe-resizer/js/${name}`), "utf8")),
);

/**
 * At least as strict as Forge's own, of which is published: scripts, styles and pictures from the page's own folder, no
 * inline script, no inline style (the manifest asks for none), and nothing fetched from anywhere.
 */
const POLICY = [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "font-src 'self'", "connect-src 'none'",
  "form-action 'none'", "base-uri 'none'",
].join("; ");
const SANDBOX = "allow-downloads allow-forms allow-modals allow-pointer-lock allow-same-origin allow-scripts";
const KINDS = { ".css": "text/css", ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".svg": "image/svg+xml" };

/** Serves what was built, each page in a folder with an unforeseeable name before it, as Forge does. */
async function serveBuilt() {
  return listen(async (path) => {
    const file = path.replace(/^\/app-[0-9]+\//, "").replace(/\/$/, "/index.html");
    if (file.includes("..") || file.startsWith("/")) return undefined;
    const body = await readFile(new URL(file, DIST)).catch(() => undefined);
    const headers = { "Content-Type": KINDS[extname(file)] ?? "", "Content-Security-Policy": POLICY };
    return body && { body, headers };
  });
}

function servePage(frame) {
  const body = `<!doctype html><html lang="en"><title>Jira</title><body><script src="/resizer.js"></script>
<iframe id="forge" title="Countersign" sandbox="${SANDBOX}" src="${frame}" style="width:600px;border:0"></iframe>
<script>iFrameResize({ checkOrigin: false, log: false }, "#forge");</script></body></html>`;
  const html = { body, headers: { "Content-Type": KINDS[".html"] } };
  const script = { body: OUTSIDE, headers: { "Content-Type": KINDS[".js"] } };
  return listen(async (path) => (path === "/resizer.js" ? script : html));
}

async function listen(answerTo) {
  const server = createServer(async (request, response) => {
    const answer = await answerTo(new URL(request.url, "http://host").pathname);
    response.writeHead(answer ? 200 : 404, answer?.headers);
    response.end(answer?.body);
  });
  await new Promise((listening) => { server.listen(0, "127.0.0.1", listening); });
  server.unref();
  return server;
}

/** What Forge puts before a page's own scripts. The frame's half of the resizer comes beside it. */
function bridge() {
  if (globalThis.self === globalThis.top) return;
  addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
    console.error(`policy: ${violatedDirective} ${blockedURI}`);
  });
  const wear = (theme) => { document.documentElement.dataset.colorMode = theme; };
  const own = {
    enableTheming: async () => {
      addEventListener("message", ({ data }) => { if (data?.theme) wear(data.theme); });
      wear("light");
    },
    setWorkflowRuleConfigurationCallback: async ({ data }) => {
      globalThis.saveRule = data.onConfigure;
      return true;
    },
  };
  globalThis.__bridge = { callBridge: (name, payload) => (own[name] ?? ((given) => globalThis.forge(name, given)))(payload) };
}

/**
 * Opens a built page. `answers` holds what the bridge says to each call; `calls` is what was called,
 * `hosts` whom the browser asked for anything.
 */
export async function openPage(browser, name, answers) {
  const built = await serveBuilt();
  const folder = `app-${Date.now()}`;
  const jira = await servePage(`http://127.0.0.1:${built.address().port}/${folder}/${name}/`);
  const context = await browser.newContext({ viewport: { width: 800, height: 900 }, permissions: [] });
  context.setDefaultTimeout(15_000);
  const [calls, complaints, hosts] = [[], [], new Set()];
  await context.exposeFunction("forge", async (call, payload) => {
    calls.push({ call, ...payload });
    return answers[call]?.(payload);
  });
  await context.addInitScript(bridge);
  await context.addInitScript(`if (self !== top) addEventListener("DOMContentLoaded", () => {\n${INSIDE}\n}, { once: true });`);
  const page = await context.newPage();
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) complaints.push(message.text()); });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => hosts.add(new URL(request.url()).hostname));
  await page.goto(`http://127.0.0.1:${jira.address().port}/`);
  const frame = page.frameLocator("#forge");
  return {
    page, frame, calls, complaints, hosts,
    document: async () => (await page.$("#forge")).contentFrame(),
    button: (label) => frame.getByRole("button", { name: label, exact: true }),
    wear: async (theme) => page.evaluate((worn) => document.getElementById("forge").contentWindow.postMessage({ theme: worn }, "*"), theme),
    height: () => page.evaluate(() => document.getElementById("forge").getBoundingClientRect().height),
    async message() {
      const message = frame.locator("[data-message]:visible");
      await message.waitFor();
      return { text: (await message.textContent()).trim(), kind: await message.getAttribute("data-kind") };
    },
    async close() {
      await context.close();
      for (const server of [built, jira]) server.close();
    },
  };
}

/** Waits until something holds. */
export async function until(what, holds) {
  const end = Date.now() + 15_000;
  while (Date.now() < end) {
    if (await holds()) return;
    await new Promise((pause) => { setTimeout(pause, 50); });
  }
  throw new Error(`waited in vain for ${what}`);
}
