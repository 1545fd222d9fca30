// Calculators of the screen Catalogue: sizes by every published curve, batches, dilutions.

import { h } from "../components/element.js";
import { choice, field, form, tick, typed, typedNumber } from "../components/form.js";
import { commandLine, sentences, tableOf } from "../components/tables.js";

/** The panels of all calculators; each asks the package and shows the answer below. */
export function calculators({ connection, shell, told }) {
  const ask = (action, given) => shell.tried(() => connection.ask(action, given));
  return [sizes(ask, told), batches(ask, told), dilutions(ask)];
}

function panel(title, note, asked, answer) {
  return h(
    "section",
    { class: "panel stack", "aria-label": title },
    h("h3", {}, title),
    h("p", { class: "note" }, note),
    asked,
    answer,
  );
}

const answered = () => h("div", { class: "stack", role: "status" });

function sizes(ask, { sized }) {
  const answer = answered();
  const material = choice("material", sized, "CdSe");
  const fields = {
    wavelength: field("first absorption", { hint: "550, 2.25 eV", size: 10 }),
    hwhm: field("half width / nm", { hint: "unknown", size: 8 }),
    absorbance: field("absorbance there", { hint: "none", size: 8 }),
    dilution: field("diluted times", { hint: "1", size: 6 }),
    volume: field("of a volume", { hint: "20 mL", size: 8 }),
    metal: field("with metal", { hint: "0.4 mmol", size: 8 }),
  };
  const force = tick("size it even at the line of a cluster");

  async function submit() {
    const found = await ask("catalogue.size", {
      material: material.input.value,
      wavelength: fields.wavelength.input.value,
      hwhm: typed(fields.hwhm),
      force: force.input.checked,
      absorbance: typedNumber(fields.absorbance),
      dilution: typedNumber(fields.dilution),
      volume: typed(fields.volume),
      metal: typed(fields.metal),
    });
    if (!found) return;
    answer.replaceChildren(
      tableOf(found.table, "Diameter by every published curve"),
      found.amounts ? tableOf(found.amounts, "How many dots there are") : "",
      sentences(found.notes) ?? h("p", {}, "No sizing curve is published."),
      commandLine(found.command),
    );
  }
  const asked = form([material, ...Object.values(fields), force], "Size", submit);
  return panel("Size", "Diameter, extinction and number of dots by every published curve in its range.", asked, answer);
}

function batches(ask, { recipes }) {
  const answer = answered();
  const list = h("datalist", { id: "batch-recipes" }, recipes.map((one) => h("option", { value: one })));
  const contents = field("mixture, or a recipe", {
    hint: "1.2 mmol Cd(OA)2, 0.3 mmol S and 9.2 g ODE",
    list: "batch-recipes",
    size: 34,
  });
  const times = field("times", { hint: "1", size: 5 });

  async function submit() {
    const found = await ask("catalogue.batch", {
      contents: contents.input.value,
      times: typedNumber(times),
    });
    if (!found) return;
    answer.replaceChildren(
      ...found.steps.flatMap(({ step, table }) => [h("p", { class: "note" }, step), tableOf(table, step)]),
      commandLine(found.command),
    );
  }
  const asked = h("div", {}, list, form([contents, times], "Weigh", submit));
  return panel("Batch", "Masses, millimoles and millilitres; concentrations of the whole.", asked, answer);
}

function dilutions(ask) {
  const answer = answered();
  const fields = {
    taken: field("taken", { hint: "25 uL", size: 8 }),
    into: field("into", { hint: "3 mL", size: 8 }),
    of: field("liquid, for a mass", { hint: "ODE", size: 8 }),
    absorbance: field("reads", { hint: "1.9", size: 6 }),
    wanted: field("wanted", { hint: "0.5", size: 6 }),
  };

  async function submit() {
    const found = await ask("catalogue.dilute", {
      taken: fields.taken.input.value,
      into: fields.into.input.value,
      of: typed(fields.of),
      absorbance: typedNumber(fields.absorbance),
      wanted: typedNumber(fields.wanted),
    });
    if (found) answer.replaceChildren(sentences(found.lines), commandLine(found.command));
  }
  const asked = form(Object.values(fields), "Dilute", submit);
  return panel("Dilution", "How far a sample is diluted, and how much to take for the reading that is wanted.", asked, answer);
}
