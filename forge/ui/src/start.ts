// How a page begins under Forge: with nothing in it, since Forge keeps the page and our server the fragment.

import { invokeRemote, router, view } from "@forge/bridge";

import { Page } from "../../../assets/fragment.js";
import { forgeHost } from "./host.ts";

type Host = ReturnType<typeof forgeHost>;

/** Sets a page going and shows its first fragment. Nobody pressed a button for it, so the focus stays where it is. */
export async function start(set: (root: HTMLElement, host: Host) => Page, refresh: (page: Page) => Promise<void>) {
  const root = document.getElementById("countersign")!;
  const page = set(root, forgeHost({ invokeRemote, router, view }));
  try {
    await refresh(page);
  } catch (error) {
    const message = root.querySelector<HTMLElement>("[data-message]")!;
    message.textContent = (error as Error).message;
    message.dataset.kind = "error";
    message.hidden = false;
    root.querySelector("[data-loading]")?.remove();
    root.querySelector("button")!.hidden = false;
  }
}
