// Curves and points on linear axes: a trace with its fit, residuals, excitons against time, species.
//
// Keys of the model: title; x, y (names of the axes); curves, each {name, x: (m,), y: (m,), dots, dash,
// low, high}, with low and high: (m,) drawn as bars; zero (a line at nought); unnamed (no legend); height in pixels.

import { themed } from "./colours.js";
import { frame } from "./frame.js";
import { h } from "./element.js";
import { curvesOn } from "./plot.js";
import { following } from "./redrawing.js";
import { written } from "./numbers.js";

const KINDS = 8; // colours of the palette

function render({ model, el }) {
  const seen = frame(el, { title: model.get("title"), kind: "lines", table });
  const plot = curvesOn(seen.plot, {
    x: model.get("x"),
    y: model.get("y"),
    height: () => model.get("height") ?? 230,
  });

  function draw() {
    const curves = model.get("curves") ?? [];
    const colour = (place) => themed(seen.root, `--kind-${place % KINDS}`);
    const over = curves.flatMap((one, place) => [
      ...bars(one, colour(place)),
      { x: one.x, values: one.y, dots: one.dots, dash: one.dash ?? [], colour: colour(place), width: 1.6 },
    ]);
    const along = ends(curves.flatMap((one) => [...one.x]), 0.02);
    if (model.get("zero")) over.unshift({ x: along, values: [0, 0], colour: themed(seen.root, "--line-2") });
    const tall = curves.flatMap((one) => [...one.y, ...(one.low ?? []), ...(one.high ?? [])]);
    // the library draws the axes; the curves have abscissae of their own and are laid over them
    plot.draw({
      x: along,
      curves: [{ values: [null, null] }],
      over,
      along,
      range: ends(model.get("zero") ? [...tall, 0] : tall, 0.06),
    });
    seen.legend.replaceChildren(...(curves.length > 1 && !model.get("unnamed") ? curves.map(named) : []));
    seen.describe(curves.length ? curves.map(told).join("; ") : "nothing yet");
  }

  function named(one, place) {
    const swatch = h("i", { class: one.dots ? "swatch is-dotted" : "swatch" });
    swatch.style.borderColor = themed(seen.root, `--kind-${place % KINDS}`);
    return h("span", { class: "key" }, swatch, one.name);
  }

  function table() {
    const rows = (model.get("curves") ?? []).flatMap((one) =>
      Array.from(one.x, (x, place) => [
        written(x),
        one.name,
        written(one.y[place]),
        one.low ? `${written(one.low[place])} to ${written(one.high[place])}` : "",
      ]),
    );
    return { columns: [model.get("x"), "curve", model.get("y"), "95 % interval"], rows };
  }

  const stop = following(model, ["curves"], draw);
  return () => {
    stop();
    plot.close();
    seen.root.remove();
  };
}

/** Intervals as bars: one curve with gaps. */
function bars({ x, low, high }, colour) {
  if (!low) return [];
  return Array.from(x, (at, place) => ({ x: [at, at], values: [low[place], high[place]], colour, width: 1 }));
}

function told(one) {
  const known = Array.from(one.y).filter(Number.isFinite);
  if (!known.length) return `${one.name}: no numbers`;
  return `${one.name}: ${one.x.length} points, from ${written(known[0])} to ${written(known.at(-1))}`;
}

function ends(values, room) {
  const known = values.filter((one) => one != null && Number.isFinite(one));
  if (!known.length) return [0, 1];
  let [low, high] = [Infinity, -Infinity];
  for (const one of known) [low, high] = [Math.min(low, one), Math.max(high, one)];
  const beyond = (high - low) * room || Math.abs(high) * room || 1;
  return [low - beyond, high + beyond];
}

export default { render };
