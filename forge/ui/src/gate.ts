// The page of the workflow rule: finds the gate's field on this site and gives Jira the expression to save. Until
// it was saved once, the manifest's own expression lets nothing pass.

import "../../../assets/panel.css";
import { requestJira, view } from "@forge/bridge";
import { workflowRules } from "@forge/jira-bridge";

import { gateExpression, gateField } from "./gate_field.ts";

async function configure(): Promise<string> {
  const [{ localId }, answer] = await Promise.all([view.getContext(), requestJira("/rest/api/3/field")]);
  if (!answer.ok) throw new Error("Jira does not list its fields now. Close this and try again in a minute.");
  const field = gateField(await answer.json(), localId);
  if (!field) throw new Error("This site has no field “Countersign gate”. Install or upgrade Countersign, then try again.");
  await workflowRules.onConfigure(async () => JSON.stringify({ expression: gateExpression(field) }));
  return "Ready: save the rule to have it take effect.";
}

function say(text: string, kind: string) {
  const message = document.querySelector<HTMLElement>("[data-message]")!;
  message.textContent = text;
  message.dataset.kind = kind;
  message.hidden = false;
}

void view.theme.enable().catch(() => undefined);
configure().then((text) => say(text, "done"), (error: Error) => say(error.message, "error"));
