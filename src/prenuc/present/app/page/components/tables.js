// Tables of the package, and the line that makes the same on the command line.

import { h } from "./element.js";

/** A table {headings, rows, caption} in a region that scrolls by itself. */
export function tableOf({ headings, rows, caption }, label = caption) {
  return h(
    "div",
    { class: "scrolls", tabindex: 0, role: "region", "aria-label": label || "Table" },
    h(
      "table",
      { class: "numbers" },
      caption ? h("caption", {}, caption) : null,
      h("thead", {}, h("tr", {}, headings.map((text) => h("th", { scope: "col" }, text)))),
      h(
        "tbody",
        {},
        rows.map((row) =>
          h("tr", {}, row.map((cell, place) => (place ? h("td", {}, cell) : h("th", { scope: "row" }, cell)))),
        ),
      ),
    ),
  );
}

/** What would be typed for the same, ready to be copied. */
export function commandLine(text) {
  const copy = h(
    "button",
    { type: "button", class: "quiet", onclick: () => copied(text, copy) },
    "Copy",
  );
  return h(
    "div",
    { class: "command" },
    h("span", { class: "note" }, "The same on the command line"),
    h("code", {}, text),
    copy,
  );
}

/** Put a text on the clipboard, and say so on the button. */
export async function copied(text, button) {
  await navigator.clipboard.writeText(text);
  const before = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = before), 2000);
}

/** A list of sentences; nothing for none. */
export function sentences(lines, title) {
  if (!lines.length) return null;
  return h("div", {}, title ? h("p", { class: "subhead" }, title) : null, h("ul", { class: "said" }, lines.map((one) => h("li", {}, one))));
}
