// The lozenge's words, the same as in the panel. Asks nobody anything.

const APPROVAL = {
  APPROVED: { label: "APPROVED", type: "success" },
  REJECTED: { label: "REJECTED", type: "removed" },
  STALE: { label: "STALE", type: "moved" },
  NONE: { label: "NOT APPROVED", type: "default" },
};

/** What the property says; where there is none, or none that we know, that nothing is recorded. */
export function lozengeOf(property) {
  const known = Object.hasOwn(APPROVAL, property?.approval ?? "");
  return { type: "lozenge", value: known ? APPROVAL[property.approval] : { label: "NOT RECORDED", type: "default" } };
}
