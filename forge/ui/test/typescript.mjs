// Lets node's test runner load our TypeScript, by the transformer that builds it: `node --import ./test/typescript.mjs`.

import { register } from "node:module";

register("./typescript_hooks.mjs", import.meta.url);
