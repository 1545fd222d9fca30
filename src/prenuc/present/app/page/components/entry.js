// An entry of the catalogue: names and numbers, each number with its unit, status and source.

import { h } from "./element.js";
import { quantity } from "./numbers.js";

/** Draw nested data; a number of the catalogue stands on one line with who says so. */
export function entryOf(data) {
  return h("dl", { class: "entry" }, Object.entries(data).filter(([, value]) => told(value)).map(pair));
}

const told = (value) =>
  value != null && value !== "" && !(typeof value === "object" && Object.keys(value).length === 0);

const isNumber = (value) => value && typeof value === "object" && "value" in value && "status" in value;

function pair([name, value]) {
  return [h("dt", {}, name.replaceAll("_", " ")), h("dd", {}, content(value))];
}

function content(value) {
  if (isNumber(value)) return number(value);
  if (Array.isArray(value)) {
    if (value.every((one) => typeof one !== "object")) return value.join(", ");
    return h("ul", { class: "said" }, value.map((one) => h("li", {}, content(one))));
  }
  if (typeof value === "object") return entryOf(value);
  return String(value);
}

/** A value: number, unit, what it is worth, and where it stands. */
export function number({ value, unit, status, source, uncertainty, note }) {
  const spread = uncertainty == null ? "" : ` ± ${uncertainty}`;
  return h(
    "span",
    { class: "value" },
    h("b", {}, quantity(value, unit === "1" ? "" : unit) + spread),
    h("span", { class: `chip is-${status}` }, status),
    h("span", { class: "note" }, source),
    note ? h("span", { class: "note" }, note) : null,
  );
}
