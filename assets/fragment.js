// A fragment at work: it has no script, and says with `data-action` what is wanted; this module, with the host's
// help, does it and shows what comes back. The same fragment serves every host.
//
// A host has `ask(method, name, body)`, which gives the fragment that the server answers with or throws an error
// whose message people can read (`status` where the server refused), and `theme()`. It may have `resize(height)`
// and, where its frame cannot follow a link, `open(address)`.

import { clean } from "./clean.js";

/** What a fragment is shown in. `actions` and `forms` are what its buttons and forms do, by name. */
export class Page {
  constructor(root, host, { actions = {}, forms = {} }) {
    Object.assign(this, { root, host, actions, forms });
    root.addEventListener("click", (event) => this.#click(event));
    root.addEventListener("submit", (event) => {
      event.preventDefault();
      const form = event.target.closest("form[data-action]");
      const send = form && forms[form.dataset.action];
      if (send) this.run(event.submitter, () => send(this, new FormData(form), event.submitter));
    });
    root.addEventListener("toggle", () => this.#fit(), true);
    new ResizeObserver(() => this.#fit()).observe(root);
    host.theme();
    this.#fit();
  }

  /** Runs one action at a time; what came of it is said beside the button. */
  async run(button, action) {
    const about = button.dataset.action ?? button.form?.dataset.action;
    const buttons = [...this.root.querySelectorAll("button")];
    buttons.forEach((each) => { each.disabled = true; });
    this.#fallSilent();
    button.setAttribute("aria-busy", "true");
    try {
      const done = await action();
      if (done) this.#say(done, "done", about);
    } catch (error) {
      this.#say(error.message, "error", about);
      if (error.status === 409) this.#offerRefresh(about);
    } finally {
      buttons.forEach((each) => { each.disabled = false; });
      button.removeAttribute("aria-busy");
      this.#keepFocus(button, about);
      this.#fit();
    }
  }

  /** Asks the server and shows the fragment that it answers with. */
  async replaceWith(method, name, body) {
    const { root } = this;
    const fragment = clean(await this.host.ask(method, name, body));
    const open = [...root.querySelectorAll("details[open][class]")].map((each) => each.className);
    root.replaceChildren(fragment);
    root.querySelectorAll("details[class]").forEach((each) => { each.open = open.includes(each.className); });
  }

  #click(event) {
    const button = event.target.closest("button[data-action]");
    const action = button && this.actions[button.dataset.action];
    if (action) this.run(button, () => action(this, button));
    const link = event.target.closest("a[href]");
    if (link?.getAttribute("href").startsWith("#")) {
      event.preventDefault();
      this.#goTo(link.hash.slice(1));
    } else if (link && this.host.open) {
      event.preventDefault();
      this.host.open(link.href);
    }
  }

  // Inside a frame that is as tall as its content a link to a place moves nothing; taking the focus there does.
  #goTo(id) {
    const place = document.getElementById(id);
    if (!place) return;
    place.tabIndex = -1;
    place.focus();
  }

  /** Where an action says what came of it: beside its button, or on top. */
  #placeFor(about) {
    return this.root.querySelector(`[data-message="${about}"]`) ?? this.root.querySelector("[data-message]");
  }

  /** What was said is about an action before. */
  #fallSilent() {
    this.root.querySelectorAll("[data-message]").forEach((each) => { each.hidden = true; });
  }

  #say(text, kind, about) {
    this.#fallSilent();
    const place = this.#placeFor(about);
    place.textContent = text;
    place.dataset.kind = kind;
    place.hidden = false;
    place.scrollIntoView({ block: "nearest" });
  }

  #offerRefresh(about) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "cs-link", textContent: "Show it as it is now" });
    button.dataset.action = "refresh";
    this.#placeFor(about).append(" ", button);
  }

  /** A button that was disabled, or replaced with the fragment, takes the keyboard's place with it. */
  #keepFocus(button, about) {
    if (document.activeElement && document.activeElement !== document.body) return;
    const message = this.#placeFor(about);
    if (button.isConnected) button.focus({ preventScroll: true });
    else (message.hidden ? this.root : message).focus({ preventScroll: true });
  }

  #fit() {
    this.host.resize?.(Math.ceil(document.documentElement.getBoundingClientRect().height));
  }
}
