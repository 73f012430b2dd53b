// Clients of the Model Context Protocol by those who keep it, as judges of our tools over both transports: the TypeScript
// SDK and the Inspector's command line list every tool and call it. Run by `cargo test -p tests --test e2e` with a server,
// keys and an issue; says `N checks` and ends with 0, or says what is not as it should be.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const { COUNTERSIGN_URL: url, COUNTERSIGN_API_KEY: key, NARROW_KEY: narrow, ISSUE: issue, COUNTERSIGN_BIN: bin } = process.env;
const program = join(bin, "countersign");
const refusedKey = `ak_test_${"0".repeat(32)}`;
const claims = [{ requirement: "REQ-ENC-AT-REST", path: "src/card.rs", firstLine: 4, lastLine: 9 }];
const calls = [
  ["get_requirements", { issue }, (answer) => assert.equal(answer.structuredContent.ticket, issue)],
  ["get_prompt", { issue, intent: "Build it" }, (answer) => assert.match(answer.content[0].text, /Security requirements/)],
  ["validate", { issue }, (answer) => assert.equal(answer.structuredContent.passes, true)],
  ["record_claims", { issue, claims }, (answer) => assert.equal(answer.structuredContent.claims[0].path, "src/card.rs")],
];
let checks = 0;

const overHttp = (key) => new StreamableHTTPClientTransport(new URL(`${url}/mcp`), {
  requestInit: { headers: { Authorization: `Bearer ${key}` } },
});
const overStdio = (key) => new StdioClientTransport({
  command: program, args: ["mcp"], env: { COUNTERSIGN_URL: url, COUNTERSIGN_API_KEY: key },
});

async function withClient(transport, use) {
  const client = new Client({ name: "oracle", version: "1" });
  await client.connect(transport);
  try {
    await use(client);
  } finally {
    await client.close();
  }
}

for (const transport of [overHttp, overStdio]) {
  await withClient(transport(key), async (client) => {
    assert.equal(client.getServerVersion().name, "countersign");
    const { tools } = await client.listTools();
    assert.deepEqual(tools.map((tool) => tool.name).sort(), calls.map(([name]) => name).sort());
    for (const tool of tools) {
      assert.ok(tool.description.length > 40 && tool.inputSchema.required.includes("issue"), tool.name);
    }
    for (const [name, args, check] of calls) {
      const answer = await client.callTool({ name, arguments: args });
      assert.ok(!answer.isError, JSON.stringify(answer));
      check(answer);
      checks += 1;
    }
    for (const args of [{ issue: "nonsense" }, { issue: "PAY-999999" }, { issues: [issue] }, { issue, approve: true }]) {
      const answer = await client.callTool({ name: "validate", arguments: args });
      assert.equal(answer.isError, true, JSON.stringify(answer));
      checks += 1;
    }
  });
  await withClient(transport(narrow), async (client) => {
    const answer = await client.callTool({ name: "record_claims", arguments: { issue, claims } });
    assert.equal(answer.isError, true);
    assert.match(answer.content[0].text, /claims:write/);
    checks += 1;
  });
}

// Who has no key is not let in over HTTP, and gets no answer from a tool over the other.
await assert.rejects(withClient(overHttp(refusedKey), () => {}), /401|API key/);
await withClient(overStdio(refusedKey), async (client) => {
  const answer = await client.callTool({ name: "get_prompt", arguments: { issue } });
  assert.equal(answer.isError, true);
  assert.match(answer.content[0].text, /API key/);
});
checks += 2;

// A client of the version without a handshake says with each request what it speaks.
const meta = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "oracle", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": {},
};
const listed = await fetch(`${url}/mcp`, {
  method: "POST",
  headers: {
    Authorization: `Bearer ${key}`, "Content-Type": "application/json", Accept: "application/json, text/event-stream",
    "MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/list",
  },
  body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: { _meta: meta } }),
});
const told = await listed.text();
assert.equal(listed.status, 200, told);
assert.equal(JSON.parse(told).result.tools.length, calls.length);
checks += 1;

async function inspector(...words) {
  const main = join(import.meta.dirname, "node_modules/.bin/mcp-inspector");
  const child = spawn(process.execPath, [main, "--cli", ...words], { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NO_COLOR: "1" } });
  let out = "", err = "";
  child.stdout.on("data", (data) => { out += data; });
  child.stderr.on("data", (data) => { err += data; });
  const [code] = await once(child, "close");
  return { code, out, err };
}

const doors = [
  [`${url}/mcp`, "--transport", "http", "--header", `Authorization: Bearer ${key}`],
  [program, "mcp", "-e", `COUNTERSIGN_URL=${url}`, "-e", `COUNTERSIGN_API_KEY=${key}`],
];
for (const door of doors) {
  const { code, out, err } = await inspector(...door, "--method", "tools/list", "--strict");
  assert.equal(code, 0, out + err);
  for (const [name] of calls) assert.ok(out.includes(name), out);
  checks += 1;
  for (const [name, args] of calls) {
    const words = Object.entries(args).flatMap(([name, value]) => {
      return ["--tool-arg", `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`];
    });
    const { code, out, err } = await inspector(...door, "--method", "tools/call", "--tool-name", name, ...words);
    assert.equal(code, 0, `${name}: ${out}${err}`);
    assert.ok(!JSON.parse(out).isError, out);
    checks += 1;
  }
}
const { code } = await inspector(`${url}/mcp`, "--transport", "http", "--header", `Authorization: Bearer ${refusedKey}`, "--method", "tools/list");
assert.notEqual(code, 0);
checks += 1;

console.log(`${checks} checks`);
