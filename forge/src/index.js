// What Forge itself runs of us: nothing but the lozenge beside the issue context. Everything else is the server's.

import api, { route } from "@forge/api";

import { lozengeOf } from "./lozenge.js";

/** How the issue stands, from the property that the server writes. Whoever opens the context sees the record itself. */
export async function lozenge({ extension: { issue } }) {
  const path = route`/rest/api/3/issue/${issue.id}/properties/countersign`;
  const answer = await api.asApp().requestJira(path);
  return { status: lozengeOf(answer.ok ? (await answer.json()).value : undefined) };
}
