// What every drawing stands in: a title, a readout, and its numbers as a table behind one key (T).

import { h, update } from "./element.js";

/**
 * Make the frame of a drawing.
 *
 * `table` returns {columns: [text], rows: [[cell]]}; it is asked only when the table is shown.
 */
export function frame(el, { title, kind, table }) {
  const readout = h("output", { class: "readout", "aria-live": "polite" });
  const key = h("span", { class: "scale" });
  const button = h(
    "button",
    { type: "button", class: "quiet", "aria-pressed": "false", title: "Numbers of this drawing (key T)" },
    "Table",
  );
  const heading = h("span", { class: "drawing-title" }, title);
  const plot = h("div", { class: `drawing-plot ${kind}`, tabindex: 0, role: "img" });
  const sheet = h("div", { class: "drawing-table", tabindex: 0, role: "region", hidden: true });
  const legend = h("div", { class: "legend" });
  const root = h(
    "figure",
    { class: "drawing" },
    h("figcaption", {}, heading, key, button),
    h("div", { class: "drawing-body" }, plot, readout),
    sheet,
    legend,
  );
  el.append(root);

  const toggle = () => {
    sheet.hidden = !sheet.hidden;
    plot.hidden = !sheet.hidden;
    legend.hidden = !sheet.hidden;
    button.setAttribute("aria-pressed", String(!sheet.hidden));
    if (!sheet.hidden) fill();
    (sheet.hidden ? plot : sheet).focus({ preventScroll: true });
  };
  button.addEventListener("click", toggle);
  root.addEventListener("keydown", (event) => {
    const elsewhere =
      event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey;
    if (event.key.toLowerCase() === "t" && !elsewhere) toggle();
    if (event.key === "Escape" && !sheet.hidden) toggle();
  });

  function fill() {
    const { columns, rows } = table();
    const copy = h(
      "button",
      { type: "button", class: "quiet", onclick: () => copied(columns, rows, copy) },
      "Copy",
    );
    const head = h(
      "tr",
      {},
      columns.map((text) => h("th", { scope: "col" }, text)),
    );
    const body = rows.map((row) =>
      h(
        "tr",
        {},
        row.map((cell, place) => (place ? h("td", {}, cell) : h("th", { scope: "row" }, cell))),
      ),
    );
    const caption = h("caption", {}, `${heading.textContent}, ${rows.length} rows `, copy);
    sheet.replaceChildren(
      h("table", { class: "numbers" }, caption, h("thead", {}, head), h("tbody", {}, body)),
    );
  }

  return {
    root,
    plot,
    legend,
    key,
    readout,
    /** What the drawing shows, for those who do not see it; the table follows where it is open. */
    describe(text, { refill = true } = {}) {
      update(plot, {
        "aria-label": `${heading.textContent}: ${text}. Press T for the numbers${kind === "sizes" ? "" : ", arrows to read values"}.`,
      });
      update(sheet, { "aria-label": `Numbers of ${heading.textContent}` });
      if (refill && !sheet.hidden) fill();
    },
    title(text) {
      heading.textContent = text;
    },
    get shown() {
      return !plot.hidden;
    },
  };
}

async function copied(columns, rows, button) {
  await navigator.clipboard.writeText([columns, ...rows].map((row) => row.join("\t")).join("\n"));
  button.textContent = "Copied";
}
