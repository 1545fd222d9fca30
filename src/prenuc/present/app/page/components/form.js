// Forms in a few lines: labelled fields, and the answer below them.

import { h } from "./element.js";

/** A labelled text field; `hint` stands in it while it is empty. */
export function field(label, { value = "", hint = "", list = null, size = null, type = "text" } = {}) {
  const input = h("input", { type, placeholder: hint, list, size, autocomplete: "off", spellcheck: "false" });
  input.value = value;
  return { input, root: h("label", { class: "field" }, label, input) };
}

/** A labelled choice: options are texts, or [value, text]. */
export function choice(label, options, value, onchange) {
  const input = h("select", { onchange: () => onchange?.(input.value) });
  fill(input, options, value);
  return { input, root: h("label", { class: "field" }, label, input) };
}

/** Put other options into a choice. */
export function fill(select, options, value) {
  select.replaceChildren(
    ...options.map((one) => {
      const [kept, text] = Array.isArray(one) ? one : [one, one];
      return h("option", { value: kept }, text);
    }),
  );
  if (value !== undefined) select.value = value;
}

/** A labelled tick. */
export function tick(label, checked = false, onchange) {
  const input = h("input", { type: "checkbox", onchange: () => onchange?.(input.checked) });
  input.checked = checked;
  return { input, root: h("label", { class: "tick" }, input, label) };
}

/** A form that asks on Enter or by its button. */
export function form(fields, button, submit) {
  const made = h(
    "form",
    { class: "bar" },
    fields.map((one) => one.root),
    h("button", { type: "submit", class: "primary" }, button),
  );
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  return made;
}

/** What was typed, or undefined where nothing was: a question leaves such a key out. */
export const typed = ({ input }) => input.value.trim() || undefined;

/** A number that was typed, or undefined; what is no number goes as it is, and is refused in words. */
export function typedNumber({ input }) {
  const text = input.value.trim().replace(",", ".");
  if (text === "") return undefined;
  return Number.isNaN(Number(text)) ? text : Number(text);
}
