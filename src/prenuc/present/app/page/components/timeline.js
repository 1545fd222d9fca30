// A protocol as a timeline: a lane for each vessel, its temperature, doses; times, temperatures and
// doses are dragged where they stand. Widths go with the cube root of a duration, and are not to scale.
//
// Keys of the model: steps [{number, text, kind, vessel, from, begin_min, end_min, begin_c, end_c,
//   handles: [{name, label, value, unit, low, high}]}], values ({name: value} of handles that were moved),
//   selected (number of a step).
// What the user wants is written to `asked`: {name, value, exact}; the host answers by setting `values`.

import { h, once, s, update } from "./element.js";
import { decimal, quantity, written } from "./numbers.js";
import { LANE, TIMES, laidOut, unstretched } from "./timeline_layout.js";
import { settling, turned } from "./turning.js";

const DOSE_DECADE = 60; // px of dragging for a factor of ten

function render({ model, el }) {
  const host = h("div", { class: "timeline" });
  const drawing = s("svg", { role: "group", "aria-label": "Timeline of the protocol" });
  const back = s("g", { "aria-hidden": "true" });
  const front = s("g", {});
  drawing.append(back, front);
  host.append(drawing);
  el.append(host);
  const grips = new Map(); // by name of their handle, so that a redraw keeps focus
  let wanted = {}; // values under the hand, until the host answers
  const valueOf = ({ name, value }) => wanted[name] ?? model.get("values")?.[name] ?? value;
  let drag = null;
  let frozen = null; // pixels per unit while dragging

  function ask(name, value, exact) {
    wanted[name] = value;
    model.set("asked", { name, value, exact });
    model.save_changes();
    draw();
  }

  function draw() {
    const width = Math.max(host.clientWidth, 240);
    const plan = laidOut(model.get("steps") ?? [], width, { ...model.get("values"), ...wanted }, frozen);
    update(drawing, { width, height: plan.height, viewBox: `0 0 ${width} ${plan.height}` });
    back.replaceChildren(...plan.lanes.map((lane) => drawnLane(lane, model.get("selected"), select)));
    const kept = new Set();
    for (const lane of plan.lanes) {
      for (const mark of lane.grips) {
        kept.add(mark.handle.name);
        placeGrip(mark, lane, plan.unit);
      }
    }
    for (const [name, grip] of grips)
      if (!kept.has(name)) (grips.delete(name), grip.keys.stop(), grip.root.remove());
  }

  function placeGrip(mark, lane, unit) {
    const { handle } = mark;
    let grip = grips.get(handle.name);
    if (!grip) {
      grip = newGrip(mark);
      grips.set(handle.name, grip);
      front.append(grip.root);
    }
    grip.mark = mark;
    grip.unit = unit;
    const value = valueOf(handle);
    update(grip.root, {
      transform: `translate(${mark.x.toFixed(1)} ${(lane.top + mark.y).toFixed(1)})`,
      "aria-label": `${handle.label} of step ${mark.step.number}, ${mark.step.kind} ${mark.step.vessel}`,
      "aria-valuenow": decimal(value),
      "aria-valuemin": decimal(handle.low),
      "aria-valuemax": decimal(handle.high),
      "aria-valuetext": quantity(value, handle.unit, { spoken: true }),
      "aria-orientation": mark.kind === "duration" ? "horizontal" : "vertical",
    });
    if (grip.text)
      grip.text.textContent =
        mark.kind === "dose"
          ? `${quantity(value, handle.unit)} ${handle.name.split(": ").at(-1)}`
          : quantity(value, handle.unit);
    if (grip.text) {
      const last = mark.x > drawing.clientWidth - 90;
      const beside = mark.falls && !last; // a falling line would go through what stands above its end
      update(grip.text, {
        "text-anchor": last ? "end" : beside || mark.x < 60 ? "start" : "middle",
        x: beside ? 10 : 0,
      });
    }
  }

  function newGrip({ kind, handle, height }) {
    const shapes = {
      duration: () => [
        s("rect", { class: "tl-hit", x: -9, y: -height, width: 18, height }),
        s("line", { y1: -height, y2: 0 }),
        s("rect", { class: "tl-knob", x: -4, y: -9, width: 8, height: 18, rx: 3 }),
      ],
      temperature: () => [s("circle", { class: "tl-hit", r: 14 }), s("circle", { class: "tl-knob", r: 5.5 })],
      dose: () => [
        s("rect", { class: "tl-hit", x: -48, y: -15, width: 96, height: 21 }),
        s("path", { class: "tl-knob", d: "M-5 4h10l-5 7z" }),
      ],
    };
    const text = kind === "duration" ? null : s("text", { class: "tl-value", y: kind === "dose" ? -1 : -10 });
    const root = s("g", { class: `tl-grip is-${kind}`, role: "slider", tabindex: 0 }, shapes[kind](), text);
    const grip = { root, text, keys: settling((value, exact) => ask(handle.name, value, exact)) };
    root.addEventListener("keydown", (event) => {
      const { handle: now } = grip.mark;
      const value = turned(event.key, {
        ...now,
        value: valueOf(now),
        log: kind !== "temperature" && now.low > 0,
      });
      if (value === null) return;
      event.preventDefault();
      grip.keys.ask(value);
    });
    root.addEventListener("focus", () => select(grip.mark.step.number));
    root.addEventListener("pointerdown", (event) => begin(event, grip));
    root.addEventListener("pointermove", move);
    root.addEventListener("pointerup", end);
    root.addEventListener("pointercancel", end);
    return grip;
  }

  function begin(event, grip) {
    if (event.button !== 0) return;
    if (event.isTrusted) grip.root.setPointerCapture(event.pointerId);
    const { handle } = grip.mark;
    drag = { grip, x: event.clientX, y: event.clientY, value: valueOf(handle), mark: grip.mark };
    frozen = grip.unit;
    host.classList.add("is-dragging");
  }

  function move(event) {
    if (!drag) return;
    const value = draggedTo(drag, event.clientX - drag.x, event.clientY - drag.y, frozen);
    const { name } = drag.mark.handle;
    if (value !== (wanted[name] ?? drag.value)) ask(name, value, false);
  }

  function end() {
    if (!drag) return;
    const { name } = drag.mark.handle;
    const value = wanted[name]; // where it is back at what it was, coarse curves are to go, too
    drag = null;
    frozen = null;
    host.classList.remove("is-dragging");
    if (value !== undefined) ask(name, value, true);
  }

  function select(number) {
    if (number === model.get("selected")) return;
    model.set("selected", number);
    model.save_changes();
  }

  const redraw = once(draw);
  const answered = () => {
    if (!drag) wanted = {};
    redraw();
  };
  model.on("change:steps", answered);
  model.on("change:values", answered);
  model.on("change:selected", redraw);
  const sized = new ResizeObserver(redraw);
  sized.observe(host);
  return () => {
    model.off("change:steps", answered);
    model.off("change:values", answered);
    model.off("change:selected", redraw);
    sized.disconnect();
    for (const { keys } of grips.values()) keys.stop();
    host.remove();
  };
}

/** The value that a drag asks for: right is longer, up is hotter or more. */
function draggedTo({ mark, value }, right, down, unit) {
  const { handle, kind } = mark;
  const within = (one) => Number(Math.min(Math.max(one, handle.low), handle.high).toPrecision(3));
  if (kind === "temperature") return Math.round(Math.min(Math.max(value - down, handle.low), handle.high));
  if (kind === "dose") return within(value * 10 ** (-down / DOSE_DECADE));
  return within(unstretched(mark.stretched + right, unit) / TIMES[handle.unit]);
}

function drawnLane(lane, selected, select) {
  const base = LANE.base;
  const parts = lane.links.map(({ x, from }) =>
    s("path", {
      class: "tl-link",
      d: `M${x} ${from.top - lane.top + (from.row === lane.row ? 24 : base + 5)}V${base + 32}`,
    }),
  );
  parts.push(s("line", { class: "tl-base", x1: lane.x0, x2: lane.x1, y1: base, y2: base }));
  if (lane.named)
    parts.push(
      s(
        "text",
        {
          class: "tl-vessel",
          x: lane.x0 + (lane.crowded ? -6 : lane.links.length ? 6 : 0),
          y: base + 34,
          "text-anchor": lane.crowded ? "end" : "start",
        },
        lane.vessel,
      ),
    );
  for (const one of lane.segments) {
    const chosen = one.step.number === selected ? " is-chosen" : "";
    const title = s("title", {}, one.step.text);
    parts.push(
      s("path", { class: `tl-area${one.cold ? " is-cold" : ""}${chosen}`, d: one.area, onclick: () => select(one.step.number) }, title),
      s("path", { class: "tl-line", d: one.line }),
    );
    if (one.x1 - one.x0 > 62)
      parts.push(s("text", { class: "tl-time", x: (one.x0 + one.x1) / 2, y: base + 16 }, span(one.minutes)));
  }
  for (const { x, y, celsius, first } of lane.told)
    parts.push(
      s("text", { class: "tl-value", x, y: y - (first ? 14 : 8), "text-anchor": first ? "start" : "middle" }, quantity(celsius, "degC")),
    );
  for (const one of lane.looks)
    parts.push(
      s("path", { class: "tl-look", d: `M${one.x.toFixed(1)} ${base}v6` }, s("title", {}, one.text)),
    );
  return s("g", { transform: `translate(0 ${lane.top})` }, parts);
}

/** A duration as it is said in a laboratory. */
function span(minutes) {
  if (minutes >= 2880) return `${written(minutes / 1440, 3)} d`;
  return minutes >= 180 ? `${written(minutes / 60, 3)} h` : `${written(minutes, 3)} min`;
}

export default { render };
