// Courses of several quantities over time, on a logarithmic or linear ordinate; each can be hidden.
//
// Keys of the model: course {time_min: (m,), values: (n × m, row by row), names: [n texts], unit, label},
// frozen (the same, drawn dashed), log, title, height, hidden (names that are not shown), first (names
// that are shown at once; the others, such as solvents, when they are asked for).

import { kinds, themed } from "./colours.js";
import { frame } from "./frame.js";
import { h } from "./element.js";
import { floats, typed, written } from "./numbers.js";
import { curvesOn } from "./plot.js";
import { following } from "./redrawing.js";

const DASHES = [undefined, [6, 3], [2, 2], [8, 3, 2, 3]]; // after eight colours

function render({ model, el }) {
  const log = model.get("log") ?? true;
  const seen = frame(el, { title: model.get("title") ?? "Course", kind: "courses", table });
  let held = { x: [], rows: [], names: [] };
  const plot = curvesOn(seen.plot, {
    x: model.get("label") ?? "time / min",
    y: model.get("unit") ?? "",
    log,
    onCursor: read,
    height: (width) => model.get("height") ?? Math.min(Math.max(width * 0.62, 220), 320),
  });

  function rowsOf(course) {
    if (!course) return { x: [], rows: [], names: [] };
    const x = floats(course.time_min);
    const all = floats(course.values);
    return {
      x,
      names: course.names,
      rows: course.names.map((_, row) => all.subarray(row * x.length, (row + 1) * x.length)),
    };
  }

  const aside = () =>
    new Set(model.get("first") ? held.names.filter((name) => !model.get("first").includes(name)) : []);
  const hidden = () => (model.get("hidden") ? new Set(model.get("hidden")) : aside());
  let everything = false; // whether the legend names what stands aside, too
  const drawable = (row) => (log ? Array.from(row, (one) => (one > 0 ? one : null)) : row);

  function draw() {
    held = rowsOf(model.get("course"));
    const colours = kinds(seen.root);
    const without = hidden();
    const order = [...held.names].sort((one, other) => aside().has(one) - aside().has(other));
    const look = (place) => {
      const at = order.indexOf(held.names[place]);
      return {
        colour: colours[at % colours.length],
        dash: DASHES[Math.floor(at / colours.length) % DASHES.length],
      };
    };
    const shown = held.names.map((name, place) => ({ name, place })).filter(({ name }) => !without.has(name));
    const frozen = rowsOf(model.get("frozen"));
    plot.draw({
      x: held.x,
      curves: shown.map(({ place }) => ({ values: drawable(held.rows[place]), width: 1.6, ...look(place) })),
      over: frozen.names
        .filter((name) => !without.has(name))
        .map((name) => ({
          x: frozen.x,
          values: frozen.rows[frozen.names.indexOf(name)],
          dash: [4, 4],
          width: 1,
          colour: held.names.includes(name)
            ? look(held.names.indexOf(name)).colour
            : themed(seen.root, "--frozen"),
        })),
    });
    explain(look, without);
    const last = shown.slice(0, 4).map(({ name, place }) => `${name} ${written(held.rows[place].at(-1), 3)}`);
    seen.describe(
      shown.length
        ? `${shown.length} curves; at the end ${last.join(", ")} ${model.get("unit") ?? ""}`
        : "nothing to draw yet",
    );
  }

  function explain(look, without) {
    const listed = held.names.filter((name) => everything || !aside().has(name));
    const others = held.names.length - listed.length;
    const wanted = [...listed, ...(others || everything ? [everything ? "fewer" : `${others} others`] : [])];
    const there = [...seen.legend.children].map((one) => one.textContent);
    if (wanted.join() !== there.join())
      seen.legend.replaceChildren(...wanted.map((name, at) => (at < listed.length ? key(name) : more(name))));
    listed.forEach((name, at) => {
      const button = seen.legend.children[at];
      const { colour, dash } = look(held.names.indexOf(name));
      button.setAttribute("aria-pressed", String(!without.has(name)));
      button.firstChild.style.borderColor = colour;
      button.firstChild.style.borderTopStyle = dash ? "dashed" : "solid";
    });
  }

  function more(text) {
    const flip = () => {
      everything = !everything;
      draw();
      seen.legend.lastChild?.focus();
    };
    return h(
      "button",
      { type: "button", class: "quiet", "aria-expanded": String(everything), onclick: flip },
      text,
    );
  }

  function key(name) {
    const flip = () => {
      const without = hidden();
      if (!without.delete(name)) without.add(name);
      model.set("hidden", [...without]);
      model.save_changes();
    };
    return h("button", { type: "button", class: "key", onclick: flip }, h("i", { class: "swatch" }), name);
  }

  function read(found) {
    const shown = held.names.map((_, place) => place).filter((place) => !hidden().has(held.names[place]));
    const place = found && shown[found.curve];
    seen.readout.textContent =
      place == null
        ? ""
        : `${written(held.x[found.place])} min, ${held.names[place]} ${written(held.rows[place][found.place], 3)}`;
  }

  function table() {
    const rows = Array.from(held.x, (x, place) => [typed(x), ...held.rows.map((row) => typed(row[place]))]);
    return { columns: [model.get("label") ?? "time / min", ...held.names], rows };
  }

  const stop = following(model, ["course", "frozen", "hidden", "first"], draw);
  return () => {
    stop();
    plot.close();
    seen.root.remove();
  };
}

export default { render };
