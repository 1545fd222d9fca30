// The dials of the screen Flask: those of the chosen step, and all constants with a search.

import dial from "../components/dial.js";
import { h } from "../components/element.js";
import { place } from "../model.js";

/** Dials by name, each a component; `ask` hears {name, value, exact}. */
export class Dials {
  #made = new Map();

  constructor(host, ask) {
    this.host = host;
    this.ask = ask;
  }

  /** Show these, in order; those that were there stay, with their focus. */
  show(numbers, original) {
    const wanted = new Set(numbers.map((one) => one.name));
    for (const [name, { model, el }] of this.#made)
      if (!wanted.has(name)) (model.close(), el.remove(), this.#made.delete(name));
    for (const one of numbers) {
      if (this.#made.has(one.name)) continue;
      const el = h("div", {});
      const model = place(dial, el, { ...one, log: one.log ?? one.low > 0, original: original(one.name) });
      model.on("change:asked", (asked) => this.ask(asked));
      this.#made.set(one.name, { model, el });
    }
    const order = numbers.map((one) => this.#made.get(one.name).el);
    if (order.some((el, at) => this.host.children[at] !== el)) this.host.append(...order);
  }

  /** Set what is held elsewhere, {name: value}. */
  set(values) {
    for (const [name, value] of Object.entries(values)) this.#made.get(name)?.model.set("value", value);
  }

  /** Show only those for which `wanted(name)` holds. */
  filter(wanted) {
    let shown = 0;
    for (const [name, { el }] of this.#made) shown += (el.hidden = !wanted(name)) ? 0 : 1;
    return shown;
  }

  close() {
    for (const { model } of this.#made.values()) model.close();
    this.#made.clear();
  }
}

const FIRST = 8; // constants that stand on top, because they move the spectra most

/** All constants of a mechanism: those that matter most first, the others by their reaction. */
export function constantsPanel(ask) {
  const search = h("input", {
    type: "search",
    id: "constant-search",
    placeholder: "name, unit, status",
    autocomplete: "off",
  });
  const count = h("span", { class: "note", role: "status" });
  const list = h("div", {});
  const root = h(
    "section",
    { class: "panel", "aria-labelledby": "constants-title", tabindex: 0 },
    h(
      "div",
      { class: "stack" },
      h("h2", { id: "constants-title" }, "Constants"),
      h("label", { class: "field", for: "constant-search" }, "Search"),
      search,
      count,
    ),
    list,
  );
  let groups = [];
  let words = new Map();

  function show(constants, original) {
    for (const { dials } of groups) dials.close();
    words = new Map(
      constants.map((one) => [
        one.name,
        `${one.name} ${one.label} ${one.group ?? ""} ${one.unit} ${one.status}`.toLowerCase(),
      ]),
    );
    const known = constants
      .filter((one) => one.matters > 0)
      .sort((one, other) => other.matters - one.matters)
      .slice(0, FIRST);
    const others = constants.filter((one) => !known.includes(one));
    const parts = [...(known.length ? [["Move the spectra most", known]] : []), ...byGroup(others)];
    groups = parts.map(([title, members], at) => {
      const host = h("div", {});
      const dials = new Dials(host, ask);
      dials.show(members, original);
      return {
        dials,
        members,
        root: h(
          "details",
          { class: "constants-group", open: at === 0 },
          h("summary", {}, `${title} (${members.length})`),
          host,
        ),
      };
    });
    list.replaceChildren(...groups.map((one) => one.root));
    filter();
  }

  function filter() {
    const asked = search.value.trim().toLowerCase().split(/\s+/);
    let shown = 0;
    for (const { dials, root: group } of groups) {
      const some = dials.filter((name) => asked.every((word) => words.get(name).includes(word)));
      group.hidden = some === 0;
      if (search.value) group.open = some > 0;
      shown += some;
    }
    count.textContent = search.value ? `${shown} of ${words.size}` : `${words.size} constants`;
  }
  search.addEventListener("input", filter);

  return {
    root,
    show,
    set: (values) => groups.forEach(({ dials }) => dials.set(values)),
    close: () => groups.forEach(({ dials }) => dials.close()),
  };
}

function byGroup(constants) {
  const found = new Map();
  for (const one of constants)
    found.set(one.group ?? "Others", [...(found.get(one.group ?? "Others") ?? []), one]);
  return [...found];
}
