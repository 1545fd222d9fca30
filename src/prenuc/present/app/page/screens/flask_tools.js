// The tools of the screen Flask: undo, freeze and compare, snapshots.

import { h, update } from "../components/element.js";
import { written } from "../components/numbers.js";

export function flaskTools({ connection, tried, state, shown, restore, undo, redo, reset }) {
  const button = (text, onclick, more = {}) => h("button", { type: "button", onclick, ...more }, text);
  const back = button("Undo", undo, { title: "Ctrl Z" });
  const forth = button("Redo", redo, { title: "Ctrl Y" });
  const anew = button("Reset", reset, { title: "Everything as it was opened; Undo brings it back" });
  const freeze = button("Freeze", () => frozen(state.frozen ? null : { name: "frozen", changed: state.changed }), {
    "aria-pressed": "false",
    title: "Keep these curves, dashed, to compare",
  });
  const keep = button("Snapshot", snapshot, { title: "Keep these settings under a letter" });
  const list = h("div", { class: "chips", hidden: true, role: "group", "aria-label": "Snapshots" });

  /** Draw the curves of other values dashed, {name, changed}; the package makes them anew. */
  async function frozen(which) {
    const made = which && (await tried(() => connection.ask("flask.beside", { set: which.changed })));
    state.freeze(made ? which : null);
    update(freeze, { "aria-pressed": String(Boolean(made)) });
    freeze.textContent = made ? "Unfreeze" : "Freeze";
    if (made) return; // they come as a frame
    shown.spectra.set("frozen", null);
    shown.courses.set("frozen", null);
  }

  function drawn({ words, arrays }) {
    if (!state.frozen) return; // it was taken away meanwhile
    const { name } = state.frozen;
    const [wavelength_nm, time_min, absorbance] = ["wavelength_nm", "time_min", "absorbance"].map(
      (one) => arrays[one].data,
    );
    shown.spectra.set("frozen", { wavelength_nm, time_min, absorbance, labels: words.labels, name });
    const course = { time_min: arrays.course_min.data, values: arrays.species.data, names: words.names };
    shown.courses.set("frozen", course);
  }

  function snapshot() {
    state.snapshot();
    showSnapshots();
  }

  function showSnapshots() {
    list.hidden = !state.snapshots.length;
    list.replaceChildren(
      h("span", { class: "note" }, "Snapshots"),
      ...state.snapshots.map((one) =>
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
              onclick: () => frozen({ name: `snapshot ${one.name}`, changed: one.changed }),
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

  const stop = connection.onFrame("beside", drawn);
  return {
    buttons: [back, forth, anew, freeze, keep],
    snapshots: list,
    changed,
    /** Another flask, with the snapshots and frozen curves that its state holds. */
    opened() {
      showSnapshots();
      frozen(state.frozen);
      changed();
    },
    close: stop,
  };
}

function described(changed) {
  const all = Object.entries(changed).map(([name, value]) => `${name} = ${written(value)}`);
  return all.length ? all.join("\n") : "as it was opened";
}
