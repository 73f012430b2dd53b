// Which of a site's fields is the gate, and what the workflow rule asks of it. Asks nobody anything.

/** A field as `GET /rest/api/3/field` lists it. */
export interface Field {
  id: string;
  schema?: { custom?: string };
}

const MODULE = "countersign-gate-field";
const OUR_MODULES = /^(ari:cloud:ecosystem::extension\/[^/]+\/[^/]+\/static\/)[^/]+$/;

/**
 * The id of the gate's field. Another app, and this app's other environments, may have a field by the same key: where
 * the page's own id says whose page it is, only that one's counts.
 */
export function gateField(fields: Field[], localId: string): string | undefined {
  const [, ours] = OUR_MODULES.exec(localId) ?? [];
  const ids = fields
    .filter(({ schema }) => ours === undefined
      ? schema?.custom?.endsWith(`/static/${MODULE}`)
      : schema?.custom === `${ours}${MODULE}`)
    .map(({ id }) => id)
    .filter((id) => /^customfield_[0-9]+$/.test(id));
  return ids.length === 1 ? ids[0] : undefined;
}

/** The rule's expression: Jira evaluates it at each transition. An empty field, and an error, let nothing pass. */
export function gateExpression(field: string): string {
  return `issue.${field} == 'OPEN'`;
}
