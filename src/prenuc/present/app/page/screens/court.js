// The screen Court: what each step is for, and which model answers which observation.

import { h } from "../components/element.js";
import { choice } from "../components/form.js";
import { commandLine, sentences } from "../components/tables.js";
import { working } from "../working.js";
import { matrix } from "./court_matrix.js";
import { reported } from "./court_report.js";

const KEPT = "prenuc court mechanism";

function render({ el, connection, shell, given }) {
  const mechanism = choice("mechanism", [], "", (name) => ablate(name));
  const steps = h("div", { class: "stack" });
  const meaning = h("dl", { class: "words" });
  const refit = h("div", { class: "stack" });
  const rows = h("section", { class: "panel stack", "aria-label": "Models and observations", hidden: true });
  const job = working({
    host: refit,
    connection,
    shell,
    remember: "prenuc court refit",
    show: (host, found) =>
      host.replaceChildren(h("h3", {}, "Fitted again just now"), ...drawn(found, ", fitted again")),
  });
  const again = h("button", { type: "button", onclick: fitAgain }, "Fit again (minutes)");

  const report = reported({ connection, shell, stepsOf: (found) => drawn(found, ", in the report") });

  el.append(
    h("h1", {}, "Court"),
    report.root,
    h(
      "section",
      { class: "panel stack", "aria-label": "Steps" },
      h("h2", {}, "What is each step for?"),
      h("p", { class: "note" }, "Each step is taken out, the rest is fitted again, and the published rows are weighed."),
      h("div", { class: "bar" }, mechanism.root, again),
      meaning,
      steps,
      refit,
    ),
    rows,
  );
  begin();

  async function begin() {
    await (given?.uploads ? report.receive(given.uploads[0]) : report.again());
    const known = await shell.tried(() => connection.ask("court.mechanisms"));
    if (!known) return;
    mechanism.input.append(...known.mechanisms.map((one) => h("option", { value: one }, one)));
    mechanism.input.value = sessionStorage.getItem(KEPT) ?? known.mechanisms[0];
    meaning.replaceChildren(
      ...Object.entries(known.words).flatMap(([word, text]) => [
        h("dt", {}, h("span", { class: `chip ${chip(word)}` }, word)),
        h("dd", {}, text),
      ]),
    );
    job.again();
    await ablate(mechanism.input.value);
    rows.hidden = false;
    matrix({ host: rows, connection, shell });
  }

  async function ablate(name) {
    const found = await shell.tried(() => connection.ask("court.ablations", { mechanism: name }));
    if (!found) return;
    sessionStorage.setItem(KEPT, name);
    steps.replaceChildren(...drawn(found));
  }

  function fitAgain() {
    job.begin(() => connection.ask("court.refit", { mechanism: mechanism.input.value }));
  }

  return {
    receive: ({ uploads }) => report.receive(uploads[0]),
    close() {
      job.close();
      report.close();
    },
  };
}

const chip = (word) => `is-${word.replace(" ", "-")}`;

/** Steps with their words, bits under each prior, and the rows that are lost or won without them. */
function drawn(found, which = "") {
  const order = ["required", "helpful", "harmful", "not tested"];
  const steps = [...found.steps].sort(
    (one, other) => order.indexOf(one.verdict) - order.indexOf(other.verdict) || one.bits[0] - other.bits[0],
  );
  const priors = found.priors.length ? found.priors.map((one) => `bits, ${one} prior`) : ["bits"];
  const heads = ["without", "so it is", ...priors, "rows lost", "rows won"];
  const row = (one) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, one.step),
      h("td", { class: "is-text" }, h("span", { class: `chip ${chip(one.verdict)}` }, one.verdict)),
      one.bits.map((bits) => h("td", {}, signed(bits))),
      [one.rows_lost, one.rows_won].map((names) => h("td", { class: "is-text" }, counted(names))),
    );
  return [
    h(
      "div",
      { class: "scrolls", tabindex: 0, role: "region", "aria-label": `Steps of ${found.mechanism}${which}` },
      h(
        "table",
        { class: "numbers steps" },
        h("thead", {}, h("tr", {}, heads.map((text) => h("th", { scope: "col" }, text)))),
        h("tbody", {}, steps.map(row)),
      ),
    ),
    sentences(found.lines) ?? "",
    found.command ? commandLine(found.command) : "",
  ];
}

const signed = (bits) => `${bits < 0 ? "−" : "+"}${Math.abs(bits).toFixed(1)}`;

/** How many rows, and which when asked. */
function counted(names) {
  if (!names.length) return "–";
  return h("details", {}, h("summary", {}, String(names.length)), h("span", { class: "note" }, names.join(", ")));
}

export default { title: "Court", render };
