// A look-alike of Jira as a process of its own, for as long as a file of tests runs.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** Starts one; gives its address and what ends it. */
export async function openSite() {
  const program = spawn(join(process.env.COUNTERSIGN_BIN, "countersign-sandbox"), { stdio: ["ignore", "pipe", "inherit"] });
  process.on("exit", () => program.kill("SIGKILL"));
  for await (const line of createInterface({ input: program.stdout })) {
    assert.match(line, /^sandbox ready /);
    const close = async () => {
      program.kill("SIGTERM");
      await once(program, "exit");
    };
    return { address: line.slice("sandbox ready ".length).trim(), close };
  }
  return assert.fail("the look-alike did not start");
}
