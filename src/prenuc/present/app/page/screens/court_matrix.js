// Models against observations: a cell for every answer, the figure of a row at a click.

import { h, update } from "../components/element.js";
import { figureOf } from "../components/figure.js";
import { choice, tick } from "../components/form.js";
import { written } from "../components/numbers.js";
import { commandLine } from "../components/tables.js";
import { dialog } from "../dialog.js";

const NARROW = "(max-width: 700px)"; // where one model at a time can be read
const SIGNS = { pass: "✓", miss: "✗", silent: "–", "not counted": "·" };

/** Draw the table into `host`; asks the package once. */
export async function matrix({ host, connection, shell }) {
  host.replaceChildren(h("h2", {}, "Models × observations"), h("p", { class: "note" }, "Reading the shipped refits …"));
  const found = await shell.tried(() => connection.ask("court.models"));
  if (!found) return;
  const only = tick("only informative rows", false, draw);
  const side = choice("rows", [["", "all"], "calibrated", "held-out"], "", draw);
  const names = found.models.map((one) => one.model);
  const which = choice("models", [["", "side by side"], ...names], matchMedia(NARROW).matches ? names[0] : "", draw);
  const table = h("table", { class: "numbers matrix" });
  const count = h("span", { class: "note", role: "status" });
  host.replaceChildren(
    h("h2", {}, "Models × observations"),
    h(
      "p",
      { class: "note" },
      "Each model where its calibrated rows score best by the refits that are shipped. ✓ what is printed is met, ✗ it is missed, – the model is silent; the darker, the fewer bits (log₂ of the probability of what is printed). Held-out rows chose nothing.",
    ),
    h("div", { class: "bar" }, which.root, side.root, only.root, count),
    h(
      "div",
      { class: "scrolls is-tall", tabindex: 0, role: "region", "aria-label": "Answers" },
      table,
    ),
    commandLine(found.command),
  );
  draw();

  function draw() {
    const rows = found.rows.filter(
      (row) =>
        (!side.input.value || row.role === side.input.value) &&
        (!only.input.checked || row.class === "informative"),
    );
    const models = found.models.filter((one) => !which.input.value || one.model === which.input.value);
    count.textContent = `${rows.length} rows`;
    update(table, { class: `numbers matrix${models.length === 1 ? " is-single" : ""}` });
    table.replaceChildren(
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "figure"), h("th", { scope: "col" }, "observation"), models.map(heading))),
      h("tbody", {}, rows.map((row) => line(row, models))),
      h("tfoot", {}, ["calibrated", "held-out"].map((role) => sum(role, models))),
    );
  }

  function line(row, models) {
    return h(
      "tr",
      {},
      h("td", { class: "is-text" }, row.panel),
      h(
        "th",
        { scope: "row" },
        h("button", { type: "button", class: "quiet", title: row.statement, onclick: () => shown(row) }, row.id),
      ),
      models.map(({ model }) => cell(row.answers[model], model, models.length === 1)),
    );
  }

  function shown(row) {
    showRow(row, { found, connection, shell });
  }
}

function heading({ model, mechanism, step }) {
  return h("th", { scope: "col", title: `${mechanism}${step ? ` without ${step}` : ""}` }, h("span", {}, model));
}

function sum(role, models) {
  return h(
    "tr",
    {},
    h("th", { scope: "row", colspan: 2 }, `${role}: rows that pass, and bits`),
    models.map((one) => h("td", {}, `${one.passed[role]} of ${one.of[role]}`, h("br"), written(one.score[role], 3))),
  );
}

function cell(answer, name, alone) {
  if (!answer) return h("td", {}, "–");
  const bits = answer.bits == null ? "" : `, ${written(answer.bits, 2)} bits`;
  const told = `${name}: ${answer.verdict}${bits}`;
  return h(
    "td",
    { class: `answer is-${answer.verdict.replace(" ", "-")} ${depth(answer.bits)}`, title: told },
    h("span", { "aria-hidden": "true" }, `${SIGNS[answer.verdict] ?? "?"} `),
    h("span", { class: alone ? "verdict" : "unseen" }, `${answer.verdict}${bits}`),
  );
}

/** One of four shades: nothing lost, a bit, three bits, more. */
function depth(bits) {
  if (bits == null) return "";
  return bits > -0.5 ? "depth-0" : bits > -1.5 ? "depth-1" : bits > -4 ? "depth-2" : "depth-3";
}

/** What a row says, what every model answers, and the figure of one of them. */
function showRow(row, { found, connection, shell }) {
  const kinds = [...new Set(found.models.map((one) => one.mechanism))];
  const drawing = h("div", { class: "stack", role: "status" });
  const model = choice("simulated by", kinds, kinds[0], draw);
  const answers = found.models.map(({ model: name }) => {
    const one = row.answers[name];
    return h(
      "tr",
      {},
      h("th", { scope: "row" }, name),
      h("td", { class: "is-text" }, one?.verdict ?? "silent"),
      h("td", {}, one ? written(one.simulated) : "–"),
      h("td", {}, one?.bits == null ? "–" : written(one.bits, 3)),
    );
  });
  dialog(
    `Figure ${row.panel}: ${row.id}`,
    h("p", {}, row.statement),
    h("p", { class: "note" }, `${row.source}; expected ${row.expected}; ${row.role}${row.class ? `, ${row.class}` : ""}`),
    h("div", { class: "bar" }, model.root),
    drawing,
    h(
      "details",
      {},
      h("summary", {}, "What every model answers, each where it stands"),
      h(
        "table",
        { class: "numbers" },
        h("thead", {}, h("tr", {}, ["model", "verdict", "simulated", "bits"].map((text) => h("th", { scope: "col" }, text)))),
        h("tbody", {}, answers),
      ),
    ),
  );
  draw(kinds[0]);

  async function draw(kind) {
    drawing.replaceChildren(h("p", { class: "note" }, "Running the experiment …"));
    const told = await shell.tried(() => connection.ask("court.row", { row: row.id, model: kind }));
    if (kind !== model.input.value) return; // another was chosen meanwhile
    if (!told) return drawing.replaceChildren();
    drawing.replaceChildren(
      told.figure ? figureOf(told.figure, `Figure ${row.panel} as ${kind} simulates it`) : h("p", {}, "Nothing could be run."),
      commandLine(told.command),
    );
  }
}
