// The screen Spectra: files are dropped, read, cut, looked at, fitted, and taken away.

import { h } from "../components/element.js";
import spectra from "../components/spectra.js";
import { commandLine, sentences } from "../components/tables.js";
import { Due } from "../due.js";
import { place } from "../model.js";
import { excitons } from "./spectra_excitons.js";
import { fits } from "./spectra_fits.js";
import { reading, taking } from "./spectra_files.js";
import { ranges } from "./spectra_ranges.js";
import { SpectraState } from "./spectra_state.js";
import { traceOf } from "./spectra_trace.js";

function render({ el, connection, shell, given }) {
  const state = new SpectraState();
  const chosen = reading({ drop: (files) => receive({ files }), example, known: (known) => opened(state.now.uploads, { ...state.now.known, ...known }) });
  const told = h("div", { class: "stack" });
  const drawing = h("div", {});
  const trace = h("div", { hidden: true });
  const cutting = ranges({
    changed: (changed) => cut(changed),
    way: (name) => model.set("selecting", name === "zoom" ? false : name),
  });
  const take = taking({ connection, shell });
  const whole = h("section", { class: "panel stack", "aria-label": "Spectra", hidden: true }, drawing, trace, cutting.root, take.root);
  const work = h("div", { class: "columns", hidden: true });
  const model = place(spectra, drawing, { title: "Spectra", selecting: false });
  const shown = traceOf(trace);
  const parts = [excitons({ connection, shell, state }), fits({ connection, shell, state, cursor: () => pointed })];
  work.append(...parts.map((one) => one.root));

  const files = h("section", { class: "panel stack landing", "aria-label": "Files" }, chosen.root, told);
  el.append(
    h("h1", {}, "Spectra"),
    files,
    whole,
    work,
  );
  let pointed = null; // where the pointer last was in the spectra
  model.on("change:cursor", (cursor) => (pointed = cursor ?? pointed));
  model.on("change:selected", (ends) => ends && cutting.dragged(model.get("selecting"), ends));
  const asked = new Due(shell, () => shell.status(asked.due ? "computing" : ""));
  const stop = connection.onFrame("spectra", drawn);
  begin();

  async function begin() {
    if (given?.files || given?.uploads) return receive(given);
    if (state.now.uploads.length && (await opened(state.now.uploads, state.now.known, true)))
      for (const one of parts) one.again();
  }

  /** Files that were chosen or dropped, or are there already; several with a spectrum each are one series. */
  async function receive({ files, uploads }) {
    shell.status("computing");
    uploads ??= await shell.tried(() => Promise.all([...files].map((one) => connection.upload(one))));
    shell.status("");
    if (uploads) await begun(uploads);
  }

  async function begun(uploads) {
    connection.ask("uploads.forget", { uploads: state.now.uploads }).catch((error) => shell.fail(error));
    pointed = null;
    state.opened(uploads);
    for (const one of parts) one.clear();
    if (await opened(uploads, {})) parts[0].begin();
  }

  /** Spectra to try things on: a simulated figure of the paper, with the noise of a photometer. */
  async function example() {
    shell.status("computing");
    const made = await shell.tried(() => connection.ask("spectra.example"));
    shell.status("");
    if (made) await begun([made.upload]);
  }

  /** Read files, and come back to what was cut out of them; whether that was possible. */
  async function opened(uploads, known, kept = false) {
    const answer = await asked.ask(() => connection.ask("spectra.open", { uploads, ...known }));
    if (!answer) {
      if (kept) state.forget();
      return false;
    }
    state.set({ uploads, known });
    chosen.show(answer, known);
    said(answer);
    parts[1].reported(answer.fits);
    if (Object.keys(state.cut).length) await cut({});
    shell.say(`${answer.name} is read`);
    return true;
  }

  /** Ask for another part; what cannot be cut out leaves everything as it was. */
  async function cut(changed) {
    const { window, times, mask, subtract } = state.now;
    const before = { window, times, mask, subtract };
    state.set(changed);
    const answer = await asked.ask(() => connection.ask("spectra.cut", state.cut));
    if (answer) {
      for (const one of parts) if (Object.keys(changed).length) one.stale();
      return said(answer);
    }
    state.set(before);
    cutting.show({ ...before, ...axes });
  }

  let axes = { unit: "min", labels: [] }; // of what is shown
  function said(answer) {
    axes = { unit: answer.time_unit, labels: answer.labels ?? [] };
    whole.hidden = work.hidden = false;
    files.classList.remove("landing");
    drawing.hidden = answer.kind !== "spectra";
    trace.hidden = answer.kind === "spectra";
    cutting.show({ ...state.now, ...axes });
    model.set("masked", state.now.mask.filter((one) => one.endsWith("nm")).map((one) => one.split(" ").slice(0, 2).map(Number)));
    for (const one of parts) one.opened(answer);
    const many = answer.kind === "spectra" ? `${answer.spectra} ${answer.spectra === 1 ? "spectrum" : "spectra"}, ${answer.signal}` : `${answer.points} points`;
    told.replaceChildren(
      h("p", {}, h("strong", {}, answer.name), ` ${many}`),
      sentences(answer.history, "Read and assumed") ?? "",
      commandLine(answer.command),
    );
  }

  function drawn({ arrays, words }) {
    if (arrays.value) shown.draw(arrays, words);
    else
      model.set("spectra", {
        wavelength_nm: arrays.wavelength_nm.data,
        time_min: arrays.time_min.data,
        absorbance: arrays.absorbance.data,
        labels: words.labels,
      });
    asked.came();
  }

  return {
    receive,
    close() {
      stop();
      model.close();
      shown.close();
      for (const one of parts) one.close();
    },
  };
}

export default { title: "Spectra", render };
