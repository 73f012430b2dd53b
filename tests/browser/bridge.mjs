// Jira's own bridge in place of the look-alike's: its host script on the ticket's page, its `all.js` in the frame.
// The scripts are the npm packages, unchanged; `bridge_host.js` is what Jira's page itself would bring.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const find = createRequire(import.meta.url).resolve;
const HOST = [
  find("jquery/dist/jquery.js"),
  find("@atlassian/aui/dist/aui/aui-prototyping.js"),
  // What the bridge's host takes from the page's own loader.
  { text: "window.require = (name) => { throw new Error(`no module ${name}`); };" },
  find("atlassian-connect-js/dist/connect-host.js"),
  new URL("bridge_host.js", import.meta.url),
];
const ALL = find("atlassian-connect-js/dist/iframe.js");

/** Where the bridge in the frame takes Atlassian's styles from. */
const STYLES = "https://connect-cdn.atl-paas.net";

/** What the bridge itself has to say on the console, about its age. */
const OWN_WORDS = [
  /^DEPRECATED /,
  /^\[ACJS\] Feature flag service is not initialised\./,
];

export const isOfTheBridge = (text) => OWN_WORDS.some((words) => words.test(text));

/** Makes a browser context's pages of this Jira hosted by the bridge. */
export async function hostByBridge(context, jira) {
  const parts = await Promise.all(HOST.map((part) => part.text ?? readFile(part, "utf8")));
  const script = (body) => (route) => route.fulfill({ contentType: "text/javascript; charset=utf-8", body });
  await context.route(`${jira}/host/host.js`, script(parts.join("\n;\n")));
  await context.route(`${jira}/connect/all.js`, script(await readFile(ALL, "utf8")));
  await context.route(`${STYLES}/**`, (route) => {
    const { pathname } = new URL(route.request().url());
    return route.fulfill({ contentType: "text/css", path: find(`atlassian-connect-js/dist${pathname}`) });
  });
}
