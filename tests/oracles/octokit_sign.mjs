// Signs what it reads as GitHub does, with the npm package `@octokit/webhooks-methods`. In: JSON lines of
// `{"secret", "body"}`. Out: a line with the signature for each.

import { createInterface } from "node:readline";

import { sign } from "@octokit/webhooks-methods";

for await (const line of createInterface({ input: process.stdin })) {
  const { secret, body } = JSON.parse(line);
  console.log(await sign(secret, body));
}
