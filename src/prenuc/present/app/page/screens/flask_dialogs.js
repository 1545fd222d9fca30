// What the screen Flask asks in a dialog: a protocol of one's own, and what to take away.

import { h } from "../components/element.js";
import { dialog } from "../dialog.js";
import { fileButton } from "../file_button.js";
import { saved } from "../shell.js";

const FORMS = {
  protocol: ["Protocol", "laboratory sentences, to run it again or to change it by hand"],
  mechanism: ["Mechanism file", "every reaction with the constants that are set here"],
  spectra: ["Spectra", "a table of absorbances, for a spreadsheet"],
  python: ["Python", "a script that makes the same numbers"],
  commands: ["Commands", "the same on the command line"],
  figure: ["Figure", "the spectra for a journal"],
};
const HOW =
  "One sentence a line, as in a notebook: charge, heat, hold, inject, cool, take, measure. " +
  "What is wrong is said with its line.";
const FILE = /^\s*(protocol|recipe)\s*:/m; // what a protocol file has and sentences have not

/** Ask for a protocol, as text or as files; `open(source)` and `receive(files)` answer whether it was taken. */
export function ownProtocol(text, { mechanisms, open, receive }) {
  const area = h("textarea", {
    class: "code",
    spellcheck: "false",
    "aria-label": "Protocol, a sentence a line",
  });
  area.value = text;
  const over = (taken) => taken && root.close();
  const mechanism = h(
    "select",
    {},
    mechanisms.all.map((one) => h("option", { value: one }, one)),
  );
  if (!mechanisms.all.includes(mechanisms.now))
    mechanism.prepend(h("option", { value: mechanisms.now }, `${mechanisms.name}, from a file`));
  mechanism.value = mechanisms.now;
  const own = () => (FILE.test(area.value) ? {} : { mechanism: mechanism.value }); // a file may name its own
  const run = async () => over(await open({ protocol: area.value, ...own() }));
  const take = async (files) => over(await receive(files));
  const root = dialog(
    "Your own protocol",
    h("p", { class: "note" }, HOW),
    area,
    h(
      "div",
      { class: "bar" },
      h("label", { class: "field" }, "mechanism", mechanism),
      h("button", { type: "button", class: "primary", onclick: run }, "Run it"),
      fileButton("From a file …", take, ".yaml,.yml,.html,.htm,.json"),
      h("span", { class: "note" }, "a protocol with its mechanism, a report of prenuc, or a saved state"),
    ),
  );
}

/** Ask what to take away; `ask(as)` answers {download, name, text}. */
export function exporting({ ask, download, state, tried }) {
  const shown = h("pre", { tabindex: 0, hidden: true, "aria-label": "Text of what was taken away" });
  const copied = () =>
    navigator.clipboard.writeText(shown.textContent).then(() => (copy.textContent = "Copied"));
  const copy = h("button", { type: "button", hidden: true, onclick: copied }, "Copy");
  const take = (as) =>
    tried(async () => {
      const made = await ask(as);
      await download(made.download, made.name);
      shown.textContent = made.text ?? "";
      shown.hidden = copy.hidden = !made.text;
      copy.textContent = "Copy";
    });
  const keep = () =>
    tried(async () => saved("flask.json", JSON.stringify(await state(), null, 1), "application/json"));
  const row = (name, what, onclick) =>
    h(
      "div",
      { class: "take" },
      h("button", { type: "button", onclick }, name),
      h("span", { class: "note" }, what),
    );
  dialog(
    "Take away",
    ...Object.entries(FORMS).map(([as, [name, what]]) => row(name, what, () => take(as))),
    row("State", "one file that brings this screen back when it is dropped here", keep),
    copy,
    shown,
  );
}
