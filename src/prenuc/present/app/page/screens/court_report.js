// What a report that was dropped says of models and of steps: question, answer, figure, table.

import { h } from "../components/element.js";
import lines from "../components/lines.js";
import { sentences, tableOf } from "../components/tables.js";
import { place } from "../model.js";

const KEPT = "prenuc court report"; // in sessionStorage: the file that is shown

/** A panel that shows a report: `receive(upload)`; `again()` for the one of before a reload. */
export function reported({ connection, shell, stepsOf }) {
  const heading = h("h2", {});
  const away = h("button", { type: "button", class: "quiet", onclick: putAway }, "Put away");
  const told = h("div", { class: "stack" });
  const head = h("div", { class: "bar" }, heading, h("span", { class: "bar is-end" }, away));
  const root = h("section", { class: "panel stack", "aria-label": "Report", hidden: true }, head, told);
  let drawings = [];

  async function receive(upload) {
    const found = await shell.tried(() => connection.ask("court.report", { upload }));
    if (found) show(upload, found);
  }

  async function again() {
    const upload = sessionStorage.getItem(KEPT);
    if (!upload) return;
    const found = await connection.ask("court.report", { upload }).catch(() => null); // it may be long gone
    if (found) show(upload, found);
    else sessionStorage.removeItem(KEPT);
  }

  function show(upload, { name, verdicts }) {
    undraw();
    sessionStorage.setItem(KEPT, upload);
    heading.textContent = name;
    root.hidden = false;
    told.replaceChildren(...verdicts.map(verdict));
    told.querySelectorAll(".plots").forEach((host, at) => drawn(host, verdicts[at])); // where the theme is known
    shell.say(`${name}: ${verdicts[0].answer.join(" ")}`);
  }

  function drawn(host, found) {
    if (found.drawn) drawings.push(...pictures(found.drawn).map((one) => place(lines, host, one)));
  }

  function verdict(found) {
    const constants = { headings: ["model", "constant", "value"], rows: found.constants ?? [] };
    return h(
      "div",
      { class: "stack" },
      h("h3", {}, found.subject),
      h("p", { class: "note" }, found.asked),
      found.answer.map((one) => h("p", {}, h("strong", {}, one))),
      h("div", { class: "stack plots" }),
      found.kind === "comparison" ? tableOf(found.table, "Models, best first") : stepsOf(found),
      constants.rows.length ? tableOf(constants, "Constants of what the data support") : "",
      sentences(found.rests, "What it rests on") ?? "",
      sentences(found.unknown, "What it does not say") ?? "",
    );
  }

  function undraw() {
    for (const one of drawings.splice(0)) one.close();
  }

  function putAway() {
    undraw();
    sessionStorage.removeItem(KEPT);
    root.hidden = true;
    shell.say("The report is put away");
  }

  return { root, receive, again, close: undraw };
}

/** Data with the best fit of each model, and below what each leaves. */
function pictures({ time, time_label: x, signal, seen, models }) {
  const data = { name: "data", x: time, y: seen, dots: true };
  const curves = (key) => models.map((one) => ({ name: one.name, x: time, y: one[key] }));
  return [
    { title: "Data and models", x, y: signal, curves: [data, ...curves("fitted")] },
    { title: "What each model leaves", x, y: "left over / σ", zero: true, height: 160, curves: curves("left") },
  ];
}
