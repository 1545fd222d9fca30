// The tools of the screen Flask: undo, freeze and compare, snapshots.

import { h, update } from "../components/element.js";
import { written } from "../components/numbers.js";

export function flaskTools({ state, shown, restore, undo, redo, reset }) {
  const button = (text, onclick, more = {}) => h("button", { type: "button", onclick, ...more }, text);
  const back = button("Undo", undo, { title: "Ctrl Z" });
  const forth = button("Redo", redo, { title: "Ctrl Y" });
  const anew = button("Reset", reset, { title: "Everything as it was opened; Undo brings it back" });
  const freeze = button("Freeze", () => frozen(freeze.getAttribute("aria-pressed") !== "true"), {
    "aria-pressed": "false",
    title: "Keep these curves, dashed, to compare",
  });
  const keep = button("Snapshot", snapshot, { title: "Keep these settings under a letter" });
  const list = h("div", { class: "chips", hidden: true, role: "group", "aria-label": "Snapshots" });
  let snapshots = [];

  function frozen(
    on,
    spectra = shown.spectra.get("spectra"),
    course = shown.courses.get("course"),
    name = "frozen",
  ) {
    update(freeze, { "aria-pressed": String(on) });
    freeze.textContent = on ? "Unfreeze" : "Freeze";
    shown.spectra.set("frozen", on ? { ...spectra, name } : null);
    shown.courses.set("frozen", on ? course : null);
  }

  function snapshot() {
    const name =
      String.fromCharCode(65 + (snapshots.length % 26)) +
      (snapshots.length >= 26 ? Math.floor(snapshots.length / 26) : "");
    snapshots.push({
      name,
      changed: state.changed,
      spectra: shown.spectra.get("spectra"),
      course: shown.courses.get("course"),
    });
    showSnapshots();
  }

  function showSnapshots() {
    list.hidden = !snapshots.length;
    list.replaceChildren(
      h("span", { class: "note" }, "Snapshots"),
      ...snapshots.map((one) =>
        h(
          "span",
          { title: described(one.changed) },
          h("strong", {}, one.name),
          h(
            "button",
            {
              type: "button",
              class: "quiet",
              "aria-label": `Go to snapshot ${one.name}`,
              onclick: () => restore(one.changed),
            },
            "go to",
          ),
          h(
            "button",
            {
              type: "button",
              class: "quiet",
              "aria-label": `Compare with snapshot ${one.name}`,
              onclick: () => frozen(true, one.spectra, one.course, `snapshot ${one.name}`),
            },
            "compare",
          ),
        ),
      ),
    );
  }

  function changed() {
    back.disabled = !state.canUndo;
    forth.disabled = !state.canRedo;
    anew.disabled = !Object.keys(state.changed).length;
  }

  return {
    buttons: [back, forth, anew, freeze, keep],
    snapshots: list,
    changed,
    /** Another flask: snapshots and what was frozen belong to the one before. */
    opened() {
      snapshots = [];
      showSnapshots();
      frozen(false);
      changed();
    },
  };
}

function described(changed) {
  const all = Object.entries(changed).map(([name, value]) => `${name} = ${written(value)}`);
  return all.length ? all.join("\n") : "as it was opened";
}
