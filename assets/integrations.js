// The page on which integrations are made, seen and removed. It calls the API with the key that was typed, which stays in
// this page's memory. What others wrote is set as text, never as HTML.

let key = "";

const at = (id) => document.getElementById(id);
const listOf = (text) => text.split(",").map((part) => part.trim()).filter(Boolean);

at("enter").addEventListener("submit", (event) => {
  event.preventDefault();
  key = new FormData(event.target).get("key").trim();
  doing(event.target, async () => {
    await show();
    at("within").hidden = false;
    event.target.reset();
  });
});

const opensDataCenter = () => at("jira-kind").value === "data-center";

/** Asks for what opens a site of the kind that is chosen. */
function askForKind() {
  const dataCenter = opensDataCenter();
  at("jira-email-line").hidden = dataCenter;
  at("jira-email").required = !dataCenter;
  at("jira-token-label").textContent = dataCenter ? "Personal access token of the account" : "API token of the account";
}
at("jira-kind").addEventListener("change", askForKind);
at("connect-jira").addEventListener("reset", () => queueMicrotask(askForKind));
askForKind();

at("connect-jira").addEventListener("submit", (event) => {
  event.preventDefault();
  const data = new FormData(event.target);
  const token = data.get("token");
  const opens = opensDataCenter() ? { personalAccessToken: token } : { userEmail: data.get("userEmail"), apiToken: token };
  const body = { jiraBaseUrl: data.get("jiraBaseUrl"), ...opens, projects: listOf(data.get("projects")) };
  if (data.get("linkPattern").trim()) body.linkPattern = data.get("linkPattern").trim();
  if (data.get("captureFields").trim()) body.captureFields = listOf(data.get("captureFields"));
  doing(event.target, async () => {
    const made = await call("POST", "jira", body);
    event.target.reset();
    await show();
    const preview = made.linkPreview.map(({ key, linked }) => `${key}: ${linked ? "would be linked" : "would not be linked"}`);
    tellOnce(made.webhookUrl, made.webhookSecret ?? "as before", made.events, [...made.warnings, ...preview]);
  });
});

at("register-github").addEventListener("submit", (event) => {
  event.preventDefault();
  const data = new FormData(event.target);
  const body = { baseUrl: data.get("baseUrl"), repositories: listOf(data.get("repositories")) };
  if (data.get("accessToken").trim()) body.accessToken = data.get("accessToken").trim();
  doing(event.target, async () => {
    const made = await call("POST", "github", body);
    event.target.reset();
    await show();
    tellOnce(made.webhookUrl, made.secret, made.events, made.warnings);
  });
});

async function show() {
  const [jira, github] = await Promise.all([call("GET", "jira"), call("GET", "github")]);
  at("jira-list").replaceChildren(
    ...jira.integrations.map((site) =>
      row(
        [site.jiraBaseUrl, site.projects.join(", "), site.state, site.lastSync ?? "not yet", site.lastError ?? ""],
        site.state === "ENABLED" && [
          ["Read now", () => call("POST", `jira/${site.id}/sync`, {})],
          ["Remove", () => call("DELETE", `jira/${site.id}`)],
        ],
      ),
    ),
  );
  at("github-list").replaceChildren(
    ...github.integrations.map((host) =>
      row(
        [host.baseUrl, host.state, host.access ?? "none", host.lastError ?? ""],
        host.state === "ENABLED" && [["Remove", () => call("DELETE", `github/${host.id}`)]],
      ),
    ),
  );
}

/** A row of a table: its cells, and buttons for what can be done. */
function row(cells, deeds) {
  const line = document.createElement("tr");
  for (const text of cells) line.append(Object.assign(document.createElement("td"), { textContent: text }));
  const last = document.createElement("td");
  for (const [name, deed] of deeds || []) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: name });
    button.setAttribute("aria-label", `${name}: ${cells[0]}`);
    button.addEventListener("click", () =>
      doing(button, async () => {
        await deed();
        await show();
        say("Done.");
      }),
    );
    last.append(button);
  }
  line.append(last);
  return line;
}

function tellOnce(url, secret, events, warnings) {
  at("webhook-url").textContent = url;
  at("webhook-secret").textContent = secret;
  at("webhook-events").textContent = events.join(", ");
  at("warnings").replaceChildren(
    ...warnings.map((text) => Object.assign(document.createElement("li"), { textContent: text })),
  );
  at("shown-once").hidden = false;
  at("shown-once").focus();
}

/** Does something, with its button or form held meanwhile; what goes wrong is said. */
async function doing(within, deed) {
  const buttons = within.matches("button") ? [within] : [...within.querySelectorAll("button")];
  for (const button of buttons) button.disabled = true;
  at("message").hidden = true;
  try {
    await deed();
  } catch (error) {
    say(error.message);
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}

function say(text) {
  at("message").textContent = text;
  at("message").hidden = false;
  at("message").focus();
}

/** Calls the API; what it refuses is an error in its own words. */
async function call(method, path, body) {
  const headers = { Authorization: `Bearer ${key}` };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(`v1/integrations/${path}`, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store",
      credentials: "omit",
      referrerPolicy: "no-referrer",
    });
  } catch {
    throw new Error("Countersign cannot be reached. Nothing was changed: try again.");
  }
  const text = await answer.text();
  if (answer.ok) return text ? JSON.parse(text) : null;
  let detail;
  try {
    detail = JSON.parse(text).detail;
  } catch {
    detail = null;
  }
  throw new Error(detail ?? `Countersign answered with ${answer.status}. Nothing was changed.`);
}
