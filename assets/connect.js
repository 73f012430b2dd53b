// The panel's host under Atlassian Connect: who we are there, and what only the host can do.
// Knows nothing of what the panel shows.

const bridge = globalThis.AP;

export const host = {
  /** A fresh token for one call. Never kept: it is short-lived. */
  token: () => new Promise((resolve, reject) => {
    if (!bridge?.context?.getToken) {
      reject(new Error("Jira's bridge is not there"));
      return;
    }
    const late = setTimeout(() => reject(new Error("Jira's bridge does not answer")), 10_000);
    bridge.context.getToken((token) => {
      clearTimeout(late);
      if (token) resolve(token);
      else reject(new Error("Jira gave no token for this. Nothing was recorded: reload the issue."));
    });
  }),

  /** The header that carries the token. */
  authorization: (token) => `JWT ${token}`,

  /** Tells the host how tall the content is. */
  resize: (height) => bridge?.resize?.("100%", `${height}px`),

  /** Takes over the host's light or dark theme. */
  theme: () => bridge?.theming?.initializeTheming?.(),
};
