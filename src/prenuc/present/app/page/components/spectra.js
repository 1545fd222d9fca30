// Absorption spectra, coloured by time, others dashed or dotted over them, the cursor read out.
//
// Keys of the model: spectra, and optionally frozen and measured, each
//   {wavelength_nm: (m,), time_min: (n,), absorbance: (n × m, row by row), labels: [n texts], name};
// title; height in pixels. While `selecting` is true a drag writes the
// range to `selected`, [from, to]; `masked`, [[from, to]], is shaded. The cursor is written to `cursor`: {wavelength_nm, label, absorbance} or null.

import { colourAt, isDark, places, themed } from "./colours.js";
import { frame } from "./frame.js";
import { h } from "./element.js";
import { floats, typed, written } from "./numbers.js";
import { curvesOn } from "./plot.js";
import { following } from "./redrawing.js";

const FEW = 12; // spectra that are named one by one, and drawn over others; more have a scale

function render({ model, el }) {
  const seen = frame(el, { title: model.get("title") ?? "Spectra", kind: "spectra", table });
  const plot = curvesOn(seen.plot, {
    x: "wavelength / nm",
    y: "absorbance",
    onCursor: read,
    onSelect: (ends) => model.set("selected", ends),
    selecting: () => Boolean(model.get("selecting")),
    height: (width) => model.get("height") ?? Math.min(Math.max(width * 0.4, 230), 380),
  });
  let held = { x: [], rows: [] };

  function rowsOf(series) {
    if (!series) return { x: [], rows: [], times: [], labels: [] };
    const x = floats(series.wavelength_nm);
    const all = floats(series.absorbance);
    const rows = [];
    for (let at = 0; at < all.length; at += x.length) rows.push(all.subarray(at, at + x.length));
    const times = Array.from(floats(series.time_min));
    return { x, rows, times, labels: series.labels ?? times.map((one) => `${written(one)} min`) };
  }

  function draw() {
    const dark = isDark(seen.root);
    held = rowsOf(model.get("spectra"));
    const at = places(held.times);
    const highest = peak(held);
    const width = held.rows.length > FEW ? 1 : 1.25; // many are told apart more easily, and drawn much sooner
    const curves = held.rows.map((values, row) => ({ values, width, colour: colourAt(at[row], dark) }));
    plot.draw({
      x: held.x,
      along: model.get("selecting") === undefined ? alive(held, highest.value) : [held.x[0], held.x.at(-1)],
      shaded: model.get("masked") ?? [],
      curves,
      over: [...laid("frozen", [5, 4]), ...laid("measured", null)],
    });
    explain(dark, at);
    seen.describe(
      held.rows.length
        ? `${held.rows.length} spectra, ${held.labels[0]} to ${held.labels.at(-1)}; the highest, ${written(highest.value)}, is at ${written(highest.x)} nm`
        : "no spectra yet",
    );
  }

  /** Curves over the spectra: of many only some, evenly chosen with the last, or they hide what moves. */
  function laid(key, dash) {
    const { x, rows, times } = rowsOf(model.get(key));
    const at = places(times);
    const dark = isDark(seen.root);
    const colour = (row) => (key === "frozen" ? themed(seen.root, "--frozen") : colourAt(at[row], dark));
    const every = Math.ceil(rows.length / FEW);
    return rows.flatMap((values, row) => {
      if ((rows.length - 1 - row) % every) return [];
      return { x, values, dash: dash ?? [], dots: !dash, colour: colour(row), width: 1 };
    });
  }

  function called(key) {
    const series = model.get(key);
    if (!series) return "";
    const count = series.time_min.length;
    return (series.name ?? key) + (count > FEW ? ` (some of ${count})` : "");
  }
  let explained = ""; // while curves move, what they are called stays as it is

  function explain(dark, at) {
    const told = [held.labels, at, dark, called("frozen"), called("measured")].join("|");
    if (told === explained) return;
    explained = told;
    const few = held.rows.length <= FEW;
    const named = few ? held.labels.map((text, row) => item(text, colourAt(at[row], dark))) : [];
    for (const [key, look] of [
      ["frozen", "is-dashed"],
      ["measured", "is-dotted"],
    ])
      if (called(key))
        named.push(h("span", { class: "key" }, h("i", { class: `swatch ${look}` }), called(key)));
    seen.legend.replaceChildren(...named);
    seen.key.replaceChildren(...(few ? [] : [held.labels[0], scale(dark), held.labels.at(-1)]));
  }

  function read(found) {
    if (!found || !held.rows.length) {
      seen.readout.textContent = "";
      model.set("cursor", null);
      return;
    }
    const [x, absorbance] = [held.x[found.place], held.rows[found.curve][found.place]];
    const label = held.labels[found.curve];
    seen.readout.textContent = `${written(x)} nm, A ${written(absorbance, 3)}, ${label}`;
    model.set("cursor", { wavelength_nm: x, label, absorbance });
  }

  function table() {
    const rows = Array.from(held.x, (x, place) => [typed(x), ...held.rows.map((row) => typed(row[place]))]);
    return { columns: ["wavelength / nm", ...held.labels], rows };
  }

  const stop = following(model, ["spectra", "frozen", "measured", "masked"], draw);
  return () => {
    stop();
    plot.close();
    seen.root.remove();
  };
}

function item(text, colour) {
  const swatch = h("i", { class: "swatch" });
  swatch.style.borderColor = colour;
  return h("span", { class: "key" }, swatch, text);
}

function scale(dark) {
  const bar = h("i", { class: "scale-bar" });
  bar.style.backgroundImage = `linear-gradient(to right, ${[0, 0.25, 0.5, 0.75, 1].map((at) => colourAt(at, dark)).join(",")})`;
  return bar;
}

function peak({ x, rows }) {
  let found = { x: NaN, value: -Infinity };
  for (const row of rows)
    for (let at = 0; at < row.length; at += 1)
      if (row[at] > found.value) found = { x: x[at], value: row[at] };
  return found;
}

const ALIVE = 0.02; // of the highest; beyond the last wavelength that has as much nothing is to be seen
const BEYOND = 25; // nm

/** From the first wavelength to somewhat beyond the last signal, in steps that rest while curves move. */
function alive({ x, rows }, highest) {
  let last = 0;
  for (const row of rows) {
    let at = x.length - 1;
    while (at > last && !(Math.abs(row[at]) > ALIVE * highest)) at -= 1;
    last = at;
  }
  return [x[0], Math.min(Math.ceil((x[last] + BEYOND) / 50) * 50, x.at(-1))];
}

export default { render };
