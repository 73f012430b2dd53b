// What the settings page's buttons do. What a fragment is, and what a host has to have: see `fragment.js`.

import { Page } from "./fragment.js";

/** Sets the settings page going in `root`. */
export function settings(root, host) {
  return new Page(root, host, {
    actions: { refresh, change },
    forms: { settings: save },
  });
}

export function refresh(page) {
  return page.replaceWith("GET", "settings");
}

const BANDS = ["LOW", "MEDIUM", "HIGH", "CRITICAL"];
const LISTS = ["approvedStatuses", "rejectedStatuses", "approveCommands", "rejectCommands", "gatedStatuses"];

/** Sends what the form says. That it was saved, the new fragment says itself. */
function save(page, data) {
  return page.replaceWith("POST", "settings", {
    project: text(data, "project")?.toUpperCase() ?? null,
    approverRole: text(data, "approverRole"),
    approverGroup: text(data, "approverGroup"),
    ownTicket: data.has("ownTicket"),
    rules: rules(data),
  });
}

/** The rules of review that the form says; what is as usual is left out. */
function rules(data) {
  const said = { enforcement: data.get("enforcement"), authors: data.has("authors") };
  const says = (band) => text(data, `approvals-${band}`) || text(data, `group-${band}`) || data.has(`code-${band}`);
  said.approvals = BANDS.filter(says).map((band) => ({
    from: band,
    approvals: Number(text(data, `approvals-${band}`) ?? 1),
    group: text(data, `group-${band}`),
    scope: data.has(`code-${band}`) ? "CODE" : "PLAN",
  }));
  for (const list of LISTS) said[list] = listOf(data.get(list));
  const group = text(data, "emergencyGroup");
  said.emergency = group && { group, hours: Number(text(data, "emergencyHours") ?? 24) };
  said.securityGroup = text(data, "securityGroup");
  return said;
}

/** Takes a row of the table into the form. */
async function change({ root }, { dataset }) {
  const { elements } = root.querySelector('form[data-action="settings"]');
  const known = JSON.parse(dataset.rules);
  elements.project.value = dataset.project;
  elements.approverRole.value = dataset.role;
  elements.approverGroup.value = dataset.group;
  elements.ownTicket.checked = dataset.own === "true";
  elements.enforcement.value = known.enforcement ?? "ENFORCE";
  elements.authors.checked = known.authors ?? false;
  for (const list of LISTS) elements[list].value = (known[list] ?? []).join(", ");
  elements.emergencyGroup.value = known.emergency?.group ?? "";
  elements.emergencyHours.value = known.emergency?.hours ?? "";
  elements.securityGroup.value = known.securityGroup ?? "";
  for (const band of BANDS) {
    const rule = (known.approvals ?? []).find(({ from }) => from === band);
    elements[`approvals-${band}`].value = rule?.approvals ?? "";
    elements[`group-${band}`].value = rule?.group ?? "";
    elements[`code-${band}`].checked = rule?.scope === "CODE";
  }
  root.querySelector("details.cs-rules").open = dataset.rules !== "{}";
  elements.project.focus();
}

function listOf(text) {
  return text.split(",").map((part) => part.trim()).filter(Boolean);
}

/** What a field holds; an empty one holds nothing. */
function text(data, name) {
  return data.get(name).trim() || null;
}
