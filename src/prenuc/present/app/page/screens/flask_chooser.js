// What is looked at: a published recipe, and the mechanism that is to explain it.

import { h } from "../components/element.js";

const USUAL = "the usual one";

/** Two lists to choose from; `open(source)` is asked with what flask.open takes. */
export function chooser({ connection, open }) {
  const recipe = h("select", { onchange: () => open({ recipe: recipe.value }) });
  const mechanism = h("select", { onchange: () => open(withMechanism()) });
  let source = {}; // what is open now
  let known = { recipes: [], mechanisms: [] };

  function withMechanism() {
    const { mechanism: _, ...rest } = source;
    return mechanism.value ? { ...rest, mechanism: mechanism.value } : rest;
  }

  async function load() {
    const [recipes, mechanisms] = await Promise.all(
      ["flask.recipes", "flask.mechanisms"].map((one) => connection.ask(one)),
    );
    known = { recipes, mechanisms };
    recipe.replaceChildren(
      h("option", { value: "", hidden: true }, "your own protocol"),
      ...groups(recipes, (one) => one.name),
    );
  }

  /** Say what is open: `told` is the answer of flask.open to `asked`. */
  function show(asked, told) {
    source = asked;
    recipe.value = told.recipe ?? "";
    const material = known.recipes.find((one) => one.id === told.recipe)?.material;
    const fitting = known.mechanisms.filter((one) => !material || one.material === material);
    const named = asked.mechanism ?? "";
    const own = named && !fitting.some((one) => one.id === named);
    mechanism.replaceChildren(
      told.recipe ? h("option", { value: "" }, USUAL) : "",
      own ? h("option", { value: named }, named.includes(":") ? `${told.mechanism}, from a file` : named) : "",
      ...groups(fitting, (one) => one.id),
    );
    mechanism.value = named;
  }

  return {
    fields: [
      h("label", { class: "field recipe" }, "recipe", recipe),
      h("label", { class: "field mechanism" }, "mechanism", mechanism),
    ],
    load,
    show,
    /** Names of all mechanisms, for a dialog. */
    mechanisms: () => known.mechanisms.map((one) => one.id),
  };
}

function groups(entries, text) {
  return [...new Set(entries.map((one) => one.material))].map((material) => {
    const own = entries.filter((one) => one.material === material);
    return h(
      "optgroup",
      { label: material },
      own.map((one) => h("option", { value: one.id }, text(one))),
    );
  });
}
