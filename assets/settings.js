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

/** Sends what the form says. That it was saved, the new fragment says itself. */
function save(page, data) {
  return page.replaceWith("POST", "settings", {
    project: text(data, "project")?.toUpperCase() ?? null,
    approverRole: text(data, "approverRole"),
    approverGroup: text(data, "approverGroup"),
    ownTicket: data.has("ownTicket"),
  });
}

/** Takes a row of the table into the form. */
async function change({ root }, { dataset }) {
  const { elements } = root.querySelector('form[data-action="settings"]');
  elements.project.value = dataset.project;
  elements.approverRole.value = dataset.role;
  elements.approverGroup.value = dataset.group;
  elements.ownTicket.checked = dataset.own === "true";
  elements.project.focus();
}

/** What a field holds; an empty one holds nothing. */
function text(data, name) {
  return data.get(name).trim() || null;
}
