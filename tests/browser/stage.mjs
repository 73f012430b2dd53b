// The stage: a directory, the Jira look-alike and the server as processes of their own, and the app installed.
// Knows no browser.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const PATIENCE_MS = 30_000;
/** Whether the app comes through Forge's door. */
const FORGE = process.env.HOST === "forge";
/** The app that is registered with every look-alike. */
const FORGE_APP = "ari:cloud:ecosystem::app/5a1d80a5-0000-4000-8000-00000000f09e";
const FORGE_PAGES = fileURLToPath(new URL("../../forge/ui/dist", import.meta.url));
const programs = new Set();

process.on("exit", () => programs.forEach((program) => program.kill("SIGKILL")));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

/** Everything that runs for one file of tests. */
export class Stage {
  /** Starts everything and, unless told otherwise, installs the app. */
  static async set({ install = true } = {}) {
    const stage = new Stage();
    stage.directory = await mkdtemp(join(tmpdir(), "countersign-browser-"));
    await stage.#startJira();
    const port = await freePort();
    stage.server = `http://127.0.0.1:${port}`;
    await stage.startServer();
    if (install) await stage.install();
    return stage;
  }

  async install() {
    if (FORGE) {
      const { installed } = await this.control("POST", "/forge/install", { remote: this.server });
      assert.equal(installed, 202);
      return;
    }
    const descriptorUrl = `${this.server}/atlassian-connect.json`;
    const { installed, enabled } = await this.control("POST", "/install", { descriptorUrl });
    assert.deepEqual([installed, enabled], [204, 204]);
  }

  /** A call to the look-alike's own controls. */
  async control(method, path, body) {
    const response = await fetch(`${this.jira}/sandbox/api${path}`, {
      method,
      headers: body && { "Content-Type": "application/json" },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
    return text && JSON.parse(text);
  }

  /** Makes a ticket as Ben and waits until its assessment is recorded. */
  async ticket(fields = {}) {
    const { key } = await this.control("POST", "/issues?as=ben", { ...PAYMENT, ...fields });
    await this.recorded(key, (property) => property);
    return key;
  }

  /** Waits until the property on the ticket is as wanted: then the server has recorded what it says. */
  recorded(key, wanted) {
    return waitFor(`the property of ${key}`, async () => {
      const { countersign } = await this.control("GET", `/issues/${key}/properties`);
      return wanted(countersign) && countersign;
    });
  }

  /** Jira, at its own address or at Forge's gateway, answers the app's calls with 503 until `mend`. */
  breakJira() {
    return this.control("POST", "/faults", { kind: "status", status: 503, pathPrefix: FORGE ? "/ex" : "/rest" });
  }

  mendJira() {
    return this.control("DELETE", "/faults");
  }

  async startServer() {
    const log = createWriteStream(join(this.directory, "server.log"), { flags: "a" });
    await once(log, "open");
    this.serverProgram = start("countersign-server", [], ["ignore", "ignore", log], this.#settings());
    await waitFor("the server", async () => (await fetch(`${this.server}/health/ready`)).ok);
  }

  #settings() {
    const { host } = new URL(this.jira);
    return {
      COUNTERSIGN_ADDRESS: this.server,
      COUNTERSIGN_LISTEN: new URL(this.server).host,
      DATABASE_URL: `sqlite:${join(this.directory, "countersign.sqlite")}`,
      COUNTERSIGN_DATA: join(this.directory, "data"),
      COUNTERSIGN_ALLOWED_HOSTS: host,
      COUNTERSIGN_INSTALL_KEYS: `${this.jira}/install-keys`,
      COUNTERSIGN_CONNECT_JS: `${this.jira}/connect/all.js`,
      COUNTERSIGN_CHECKPOINT_SECONDS: "1",
      ...(FORGE && {
        COUNTERSIGN_FORGE_APP: FORGE_APP,
        COUNTERSIGN_FORGE_KEYS: `${this.jira}/forge/jwks.json`,
        COUNTERSIGN_FORGE_GATEWAY: this.jira,
      }),
    };
  }

  /** Runs one of the operator's commands; gives what it prints. */
  async operate(...command) {
    const program = start("countersign-server", command, ["ignore", "pipe", "inherit"], this.#settings());
    const ended = once(program, "exit");
    let printed = "";
    for await (const piece of program.stdout) printed += piece;
    const [code] = await ended;
    assert.equal(code, 0, `countersign-server ${command[0]} ${command[1]}`);
    return printed;
  }

  stopServer() {
    return end(this.serverProgram);
  }

  /** Ends the programs and removes what they wrote. */
  async strike() {
    await Promise.all([end(this.serverProgram), end(this.jiraProgram)]);
    await rm(this.directory, { recursive: true, force: true });
  }

  async #startJira() {
    const options = ["--title", "Jira look-alike", ...(FORGE ? ["--custom-ui", FORGE_PAGES] : [])];
    this.jiraProgram = start("countersign-sandbox", options, ["ignore", "pipe", "inherit"]);
    for await (const line of createInterface({ input: this.jiraProgram.stdout })) {
      assert.match(line, /^sandbox ready /);
      this.jira = line.slice("sandbox ready ".length).trim();
      return;
    }
    assert.fail("the Jira look-alike did not start");
  }
}

/** A ticket about which there is much to say. */
const PAYMENT = {
  project: "PAY",
  summary: "Add credit card payment to checkout flow",
  description: "Customers in the EU pay with a credit card. Card data goes to an external payment API.",
  issueType: "Story",
  priority: "High",
};

/** Waits until something has happened, and gives what it gave. */
export async function waitFor(what, happened) {
  const until = Date.now() + PATIENCE_MS;
  while (Date.now() < until) {
    const outcome = await happened().catch(() => false);
    if (outcome) return outcome;
    await pause(100);
  }
  assert.fail(`waited in vain for ${what}`);
}

function start(name, options, stdio, settings = {}) {
  const program = spawn(join(process.env.COUNTERSIGN_BIN, name), options, {
    stdio,
    env: { ...process.env, ...settings },
  });
  program.on("error", (error) => assert.fail(`${name} could not be started: ${error.message}`));
  programs.add(program);
  return program;
}

async function end(program) {
  programs.delete(program);
  if (program.exitCode !== null || program.signalCode !== null) return;
  program.kill("SIGTERM");
  await once(program, "exit");
}

async function freePort() {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address();
  listener.close();
  await once(listener, "close");
  return port;
}
