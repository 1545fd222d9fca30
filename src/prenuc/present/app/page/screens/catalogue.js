// The screen Catalogue: what is known and who says so, and calculators for the bench.

import { h } from "../components/element.js";
import { entryOf } from "../components/entry.js";
import { choice, field, form, typed } from "../components/form.js";
import { commandLine, sentences } from "../components/tables.js";
import { calculators } from "./catalogue_calculators.js";

const KEPT = "prenuc catalogue";
const ALL = "everything";
const FIRST = "species"; // what is listed before anything is asked

function render({ el, connection, shell }) {
  const words = field("look for", { type: "search", hint: "MSC-311, oleate, refractive index …", size: 24 });
  const kind = choice("kind", [ALL], ALL, () => find());
  const material = choice("material", [["", "any"]], "", () => find());
  const list = h("ul", { class: "found", "aria-label": "Entries" });
  const count = h("p", { class: "note", role: "status" });
  const shown = h("article", { class: "stack", tabindex: "-1", "aria-label": "Entry" });
  const bench = h("div", { class: "columns" });

  el.append(
    h("h1", {}, "Catalogue"),
    h("section", { class: "panel stack", "aria-label": "Search" }, form([words, kind, material], "Find", find)),
    h(
      "div",
      { class: "columns catalogue" },
      h("section", { class: "panel stack", "aria-label": "Found" }, count, list),
      h("section", { class: "panel" }, shown),
    ),
    h("h2", {}, "Calculators"),
    bench,
  );
  begin();

  async function begin() {
    const told = await shell.tried(() => connection.ask("catalogue.begin"));
    if (!told) return;
    kind.input.append(...told.kinds.map((one) => h("option", { value: one }, one)));
    material.input.append(...told.materials.map((one) => h("option", { value: one }, one)));
    bench.append(...calculators({ connection, shell, told }));
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
    words.input.value ||= kept.words ?? ""; // somebody may have typed already
    kind.input.value = kept.kind ?? ALL;
    material.input.value = kept.material ?? "";
    await find();
    if (kept.entry) await show(kept.entry);
  }

  async function find() {
    const asked = { words: words.input.value, material: typed(material) };
    if (kind.input.value !== ALL) asked.kind = kind.input.value;
    else if (!asked.words.trim()) asked.kind = FIRST;
    const found = await shell.tried(() => connection.ask("catalogue.find", asked));
    if (!found) return;
    keep({ words: asked.words, kind: kind.input.value, material: asked.material, entry: null });
    const many = found.rows.length;
    count.textContent = many ? `${many} ${many === 1 ? "entry" : "entries"}` : "Nothing holds these words.";
    list.replaceChildren(...found.rows.map(item), h("li", {}, commandLine(found.command)));
  }

  function item(row) {
    return h(
      "li",
      {},
      h("button", { type: "button", class: "quiet", onclick: () => show(row.id, true) }, row.id),
      h("span", {}, row.name),
      h("span", { class: "note" }, [row["kind of entry"], row.panel && `Figure ${row.panel}`].filter(Boolean).join(", ")),
    );
  }

  async function show(entry, focus) {
    const found = await shell.tried(() => connection.ask("catalogue.show", { entry }));
    if (!found) return;
    keep({ entry });
    const { id, name, ...rest } = found.entry;
    shown.replaceChildren(
      h("h2", {}, `${id}${name && name !== id ? `: ${name}` : ""}`),
      h(
        "div",
        { class: "bar" },
        h("span", { class: "note" }, found.kind),
        found.kind === "recipes"
          ? h("button", { type: "button", onclick: () => shell.open("flask", { recipe: id }) }, "Open in Flask")
          : null,
      ),
      entryOf(rest),
      sentences(found.cited.map((one) => `${one.text} Used: ${one.used.join("; ")}`), "Rests on") ?? "",
      commandLine(found.command),
    );
    if (focus) shown.focus();
  }

  function keep(changed) {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
    sessionStorage.setItem(KEPT, JSON.stringify({ ...kept, ...changed }));
  }
}

export default { title: "Catalogue", render };
