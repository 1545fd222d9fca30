// Files of the screen Spectra: choosing and reading them, and taking tables away.

import { h } from "../components/element.js";
import { choice, field } from "../components/form.js";
import { copied } from "../components/tables.js";

const OPEN = ["", "as the file says"];

/** Choosers of files, and what a user knows that a file does not say; `show(answer, known)` fills them. */
export function reading({ drop, example, known }) {
  const files = chooser("Choose files …", { multiple: true });
  const folder = chooser("Choose a folder …", { webkitdirectory: true });
  const said = {
    time_unit: choice("unit of times", [OPEN, "s", "min", "h", "day"], "", tell),
    signal: choice("columns hold", [OPEN, "absorbance", "photoluminescence", "%T", "T"], "", tell),
    decimal: choice("decimal sign", [OPEN, [".", "point"], [",", "comma"]], "", tell),
    sheet: field("sheet of a workbook", { size: 10 }),
    column: field("column of traces", { size: 10 }),
  };
  for (const one of [said.sheet, said.column]) one.input.addEventListener("change", tell);
  const tried = h("button", { type: "button", class: "quiet", onclick: example }, "Try it with simulated spectra");
  const otherwise = h(
    "details",
    { hidden: true },
    h("summary", {}, "Read it otherwise"),
    h("div", { class: "bar" }, Object.values(said).map((one) => one.root)),
  );

  function chooser(text, how) {
    const input = h("input", { type: "file", class: "unseen", tabindex: -1, "aria-hidden": "true", ...how });
    input.addEventListener("change", () => {
      if (input.files.length) drop([...input.files].filter((one) => !one.name.startsWith(".")));
      input.value = "";
    });
    return h("span", {}, h("button", { type: "button", onclick: () => input.click() }, text), input);
  }

  function tell() {
    const entries = Object.entries(said).map(([name, one]) => [name, one.input.value.trim()]);
    known(Object.fromEntries(entries.map(([name, value]) => [name, value || null])));
  }

  return {
    root: h(
      "div",
      { class: "stack" },
      h(
        "div",
        { class: "bar" },
        files,
        folder,
        tried,
        h("span", { class: "note" }, "or drop them anywhere: text, workbooks, JCAMP-DX, instruments' files. They stay on this machine."),
      ),
      otherwise,
    ),
    show(_, now) {
      tried.hidden = true;
      otherwise.hidden = false;
      for (const [name, one] of Object.entries(said)) one.input.value = now[name] ?? "";
    },
  };
}

const FORMS = [["clipboard", "Copy as a table"], ["xlsx", "Workbook"], ["origin", "Origin"], ["csv", "CSV"]];

/** Buttons that take spectra away, or the numbers of a job. */
export function taking({ connection, shell, job = () => undefined, what = "" }) {
  const button = ([to, text]) => {
    const made = h("button", { type: "button", onclick: () => take(to, made) }, text);
    return made;
  };
  const take = (to, made) =>
    shell.tried(async () => {
      const found = await connection.ask("spectra.table", { to, job: job() });
      if (found.text == null) await connection.download(found.download, found.name);
      else await copied(found.text, made);
    });
  return { root: h("div", { class: "bar taking", role: "group", "aria-label": `Take away ${what || "what is shown"}` }, FORMS.map(button)) };
}
