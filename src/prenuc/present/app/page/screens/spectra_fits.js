// Fits of the screen Spectra: rate constants with intervals, residuals, checks, what fits as well.

import { h } from "../components/element.js";
import { field, tick, typed } from "../components/form.js";
import lines from "../components/lines.js";
import { quantity, written } from "../components/numbers.js";
import { commandLine, sentences, tableOf } from "../components/tables.js";
import { working } from "../working.js";
import { place } from "../model.js";
import { taking } from "./spectra_files.js";

/** The panel of fits; `cursor()` is where the pointer last was in the spectra. */
export function fits({ connection, shell, state, cursor }) {
  const list = h("datalist", { id: "schemes" });
  const scheme = field("scheme", { value: state.now.scheme, list: "schemes", size: 20 });
  const at = field("at", { value: state.now.at, hint: "all wavelengths", size: 14 });
  const background = tick("a constant lies under it");
  const origin = tick("nothing at time zero");
  const here = h("button", { type: "button", class: "quiet", onclick: aim }, "Where the pointer was");
  const fit = h("button", { type: "submit", class: "primary" }, "Fit");
  const which = h("button", { type: "button", onclick: weigh }, "Which scheme?");
  const asked = h(
    "form",
    { class: "bar" },
    list,
    scheme.root,
    at.root,
    here,
    background.root,
    origin.root,
    fit,
    which,
  );
  const fitted = h("div", { class: "stack" });
  const weighed = h("div", { class: "stack" });
  const root = h("section", { class: "panel stack", "aria-label": "Fit" }, h("h2", {}, "Fit"), asked, fitted, weighed);
  const job = working({ host: fitted, connection, shell, remember: "prenuc fit", show: drawn });
  const verdict = working({ host: weighed, connection, shell, remember: "prenuc schemes", show: ranked });
  asked.addEventListener("submit", (event) => {
    event.preventDefault();
    begin();
  });

  function begin() {
    state.set({ scheme: scheme.input.value, at: at.input.value });
    job.begin(() =>
      connection.ask("spectra.fit", {
        scheme: scheme.input.value,
        at: wavelength(),
        background: background.input.checked,
        through_origin: origin.input.checked,
      }),
    );
  }

  function weigh() {
    verdict.begin(() => connection.ask("spectra.compare", { at: wavelength() }));
  }

  const wavelength = () => (typed(at) && /^[\d.]+$/.test(typed(at)) ? `${typed(at)} nm` : typed(at));

  function aim() {
    const seen = cursor();
    if (seen) at.input.value = `${Math.round(seen.wavelength_nm)} nm`;
    else shell.say("Move the pointer over the spectra first");
  }

  let drawings = [];
  const undrawn = () => drawings.forEach((one) => one.close());

  function drawn(host, found, id) {
    const plots = h("div", { class: "stack" });
    host.replaceChildren(
      answer(found),
      plots,
      sentences(found.warnings, "Checks") ?? "",
      sentences(found.equivalent_schemes, "Fits exactly as well") ?? "",
      h("details", {}, h("summary", {}, "Report"), h("pre", { tabindex: 0 }, found.report)),
      sentences(found.history, "Assumed") ?? "",
      taking({ connection, shell, job: () => id, what: "the fit" }).root,
      commandLine(found.command),
    );
    undrawn();
    drawings = pictures(found.drawn).map((one) => place(lines, plots, one));
    shell.say(`Fitted ${found.scheme}`);
  }

  return {
    root,
    again: () => Promise.all([job.again(), verdict.again()]),
    clear: () => [job, verdict].map((one) => one.clear()),
    stale: () => [job, verdict].map((one) => one.stale()),
    close() {
      for (const one of [job, verdict]) one.close();
      undrawn();
    },
    opened(told) {
      list.replaceChildren(...told.schemes.map((one) => h("option", { value: one })));
      at.root.hidden = here.hidden = told.kind !== "spectra";
    },
  };
}

/** Constants with their intervals, or the reason why there are none. */
function answer(found) {
  const rows = Object.entries(found.parameters).map(([name, one]) => [
    found.symbols[name],
    one.identifiable ? quantity(one.value, one.unit) : "not identifiable",
    one.ci95 && one.ci95.every((end) => end != null) ? one.ci95.map((end) => written(end)).join(" to ") : "–",
    one.reason && one.reason !== found.reason ? one.reason : "",
  ]);
  const derived = Object.entries(found.derived).map(([name, value]) => [name, written(value), "", "derived"]);
  return h(
    "div",
    { class: "stack" },
    found.reliable ? null : h("p", { class: "doubt" }, `No interval that can be believed: ${found.reason}`),
    tableOf({ headings: [found.scheme, "value", "95 % interval", "note"], rows: [...rows, ...derived] }, "Constants"),
  );
}

function pictures(drawn) {
  const x = drawn.time_label;
  if (drawn.kind === "trace")
    return [
      {
        title: drawn.name,
        x,
        y: "signal",
        curves: [
          { name: "data", x: drawn.time, y: drawn.value, dots: true },
          { name: "fit", x: drawn.time, y: drawn.fitted },
        ],
      },
      { title: "Residuals", x, y: "data − fit", zero: true, height: 140, curves: [{ name: "residuals", x: drawn.time, y: drawn.residuals, dots: true }] },
    ];
  const each = (rows, across) => drawn.species.map((name, place) => ({ name, x: across, y: rows[place] }));
  return [
    { title: "Species", x, y: "share", curves: each(drawn.concentrations, drawn.time) },
    { title: "Their spectra", x: "wavelength / nm", y: "absorbance", curves: each(drawn.spectra, drawn.wavelength_nm) },
    { title: "Residuals", x: "wavelength / nm", y: "data − fit", zero: true, height: 160, unnamed: true, curves: drawn.residuals.map((row, place) => ({ name: `${written(drawn.residual_time[place])}`, x: drawn.residual_nm, y: row })) },
  ];
}

/** Which scheme the data support; "cannot tell" is an answer. */
function ranked(host, found) {
  const rows = found.ranking.map((one) => [one.model, written(one.weight, 3), one.verdict ?? ""]);
  const unknown = found.cannot_tell?.length ? `Cannot tell: ${found.cannot_tell.join(", ")}` : "";
  host.replaceChildren(
    tableOf({ headings: ["scheme", "weight", "verdict"], rows }, "Schemes"),
    unknown ? h("p", {}, unknown) : "",
    commandLine(found.command),
  );
}
