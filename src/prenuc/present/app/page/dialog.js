// A dialog: what goes wrong is said in it, and focus goes back to where it was.

import { h } from "./components/element.js";

/** Show a dialog until it is closed; returns it, with `close()`. */
export function dialog(title, ...content) {
  const close = h("button", { type: "button", class: "quiet", onclick: () => root.close() }, "Close");
  const head = h("div", { class: "bar" }, h("h2", {}, title), h("span", { class: "bar is-end" }, close));
  const troubles = h("div", { class: "troubles", role: "alert" });
  const root = h("dialog", { "aria-label": title }, h("div", { class: "stack" }, head, troubles, ...content));
  root.addEventListener("close", () => root.remove());
  document.body.append(root);
  root.showModal();
  return root;
}
