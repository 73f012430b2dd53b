// Fragments as the server renders them: its own templates, as strict about names as there. What is in them is made up.

import { readFile, readdir } from "node:fs/promises";

import Handlebars from "handlebars";

const TEMPLATES = new URL("../../../templates/", import.meta.url);
const read = (name) => readFile(new URL(name, TEMPLATES), "utf8");

const engine = Handlebars.create();
engine.registerHelper({
  eq: (one, other) => one === other,
  or: (one, other) => one || other,
  len: (list) => list.length,
  moment: (at) => `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`,
});
for (const file of await readdir(new URL("partials/", TEMPLATES))) {
  engine.registerPartial(file.replace(".hbs", ""), await read(`partials/${file}`));
}

const renderer = async (name) => {
  const template = engine.compile(await read(`${name}.hbs`), { strict: true });
  return (view) => template(view);
};
const [panel, settings] = await Promise.all([renderer("panel"), renderer("settings")]);

const PANEL = {
  state: "current",
  approval: "NONE",
  verdict: {
    relevant: true, severity: "HIGH", risk: "7.5", riskTenths: 75, factors: ["Card data"], dataClasses: ["CARDHOLDER"],
    frameworks: [{ title: "PCI DSS", version: "4.0.1", applies: true, because: "credit card", question: null }],
    evidence: [{ title: "Card data", suggested: true, clears: "Say so.", words: [{ text: "credit card", field: "summary", rule: "card" }] }],
    denied: [],
  },
  groups: [{ name: "Data", requirements: [
    { id: "r-1", title: "Encrypt", statement: "Encrypt card data in transit.", controls: ["PCI 4.2.1"], policy: false },
  ] }],
  acknowledgements: [{ event: "evt-1", who: "Ada", at: "2026-11-24T03:00:00Z" }],
  prompt: "Build it so that card data is encrypted in transit.",
  decision: null,
  needed: null,
  seen: "seen-1",
  covers: "link-1",
  release: null,
  emergency: null,
  history: [],
  licensed: true,
  integrity: {
    seq: 7, shortHash: "9b1f0c2a", intact: true, checkpoint: 8, verified: true, verifiedAt: "2026-11-24T03:00:00Z", verdict: "VERIFIED",
  },
};

/** The panel, with some of it otherwise. */
export const panelWith = (changes = {}) => panel({ ...PANEL, ...changes });

/** What is as usual is left out, as by the server. */
const PAY_RULES = {
  enforcement: "OBSERVE", approvals: [{ from: "HIGH", approvals: 2, group: "security", scope: "CODE" }], authors: true,
  gatedStatuses: ["Done"], emergency: { group: "on-call", hours: 4 }, securityGroup: "red-team",
};

const SETTINGS = {
  settings: [
    {
      project: null, approverRole: "Administrators", approverGroup: null, ownTicket: false,
      rules: { enforcement: "ENFORCE", approvals: [], authors: false, gated: [], emergency: null, securityGroup: null, deputies: [] }, rulesText: "{}",
    },
    {
      project: "PAY", approverRole: "Security", approverGroup: "payment-approvers", ownTicket: true,
      rules: { ...PAY_RULES, gated: ["Done"], emergency: PAY_RULES.emergency, securityGroup: "red-team", deputies: [] }, rulesText: JSON.stringify(PAY_RULES),
    },
  ],
  bands: ["LOW", "MEDIUM", "HIGH", "CRITICAL"],
  frameworks: [{ name: "PCI DSS", version: "4.0.1" }, { name: "SOC 2", version: "2017" }],
  canEdit: true,
  saved: false,
};

/** The settings page, with some of it otherwise. */
export const settingsWith = (changes = {}) => settings({ ...SETTINGS, ...changes });
