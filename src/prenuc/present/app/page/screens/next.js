// The screen Next: which experiment would say most, as a plan for the bench.

import { h } from "../components/element.js";
import { figureOf } from "../components/figure.js";
import { choice, field, fill, tick } from "../components/form.js";
import { written } from "../components/numbers.js";
import { commandLine } from "../components/tables.js";
import { working } from "../working.js";

const QUESTIONS = [
  ["models", "Which model is it?"],
  ["step", "Is a step needed?"],
  ["units", "How many units does a PC hold?"],
  ["constant", "How large is a constant?"],
];

function render({ el, connection, shell }) {
  let told = null;
  const material = choice("material", [], "", () => offer());
  const question = choice("question", QUESTIONS, "models", () => offer());
  const about = choice("about", []);
  const units = field("units", { value: "20", size: 5 });
  const models = h("fieldset", { class: "ticks" });
  const axes = h("fieldset", { class: "ticks" });
  const ask = h("button", { type: "button", class: "primary", disabled: true, onclick: begin }, "Ask");
  const answer = h("section", { class: "panel stack", "aria-label": "What to do next", hidden: true });
  const job = working({ host: answer, connection, shell, remember: "prenuc next", show: (host, found) => host.replaceChildren(...drawn(found)) });

  el.append(
    h("h1", {}, "Next"),
    h(
      "section",
      { class: "panel stack", "aria-label": "Question" },
      h(
        "p",
        { class: "note" },
        "Experiments that vary a published recipe are simulated with every model and with draws of its constants. What counts is how far the outcome would move what is known; extinctions and rate constants count as unknown.",
      ),
      h("div", { class: "bar" }, material.root, question.root, about.root, units.root, ask),
      models,
      axes,
    ),
    answer,
  );
  start();

  async function start() {
    told = await shell.tried(() => connection.ask("next.begin"));
    if (!told) return;
    fill(material.input, Object.keys(told.materials));
    offer();
    ask.disabled = false;
    await job.again();
  }

  function offer() {
    if (!told) return; // a hand may be faster than the answer
    const known = told.materials[material.input.value];
    const asked = question.input.value;
    const ofSeries = asked === "step" || asked === "units"; // what answers is a series of dilutions
    about.root.hidden = asked === "models" || asked === "units";
    units.root.hidden = asked !== "units";
    units.root.firstChild.textContent = `units, instead of ${known.units}`;
    fill(about.input, asked === "step" ? known.steps : known.constants);
    models.hidden = asked !== "models";
    models.replaceChildren(
      h("legend", {}, "models that are left"),
      ...known.models.map((name) => named(name, told.usual.includes(name))),
    );
    axes.hidden = ofSeries;
    axes.replaceChildren(
      h("legend", {}, "what may be varied"),
      ...known.axes.map((name) => named(name, true)),
    );
  }

  function named(name, ticked) {
    const made = tick(name, ticked);
    made.input.value = name;
    return made.root;
  }

  function begin() {
    const asked = { material: material.input.value, question: question.input.value };
    if (asked.question === "models") asked.models = ticked(models);
    else asked.about = (asked.question === "units" ? units : about).input.value;
    const vary = ticked(axes);
    if (!axes.hidden && vary.length < axes.querySelectorAll("input").length) asked.vary = vary;
    job.begin(() => connection.ask("next.ask", asked));
  }

  const ticked = (set) => [...set.querySelectorAll("input:checked")].map((one) => one.value);

  /** Proposals, best first; or where a step shows, with a map. */
  function drawn(found) {
    const { mechanism } = found;
    if (found.proposals) {
      const best = found.proposals.map((one, place) =>
        plan(`${place + 1}. ${one.experiment}`, `${written(one.expected_information, 3)} bits expected`, { ...one, mechanism }, !place),
      );
      return [h("h2", {}, "What to do next"), ...best, commandLine(found.command)];
    }
    const worth = `${written(found.log_score, 3)} in log score, tried out`;
    const flasks = found.flasks.map((one, place) => plan(one.experiment, worth, { ...one, protocol: found.protocols[place], mechanism }, !place));
    const { celsius, dilution, additive } = found.largest;
    const where = `largest at ${celsius} °C, diluted ${dilution} times, additive ${additive}`;
    return [
      h("h2", {}, "Where it shows"),
      h("p", {}, found.verdict),
      ...flasks,
      figureOf(found.figure, `How far apart both are over temperature, dilution and additive; ${where}`),
      commandLine(found.command),
    ];
  }

  function plan(title, worth, { bench_steps: steps, protocol, mechanism }, open) {
    return h(
      "details",
      { open },
      h("summary", {}, title, " ", h("span", { class: "chip" }, worth)),
      h("ol", { class: "bench" }, steps.map(sentence)),
      h("button", { type: "button", onclick: () => shell.open("flask", { source: { protocol, mechanism } }) }, "Open in Flask"),
    );
  }

  return { close: () => job.close() };
}

/** A sentence of a plan, with its millimoles behind it. */
function sentence(text) {
  const [step, beside] = text.split("  # ");
  return h("li", {}, step.replaceAll("degC", "°C"), beside ? h("span", { class: "note" }, ` ${beside}`) : null);
}

export default { title: "Next", render };
