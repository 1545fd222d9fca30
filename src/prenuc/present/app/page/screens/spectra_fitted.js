// What a fit found: constants with intervals, residuals, checks, what fits as well.

import { h } from "../components/element.js";
import lines from "../components/lines.js";
import { quantity, written } from "../components/numbers.js";
import { sentences, tableOf } from "../components/tables.js";
import { place } from "../model.js";

/** A place for fits: `show(fits, {names of their tables, title, beside: what stands below each})`. */
export function shownFits() {
  const root = h("div", { class: "stack" });
  let drawings = [];
  const close = () => drawings.splice(0).forEach((one) => one.close());

  function show(fits, { names, title, beside = [] }) {
    close();
    const plots = fits.map(() => h("div", { class: "stack" }));
    root.replaceChildren(
      ...(title && fits.length ? [h("h3", {}, title)] : []),
      ...fits.map((found, at) => h("div", { class: "stack" }, told(found, names[at], plots[at]), beside)),
    );
    drawings = fits.flatMap(({ drawn }, at) => pictures(drawn).map((one) => place(lines, plots[at], one)));
  }

  return { root, show, close };
}

function told(found, name, plots) {
  return [
    answer(found, name),
    plots,
    sentences(found.warnings, "Checks"),
    sentences(found.equivalent_schemes, "Fits exactly as well"),
    h("details", {}, h("summary", {}, "Report"), h("pre", { tabindex: 0 }, found.report.join("\n"))),
    sentences(found.history, "Assumed"),
  ];
}

/** Constants with their intervals, or the reason why there are none. */
function answer(found, name) {
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
    tableOf({ headings: [found.scheme, "value", "95 % interval", "note"], rows: [...rows, ...derived] }, name),
  );
}

function pictures(drawn) {
  if (!drawn) return [];
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
