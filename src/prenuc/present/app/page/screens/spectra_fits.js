// Fits of the screen Spectra: rate constants with intervals, residuals, checks, what fits as well.

import { h } from "../components/element.js";
import { field, tick, typed } from "../components/form.js";
import { written } from "../components/numbers.js";
import { commandLine, tableOf } from "../components/tables.js";
import { working } from "../working.js";
import { taking } from "./spectra_files.js";
import { shownFits } from "./spectra_fitted.js";

/** The panel of fits; `cursor()` is where the pointer last was in the spectra. */
export function fits({ connection, shell, state, cursor }) {
  const list = h("datalist", { id: "schemes" });
  const scheme = field("scheme", { value: state.now.scheme, list: "schemes", size: 20 });
  const at = field("at", { value: state.now.at, hint: "all wavelengths", size: 14 });
  const background = tick("a constant lies under it");
  const origin = tick("nothing at time zero");
  const here = h("button", { type: "button", class: "quiet", onclick: aim }, "Where the pointer was");
  const fit = h("button", { type: "submit", class: "primary" }, "Fit");
  const which = h("button", { type: "button", onclick: weigh }, "Which scheme?");
  const asked = h(
    "form",
    { class: "bar" },
    list,
    scheme.root,
    at.root,
    here,
    background.root,
    origin.root,
    fit,
    which,
  );
  const [own, given] = [shownFits(), shownFits()]; // fits of ours, and those that came with a report
  const fitted = h("div", { class: "stack" });
  const weighed = h("div", { class: "stack" });
  const root = h("section", { class: "panel stack", "aria-label": "Fit" }, h("h2", {}, "Fit"), given.root, asked, fitted, weighed);
  const job = working({ host: fitted, connection, shell, remember: "prenuc fit", show: drawn });
  const verdict = working({ host: weighed, connection, shell, remember: "prenuc schemes", show: ranked });
  asked.addEventListener("submit", (event) => {
    event.preventDefault();
    begin();
  });

  function begin() {
    state.set({ scheme: scheme.input.value, at: at.input.value });
    job.begin(() =>
      connection.ask("spectra.fit", {
        scheme: scheme.input.value,
        at: wavelength(),
        background: background.input.checked,
        through_origin: origin.input.checked,
      }),
    );
  }

  function weigh() {
    verdict.begin(() => connection.ask("spectra.compare", { at: wavelength() }));
  }

  const wavelength = () => (typed(at) && /^[\d.]+$/.test(typed(at)) ? `${typed(at)} nm` : typed(at));

  function aim() {
    const seen = cursor();
    if (seen) at.input.value = `${Math.round(seen.wavelength_nm)} nm`;
    else shell.say("Move the pointer over the spectra first");
  }

  function drawn(host, found, id) {
    const taken = taking({ connection, shell, job: () => id, what: "the fit" }).root;
    host.replaceChildren(own.root); // first: what is drawn asks for its width and theme
    own.show([found], { names: ["Constants"], beside: [taken, commandLine(found.command)] });
    shell.say(`Fitted ${found.scheme}`);
  }

  /** Fits that were found in a report. */
  function reported(found) {
    const names = found.map((_, place) => `Constants in the report${found.length > 1 ? `, ${place + 1}` : ""}`);
    given.show(found, { names, title: "In the report" });
  }

  return {
    root,
    reported,
    again: () => Promise.all([job.again(), verdict.again()]),
    clear: () => [job, verdict].map((one) => one.clear()),
    stale: () => [job, verdict].map((one) => one.stale()),
    close() {
      for (const one of [job, verdict]) one.close();
      own.close();
      given.close();
    },
    opened(told) {
      list.replaceChildren(...told.schemes.map((one) => h("option", { value: one })));
      at.root.hidden = here.hidden = told.kind !== "spectra";
    },
  };
}

/** Which scheme the data support; "cannot tell" is an answer. */
function ranked(host, found) {
  const rows = found.ranking.map((one) => [one.model, written(one.weight, 3), one.verdict ?? ""]);
  const unknown = found.cannot_tell?.length ? `Cannot tell: ${found.cannot_tell.join(", ")}` : "";
  host.replaceChildren(
    tableOf({ headings: ["scheme", "weight", "verdict"], rows }, "Schemes"),
    unknown ? h("p", {}, unknown) : "",
    commandLine(found.command),
  );
}
