// A number that can be turned: a logarithmic (or linear) slider, its exact value, limits and status.
//
// Keys of the model: name, label, value, unit, low, high, log; prior_low, prior_high (the range that
// is believed before any data), status, source, original (where it started).
// What the user wants is written to `asked`: {name, value, exact}; the host answers by setting `value`.

import { h, once, say, update } from "./element.js";
import { decimal, quantity, readNumber, typed, unitWritten } from "./numbers.js";
import { settling, turned } from "./turning.js";

const RADIUS = 8; // px of the thumb, which stays within the track
const READABLE = 100; // ms; a number that changes sooner is not read, and writing it paints its panel anew

function render({ model, el }) {
  const track = h("div", { class: "dial-track", role: "slider", tabindex: 0 });
  const parts = {
    prior: h("div", { class: "dial-prior" }),
    start: h("div", { class: "dial-start" }),
    fill: h("div", { class: "dial-fill" }),
    thumb: h("div", { class: "dial-thumb" }),
  };
  track.append(h("div", { class: "dial-rail" }, parts.prior, parts.start, parts.fill, parts.thumb));
  const label = h("span", { class: "dial-label" });
  const status = h("button", { type: "button", class: "chip", "aria-expanded": "false" });
  const field = h("input", {
    class: "dial-value",
    type: "text",
    inputmode: "decimal",
    autocomplete: "off",
    spellcheck: "false",
  });
  const unit = h("span", { class: "dial-unit" });
  const low = limit("low");
  const high = limit("high");
  const source = h("p", { class: "note" });
  const more = h(
    "div",
    { class: "dial-more", hidden: true },
    source,
    h("div", { class: "dial-limits" }, low.label, high.label),
  );
  const root = h(
    "div",
    { class: "dial" },
    h("div", { class: "dial-head" }, label, status),
    h("div", { class: "dial-row" }, track, h("span", { class: "dial-exact" }, field, unit)),
    more,
  );
  el.append(root);

  function limit(key) {
    const input = h("input", { type: "text", inputmode: "decimal", autocomplete: "off" });
    input.addEventListener("change", () => {
      const value = readNumber(input.value);
      const other = model.get(key === "low" ? "high" : "low");
      const fits =
        value !== null &&
        (key === "low" ? value < other : value > other) &&
        !(model.get("log") && value <= 0);
      if (fits) model.set(key, value);
      update(input, { "aria-invalid": fits ? null : "true" });
      draw();
    });
    return { input, label: h("label", { class: "field" }, key === "low" ? "lower end" : "upper end", input) };
  }

  const scale = () =>
    model.get("log")
      ? [Math.log(model.get("low")), Math.log(model.get("high"))]
      : [model.get("low"), model.get("high")];
  const placeOf = (value) => {
    const [from, to] = scale();
    return Math.min(Math.max(((model.get("log") ? Math.log(value) : value) - from) / (to - from), 0), 1);
  };
  const valueAt = (place) => {
    const [from, to] = scale();
    const at = from + Math.min(Math.max(place, 0), 1) * (to - from);
    return Number((model.get("log") ? Math.exp(at) : at).toPrecision(5));
  };
  let held = null; // what the hand shows while the host has not answered
  function ask(value, exact) {
    held = exact ? null : value;
    model.set("value", value);
    model.set("asked", { name: model.get("name"), value, exact });
    model.save_changes();
  }

  const keys = settling(ask);
  track.addEventListener("keydown", (event) => {
    const value = turned(event.key, values(model));
    if (value === null) return;
    event.preventDefault();
    keys.ask(value);
  });

  let box = null; // of the track, as it was when it was taken hold of
  function drag(event) {
    return valueAt((event.clientX - box.left - RADIUS) / (box.width - 2 * RADIUS));
  }
  track.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    if (event.isTrusted) track.setPointerCapture(event.pointerId);
    track.focus({ preventScroll: true });
    box = track.getBoundingClientRect();
    held = drag(event);
    ask(held, false);
  });
  track.addEventListener("pointermove", (event) => {
    if (held === null) return;
    const value = drag(event);
    if (value !== model.get("value")) ask(value, false);
  });
  const release = () => held !== null && ask(model.get("value"), true);
  track.addEventListener("pointerup", release);
  track.addEventListener("pointercancel", release);

  field.addEventListener(
    "keydown",
    (event) => event.key === "Enter" && field.dispatchEvent(new Event("change")),
  );
  field.addEventListener("change", () => {
    const value = readNumber(field.value);
    const fits = value !== null && !(model.get("log") && value <= 0);
    update(field, { "aria-invalid": fits ? null : "true" });
    if (!fits || value === model.get("value")) return;
    if (value < model.get("low")) model.set("low", value);
    if (value > model.get("high")) model.set("high", value);
    ask(value, true);
  });
  status.addEventListener("click", () => {
    more.hidden = !more.hidden;
    status.setAttribute("aria-expanded", String(!more.hidden));
  });

  function draw() {
    const { value, low: from, high: to, status: said } = values(model);
    const place = placeOf(value);
    parts.thumb.style.transform = `translateX(${place * 100}%)`;
    parts.fill.style.transform = `scaleX(${place})`;
    const prior = model.get("prior_low") != null;
    parts.prior.hidden = !prior;
    if (prior) {
      const [left, right] = [placeOf(model.get("prior_low")), placeOf(model.get("prior_high"))];
      parts.prior.style.insetInlineStart = `${left * 100}%`;
      parts.prior.style.inlineSize = `${(right - left) * 100}%`;
    }
    const original = model.get("original");
    parts.start.hidden = original == null;
    if (original != null) parts.start.style.insetInlineStart = `${placeOf(original) * 100}%`;
    update(track, {
      "aria-label": model.get("label"),
      "aria-valuenow": decimal(value),
      "aria-valuemin": decimal(from),
      "aria-valuemax": decimal(to),
      "aria-valuetext": [quantity(value, model.get("unit"), { spoken: true }), said]
        .filter(Boolean)
        .join(", "),
    });
    say(label, model.get("label"));
    update(label, { title: model.get("name") ?? "" });
    update(field, { "aria-label": `${model.get("label")}, exact value` });
    write(value);
    say(unit, unitWritten(model.get("unit")));
    update(unit, { title: unitWritten(model.get("unit")) });
    say(status, said || "…");
    update(status, {
      "data-status": said,
      "aria-label": `${said || "more"}: source and limits of ${model.get("label")}`,
    });
    const range = prior
      ? `Believed range ${quantity(model.get("prior_low"), model.get("unit"))} to ${quantity(model.get("prior_high"), model.get("unit"))}. `
      : "";
    say(source, range + (model.get("source") ?? ""));
    for (const [one, end] of [
      [low, from],
      [high, to],
    ])
      if (document.activeElement !== one.input) one.input.value = typed(end);
    root.classList.toggle("is-changed", original != null && value !== original);
  }
  let wrote = 0; // when the exact value was written last
  function write(value) {
    if (document.activeElement === field) return;
    if (held !== null && performance.now() - wrote < READABLE) return;
    wrote = performance.now();
    field.value = typed(value);
  }

  const redraw = once(draw);
  model.on("change", redraw);
  draw();
  return () => {
    keys.stop();
    model.off("change", redraw);
    root.remove();
  };
}

function values(model) {
  return Object.fromEntries(["value", "low", "high", "log", "status"].map((key) => [key, model.get(key)]));
}

export default { render };
