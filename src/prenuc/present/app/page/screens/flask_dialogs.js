// What the screen Flask asks in a dialog: a protocol of one's own, and what to take away.

import { h } from "../components/element.js";
import { saved } from "../shell.js";

const FORMS = {
  protocol: ["Protocol", "laboratory sentences, to run it again or to change it by hand"],
  mechanism: ["Mechanism file", "every reaction with the constants that are set here"],
  python: ["Python", "a script that makes the same numbers"],
  commands: ["Commands", "the same on the command line"],
  figure: ["Figure", "spectra as SVG, with fonts for a journal"],
};

/** Show a dialog until it is closed; focus goes back to where it was. */
export function dialog(title, ...content) {
  const close = h("button", { type: "button", class: "quiet", onclick: () => root.close() }, "Close");
  const root = h(
    "dialog",
    { "aria-label": title },
    h(
      "div",
      { class: "stack" },
      h("div", { class: "bar" }, h("h2", {}, title), h("span", { class: "bar is-end" }, close)),
      ...content,
    ),
  );
  root.addEventListener("close", () => root.remove());
  document.body.append(root);
  root.showModal();
  return root;
}

/** Ask for a protocol as text or as a file; `open({protocol} or {upload})` answers whether it was taken. */
export function ownProtocol(text, { open, upload }) {
  const area = h("textarea", {
    class: "code",
    spellcheck: "false",
    "aria-label": "Protocol, a sentence a line",
  });
  area.value = text;
  const file = h("input", {
    type: "file",
    accept: ".yaml,.yml,.html,.json",
    "aria-label": "Protocol, report or state from a file",
  });
  file.addEventListener(
    "change",
    async () => file.files.length && (await open({ upload: await upload(file.files[0]) })) && root.close(),
  );
  const run = h(
    "button",
    {
      type: "button",
      class: "primary",
      onclick: async () => (await open({ protocol: area.value })) && root.close(),
    },
    "Run it",
  );
  const root = dialog(
    "Your own protocol",
    h(
      "p",
      { class: "note" },
      "One sentence a line, as in a notebook: charge, heat, hold, inject, cool, take, measure. What is wrong is said with its line.",
    ),
    area,
    h("div", { class: "bar" }, run, file),
  );
}

/** Ask what to take away; `ask(as)` answers {download, name, text}. */
export function exporting({ ask, download, state, tried }) {
  const shown = h("pre", { tabindex: 0, hidden: true, "aria-label": "Text of what was exported" });
  const copy = h(
    "button",
    {
      type: "button",
      hidden: true,
      onclick: () =>
        navigator.clipboard.writeText(shown.textContent).then(() => (copy.textContent = "Copied")),
    },
    "Copy",
  );
  const take = (as) =>
    tried(async () => {
      const made = await ask(as);
      await download(made.download, made.name);
      shown.textContent = made.text ?? "";
      shown.hidden = copy.hidden = !made.text;
      copy.textContent = "Copy";
    });
  const rows = Object.entries(FORMS).map(([as, [name, what]]) =>
    h(
      "div",
      { class: "bar" },
      h("button", { type: "button", onclick: () => take(as) }, name),
      h("span", { class: "note" }, what),
    ),
  );
  const whole = h(
    "div",
    { class: "bar" },
    h(
      "button",
      {
        type: "button",
        onclick: () =>
          tried(async () => saved("flask.json", JSON.stringify(await state(), null, 1), "application/json")),
      },
      "State",
    ),
    h("span", { class: "note" }, "one file that brings this screen back when it is dropped here"),
  );
  dialog("Take away", ...rows, whole, copy, shown);
}
