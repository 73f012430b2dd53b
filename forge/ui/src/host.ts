// The host under Forge: the server is asked through Jira, which adds who asks and for which issue. Knows nothing of
// what is shown, and brings no bridge of its own.

import { refused, unreachable } from "../../../assets/trouble.js";

/** What is used of `@forge/bridge`. */
export interface Bridge {
  invokeRemote(input: {
    path: string;
    method: "GET" | "POST";
    headers: Record<string, string>;
    body?: unknown;
  }): Promise<unknown>;
  router: { open(address: string): Promise<void> };
  view: { theme: { enable(): Promise<void> } };
}

type Members = Record<string, unknown>;

/** There is no `resize`: where a module names no `viewportSize`, Forge itself keeps the frame as tall as the content. */
export function forgeHost({ invokeRemote, router, view }: Bridge) {
  return {
    /** The fragment that the server answers with; an error that people can read otherwise. */
    async ask(method: "GET" | "POST", name: string, body?: unknown): Promise<string> {
      const headers = { "Accept": "application/json", "Content-Type": "application/json" };
      const asked = { path: `/forge/${name}`, method, headers, ...(body === undefined ? {} : { body }) };
      const answer = await invokeRemote(asked).catch((error: unknown) => ({ message: (error as Error)?.message }));
      return fragmentOf(members(answer));
    },

    /** Takes over Jira's theme, and every change of it. */
    theme: () => { view.theme.enable().catch(() => undefined); },

    /** A link: the frame itself may go nowhere. */
    open: (address: string) => { router.open(address).catch(() => undefined); },
  };
}

/**
 * The bridge resolves with what the server refused as well; Atlassian's page says that it rejects. Where in its answer
 * the body is then, neither says, so it is looked for.
 */
function fragmentOf(answer: Members): string {
  const places = [members(answer.body), members(answer.message), answer];
  const html = places.map((place) => place.html).find((found) => typeof found === "string");
  if (html !== undefined) return html as string;
  const problem = places.find(({ detail }) => typeof detail === "string") ?? {};
  const status = [answer.status, answer.statusCode, problem.status].map(Number).find((found) => found >= 400);
  if (status === undefined) throw unreachable();
  throw refused(status, problem as { detail?: string; requestId?: string });
}

/** An object's members, also where it came as JSON. */
function members(value: unknown): Members {
  if (typeof value === "object" && value !== null) return value as Members;
  if (typeof value !== "string") return {};
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === "object" && parsed !== null ? parsed as Members : {};
  } catch {
    return {};
  }
}
