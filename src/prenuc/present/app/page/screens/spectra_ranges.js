// Window, times and masks of the screen Spectra: by a drag over the spectra, or typed; what is subtracted.

import { h } from "../components/element.js";
import { choice, field, fill } from "../components/form.js";

const WAYS = { zoom: "a drag zooms", window: "a drag sets the window", mask: "a drag masks" };

/**
 * Controls of what takes part. `changed({window, times, mask, subtract})` is told what was asked; `way(name)`
 * what a drag over the spectra means now. Call `show` with the same, and {unit, labels}, when that has changed.
 */
export function ranges({ changed, way }) {
  let mask = [];
  const window = between("window / nm", (text) => changed({ window: text && `${text} nm` }));
  const times = between("times", (text) => changed({ times: text && `${text} ${unit}` }));
  const cut = between("mask", () => {}, "Mask");
  const subtract = choice("subtract", [], "", (label) => changed({ subtract: label }));
  const of = h("select", { "aria-label": "what is masked" }, h("option", { value: "nm" }, "nm"), h("option", { value: "time" }, "times"));
  const chips = h("div", { class: "chips", role: "group", "aria-label": "Masks" });
  let unit = "min";

  const ways = h(
    "fieldset",
    { class: "ticks" },
    h("legend", { class: "unseen" }, "What a drag over the spectra does"),
    Object.entries(WAYS).map(([name, text]) => {
      const input = h("input", { type: "radio", name: "way", value: name, onchange: () => way(name) });
      input.checked = name === "zoom";
      return h("label", { class: "tick" }, input, text);
    }),
  );
  cut.button.addEventListener("click", () => {
    const text = cut.text();
    if (text) add(`${text} ${of.value === "nm" ? "nm" : unit}`);
    cut.put(null);
  });
  cut.root.insertBefore(of, cut.button);

  function add(range) {
    changed({ mask: [...mask, range] });
  }

  return {
    root: h("div", { class: "stack" }, ways, h("div", { class: "bar" }, window.root, times.root, cut.root, subtract.root), chips),
    /** A range that was dragged over: a window, or one mask more. */
    dragged(name, [from, to]) {
      const text = `${round(from)} ${round(to)} nm`;
      if (name === "window") changed({ window: text });
      else add(text);
    },
    show(now) {
      mask = now.mask;
      unit = now.unit === "1" ? "" : now.unit;
      window.put(now.window);
      times.put(now.times);
      times.label(`times / ${now.unit}`);
      fill(subtract.input, [["", "nothing"], ...now.labels], now.subtract);
      subtract.root.hidden = !now.labels.length;
      chips.replaceChildren(
        ...mask.map((range, place) =>
          h(
            "span",
            {},
            `masked: ${range}`,
            h(
              "button",
              {
                type: "button",
                class: "quiet",
                "aria-label": `Take the mask ${range} away`,
                onclick: () => changed({ mask: mask.filter((_, other) => other !== place) }),
              },
              "×",
            ),
          ),
        ),
      );
    },
  };
}

const round = (nm) => Number(nm.toFixed(1));

/** Two numbers, from and to; told as "from to" on Enter or when left, "" when both are empty. */
function between(label, told, action = null) {
  const from = field(`${label}, from`, { size: 6 });
  const to = field("to", { size: 6 });
  const text = () => {
    const ends = [from, to].map((one) => one.input.value.trim().replace(",", "."));
    return ends.every(Boolean) ? ends.join(" ") : "";
  };
  let before = "";
  const tell = () => {
    const both = [from, to].every((one) => one.input.value.trim());
    const none = [from, to].every((one) => !one.input.value.trim());
    if ((both || none) && text() !== before) told((before = text()));
  };
  const button = action ? h("button", { type: "button" }, action) : null;
  const root = h("div", { class: "between" }, from.root, to.root, button);
  if (!action)
    for (const { input } of [from, to]) {
      input.addEventListener("change", tell);
      input.addEventListener("keydown", (event) => event.key === "Enter" && tell());
    }
  else
    to.input.addEventListener("keydown", (event) => event.key === "Enter" && button.click());
  return {
    root,
    button,
    text,
    label: (words) => (from.root.firstChild.textContent = `${words}, from`),
    put(range) {
      const ends = range ? range.split(" ") : ["", ""];
      [from.input.value, to.input.value] = ends;
      before = text();
    },
  };
}
