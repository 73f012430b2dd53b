// What is said when the server could not be asked, or would not. The same words under every host.

/** No answer came: nobody knows more than that. */
export function unreachable() {
  return new Error("Countersign cannot be reached. Nothing was recorded: try again in a minute.");
}

/** The server refused, with a problem body if it came to that. An id is named only where looking it up helps. */
export function refused(status, { detail, requestId } = {}) {
  const id = status >= 500 && requestId ? ` (request ${requestId})` : "";
  const error = new Error((detail ?? "Something went wrong. Nothing was recorded.") + id);
  return Object.assign(error, { status, detail, requestId });
}
