// The screen Flask: a recipe or a protocol of one's own, run again while its numbers are dragged.

import courses from "../components/courses.js";
import { h, update } from "../components/element.js";
import sizeMap from "../components/size_map.js";
import spectra from "../components/spectra.js";
import timeline from "../components/timeline.js";
import { place } from "../model.js";
import { dataOver } from "./flask_data.js";
import { chooser } from "./flask_chooser.js";
import { Dials, constantsPanel } from "./flask_dials.js";
import { exporting, ownProtocol } from "./flask_dialogs.js";
import { FlaskState } from "./flask_state.js";
import { flaskTools } from "./flask_tools.js";
import { follow } from "./flask_frames.js";

const FIRST = "cds-msc-311-in-toluene"; // what is shown when nothing was chosen: Figure 2a-b
const ASIDE = new Set(["medium", "moment", "in balance", "by-product"]); // species that are drawn when asked for
const ORDER_AFTER = 600; // ms of rest, until it is worked out which constants move the spectra most

function render({ el, connection, shell, given }) {
  const state = new FlaskState();
  let told = null; // the answer of flask.open
  let open = false;
  let ordering = 0;
  let turned = ""; // the constant that was turned last

  const title = h("h1", { class: "unseen" }, "Flask");
  const choice = chooser({ connection, open: (source) => opened(source) });
  const note = h("div", { class: "flask-state note" });
  const steps = h("div", { class: "stack" });
  const stepTitle = h("h2", { id: "step-title" }, "Step");
  const stepText = h("p", { class: "note" });
  const lane = h("div", {});
  const drawings = {
    spectra: h("div", { class: "panel" }),
    courses: h("div", { class: "panel" }),
    sizes: h("div", { class: "panel" }),
  };

  const asked = ({ name, value, exact }) => drag({ [name]: value }, exact);
  const shown = {
    timeline: place(timeline, lane, { steps: [], values: {}, selected: null }),
    spectra: place(spectra, drawings.spectra, { title: "Spectra" }),
    courses: place(courses, drawings.courses, {
      title: "Species",
      label: "time in the flask / min",
      unit: "mmol/L",
      log: true,
    }),
    sizes: place(sizeMap, drawings.sizes, { title: "Dots by size" }),
  };
  const stepDials = new Dials(steps, asked);
  const constants = constantsPanel(asked);
  const frames = follow({ connection, shell, shown, note: (words) => notes(words) });
  const tools = flaskTools({
    connection,
    tried: (work) => shell.tried(work),
    state,
    shown,
    restore: (changed) => several(state.towards(changed)),
    undo,
    redo,
    reset: () => several(state.towards({})),
  });
  const data = dataOver({ connection, shell, shown, asked: frames.asked, constant: () => turned });

  el.append(
    h(
      "div",
      { class: "flask-head" },
      h(
        "div",
        { class: "bar" },
        title,
        choice.fields,
        h("button", { type: "button", onclick: writeOwn }, "Own protocol …"),
        data.button,
        h("button", { type: "button", onclick: takeAway }, "Take away …"),
        h("span", { class: "bar is-end" }, tools.buttons),
      ),
      note,
      data.note,
      tools.snapshots,
    ),
    h(
      "div",
      { class: "flask-grid" },
      h(
        "div",
        { class: "flask-first" },
        h("section", { class: "panel", "aria-label": "Protocol" }, lane),
        drawings.spectra,
      ),
      h(
        "aside",
        { class: "flask-side", "aria-label": "Settings" },
        h("section", { class: "panel", "aria-labelledby": "step-title" }, stepTitle, stepText, steps),
        constants.root,
      ),
      h("div", { class: "columns flask-more" }, drawings.courses, drawings.sizes),
    ),
  );

  shown.timeline.on("change:asked", asked);
  shown.timeline.on("change:selected", chosen);
  el.addEventListener("keydown", shortcuts);
  begin();

  async function begin() {
    await shell.tried(choice.load);
    const kept = FlaskState.kept();
    state.source = kept?.source;
    if (given?.uploads && (await receive(given))) return;
    const source = given?.source ?? (given?.recipe && { recipe: given.recipe });
    if (source ? await opened(source) : kept && (await opened(kept.source, kept.changed, kept))) return;
    await opened({ recipe: FIRST });
  }

  /** Open something, and come to the values that were changed in it, and what was kept; whether that was possible. */
  async function opened(asked, changed = {}, kept = {}) {
    const answer = await frames.asked(() => connection.ask("flask.open", asked));
    if (!answer) return false;
    told = answer;
    open = true;
    const numbers = [...told.steps.flatMap((one) => one.handles), ...told.constants];
    state.opened(told.source, numbers, kept);
    title.textContent = `Flask: ${told.title}`;
    choice.show(told.source, told);
    shown.timeline.set("steps", told.steps);
    shown.courses.set("hidden", undefined);
    shown.courses.set(
      "first",
      told.species.filter(({ kind }) => !ASIDE.has(kind)).map(({ name }) => name),
    );
    constants.show(told.constants, state.original);
    shown.timeline.set(
      "selected",
      told.steps.find((one) => one.handles.some((handle) => handle.kind === "duration"))?.number ?? 1,
    );
    chosen();
    tools.opened();
    data.opened();
    turned = "";
    showValues();
    if (Object.keys(changed).length) several(changed);
    soonOrder();
    shell.say(`${told.title} is open`);
    return true;
  }

  /** Put the constants that move the spectra most on top, once nobody is in a hurry. */
  function soonOrder() {
    clearTimeout(ordering);
    ordering = setTimeout(async () => {
      const mine = told;
      const matters = await connection.ask("flask.matters").catch(() => null);
      if (matters && mine === told) order(matters);
    }, ORDER_AFTER);
  }

  /** Put them in order; as long as a hand is there, nothing moves under it. */
  function order(matters) {
    if (constants.root.matches(":focus-within, :hover")) {
      ordering = setTimeout(() => order(matters), ORDER_AFTER);
      return;
    }
    told.constants = told.constants.map((one) => ({
      ...one,
      value: state.get(one.name),
      matters: matters[one.name],
    }));
    constants.show(told.constants, state.original);
  }

  /** One number under the hand, coarse; released, exact and a step of undo. */
  function drag(values, exact) {
    if (!open) return;
    const [[name, value]] = Object.entries(values);
    if (told.steps.some((step) => step.handles.some((one) => one.name === name)))
      shown.timeline.set("values", values);
    stepDials.set(values);
    const number = connection.drag("flask.set", { name, value }, exact);
    el.dispatchEvent(new CustomEvent("prenuc:asked", { bubbles: true, detail: { number, name, value } }));
    frames.dragged(number, exact);
    if (told.constants.every((one) => one.matters === undefined)) soonOrder();
    if (told.constants.some((one) => one.name === name)) turned = name;
    if (exact && state.set(values)) showValues();
  }

  /** Several numbers at once, such as those of a snapshot; one step of undo. */
  function several(values) {
    if (state.set(values)) send(values);
  }

  async function send(values) {
    showValues();
    if (!(await frames.asked(() => connection.ask("flask.set", { set: values })))) frames.unable();
  }

  function undo() {
    if (state.canUndo) send(state.undo());
  }

  function redo() {
    if (state.canRedo) send(state.redo());
  }

  function showValues() {
    const all = Object.fromEntries(
      [...told.steps.flatMap((one) => one.handles), ...told.constants].map(({ name }) => [
        name,
        state.get(name),
      ]),
    );
    stepDials.set(all);
    constants.set(all);
    tools.changed();
  }

  function chosen() {
    const step = told?.steps.find((one) => one.number === shown.timeline.get("selected"));
    if (!step) return;
    stepTitle.textContent = `Step ${step.number}`;
    stepText.textContent = step.text;
    stepDials.show(
      step.handles.map((one) => ({ ...one, value: state.get(one.name) })),
      state.original,
    );
  }

  /** What an exact frame says besides: the steps as they are now, verdict, warnings. */
  function notes(words) {
    if (words.steps) {
      told.steps = words.steps;
      shown.timeline.set("values", {});
      shown.timeline.set("steps", words.steps);
      chosen();
    }
    const parts = [
      told.mechanism,
      words.verdict && `thermodynamics: ${words.verdict}`,
      ...(words.warnings ?? []),
    ];
    note.replaceChildren(...parts.filter(Boolean).map((text) => h("span", {}, text)));
    update(note, { role: "status" });
  }

  function shortcuts(event) {
    if (!(event.ctrlKey || event.metaKey) || event.target.matches("input, textarea")) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    if (key === "y" || event.shiftKey) redo();
    else undo();
  }

  function writeOwn() {
    const mechanisms = { all: choice.mechanisms(), now: asOpen().mechanism, name: told?.mechanism };
    ownProtocol(told?.protocol ?? "", { mechanisms, open: opened, receive: openFiles });
  }

  function takeAway() {
    exporting({
      ask: (as) => connection.ask("flask.export", { as }),
      download: (id, name) => connection.download(id, name),
      state: () => connection.ask("flask.state"),
      tried: (work) => shell.tried(work),
    });
  }

  /** What opens the same again; its mechanism is that of a file that names none. */
  function asOpen() {
    return { mechanism: told?.mechanism, ...(state.source ?? { recipe: FIRST }) };
  }

  /** Open a file that holds a flask, with its mechanism, or a mechanism for the one that is open; whether that was possible. */
  async function openFiles(files) {
    const held = await shell.tried(async () => {
      const uploads = await Promise.all(files.map((one) => connection.upload(one)));
      return connection.ask("uploads.screens", { uploads });
    });
    return held ? opened({ ...asOpen(), upload: held.first }) : false;
  }

  /** What holds a flask is opened, and spectra are laid over; whether that was possible. */
  async function receive({ files = [], uploads }) {
    const there = uploads ? await opened({ ...asOpen(), upload: uploads[0] }) : open;
    if (there && files.length) await data.receive(files);
    return there;
  }

  return {
    receive,
    close() {
      clearTimeout(ordering);
      frames.close();
      tools.close();
      data.close();
      stepDials.close();
      constants.close();
      for (const one of Object.values(shown)) one.close();
    },
  };
}

export default { title: "Flask", render };
