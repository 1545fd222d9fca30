// First excitons of the screen Spectra: positions with intervals, sizes, doubts.

import { h } from "../components/element.js";
import { choice, fill } from "../components/form.js";
import lines from "../components/lines.js";
import { written } from "../components/numbers.js";
import { commandLine, sentences, tableOf } from "../components/tables.js";
import { working } from "../working.js";
import { place } from "../model.js";
import { taking } from "./spectra_files.js";

/** The panel of first excitons; `begin()` looks for them, `again()` follows the job of before a reload. */
export function excitons({ connection, shell, state }) {
  const material = choice("material", [], "", (name) => {
    state.set({ material: name });
    begin();
  });
  const find = h("button", { type: "button", class: "primary", onclick: () => begin() }, "Find first excitons");
  const body = h("div", { class: "stack" });
  const root = h(
    "section",
    { class: "panel stack", "aria-label": "First excitons" },
    h("h2", {}, "First excitons"),
    h("div", { class: "bar" }, material.root, find),
    body,
  );
  const job = working({ host: body, connection, shell, remember: "prenuc excitons", show: drawn });

  let drawing = null;

  function begin() {
    if (root.hidden) return;
    const named = material.input.value;
    job.begin(() => connection.ask("spectra.excitons", named ? { material: named } : {}));
  }

  function drawn(host, found, id) {
    const plot = h("div", {});
    const take = taking({ connection, shell, job: () => id, what: "first excitons" });
    const heads = ["spectrum", "what", "first exciton / nm", "95 % interval", "diameter / nm", "by", "cluster"];
    const doubted = found.rows.filter((row) => row.doubts.length);
    host.replaceChildren(
      plot,
      tableOf({ headings: heads, rows: found.rows.map(cells) }, "First excitons table"),
      sentences(doubted.map((row) => `${row.label}: ${row.doubts.join("; ")}`), "Doubted") ?? "",
      sentences(found.warnings, "Know before you believe") ?? "",
      sentences(found.crossings, "Do all spectra cross in one point?") ?? "",
      take.root,
      commandLine(found.command),
    );
    drawing?.close();
    drawing = place(lines, plot, {
      title: "First exciton",
      x: `time / ${found.time_unit}`,
      y: "wavelength / nm",
      curves: [curve(found)],
    });
    shell.say(`${found.rows.length} spectra are looked at`);
  }

  return {
    root,
    begin,
    again: () => job.again(),
    clear: () => job.clear(),
    stale: () => job.stale(),
    close() {
      job.close();
      drawing?.close();
    },
    opened(answer) {
      root.hidden = answer.kind !== "spectra" || answer.signal !== "absorbance";
      fill(material.input, [["", "not said"], ...answer.materials], state.now.material);
    },
  };
}

function curve({ rows, time }) {
  const seen = rows.map((row, place) => ({ ...row, time: time[place] ?? place + 1 })).filter((row) => row.first_exciton_nm != null);
  return {
    name: "first exciton",
    x: seen.map((row) => row.time),
    y: seen.map((row) => row.first_exciton_nm),
    low: seen.map((row) => row.ci95_nm[0]),
    high: seen.map((row) => row.ci95_nm[1]),
    dots: true,
  };
}

function cells(row) {
  const found = row.first_exciton_nm != null;
  return [
    row.label,
    row.doubts.length ? `${row.status}, doubted` : row.status,
    found ? row.first_exciton_nm.toFixed(1) : "–",
    found && row.ci95_nm[0] != null ? row.ci95_nm.map((one) => one.toFixed(1)).join(" to ") : "–",
    row.diameter_nm == null ? "–" : row.diameter_nm.toFixed(2),
    row.diameter_nm == null ? "–" : row.curve,
    row.matches.join(", ") || "–",
  ].map((cell) => (typeof cell === "number" ? written(cell) : cell));
}
