// A button that asks for files; the browser's own control speaks another language and looks otherwise.

import { h } from "./components/element.js";

/** A button that hands over the files that were chosen; `accept` as in HTML. */
export function fileButton(text, take, accept = "") {
  const input = h("input", { type: "file", accept, multiple: true, hidden: true });
  input.addEventListener("change", () => {
    const files = [...input.files];
    input.value = ""; // the same file can be chosen again
    if (files.length) take(files);
  });
  return h("span", {}, h("button", { type: "button", onclick: () => input.click() }, text), input);
}
