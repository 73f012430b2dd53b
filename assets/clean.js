// The last of three guards between a fragment and the page it goes into: the server escapes what it puts in, the
// host's content policy runs no inline script, and here nothing that could act by itself gets in at all.

const FORBIDDEN = "script, style, link, meta, base, iframe, frame, object, embed, template, svg, math, img, audio, video";
const ADDRESSES = new Set(["href", "src", "action", "formaction", "xlink:href"]);

/** The fragment's nodes, without what a fragment of ours never has. Nothing in it is loaded or run before. */
export function clean(html) {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  body.querySelectorAll(FORBIDDEN).forEach((each) => each.remove());
  for (const element of body.querySelectorAll("*")) {
    for (const { name, value } of [...element.attributes]) {
      if (name.startsWith("on") || name === "style" || (ADDRESSES.has(name) && !leadsSomewhere(value))) {
        element.removeAttribute(name);
      }
    }
  }
  const fragment = document.createDocumentFragment();
  fragment.append(...body.childNodes);
  return fragment;
}

/** A place in the fragment, or a page on the web. */
function leadsSomewhere(address) {
  return address.startsWith("#") || /^https?:\/\//i.test(address);
}
