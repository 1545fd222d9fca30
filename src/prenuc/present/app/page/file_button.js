// A button that asks for a file; the browser's own control speaks another language and looks otherwise.

import { h } from "./components/element.js";

/** A button that hands over the file that was chosen; `accept` as in HTML. */
export function fileButton(text, take, { accept = "", multiple = false } = {}) {
  const input = h("input", { type: "file", accept, multiple, hidden: true });
  input.addEventListener("change", () => {
    const files = [...input.files];
    input.value = ""; // the same file can be chosen again
    if (files.length) take(multiple ? files : files[0]);
  });
  return h("span", {}, h("button", { type: "button", onclick: () => input.click() }, text), input);
}
