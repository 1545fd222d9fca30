// The shell: one connection, a screen at a time by the address (#/flask), files dropped anywhere.

import { h, update } from "./components/element.js";
import { Connection, Trouble } from "./connection.js";
import { keptNear } from "./focus.js";
import { Jobs } from "./jobs.js";
import { Shell } from "./shell.js";

const SCREENS = { flask: "Flask", spectra: "Spectra", court: "Court", catalogue: "Catalogue", next: "Next" };
const HOLDING = /\.(html?|ya?ml|json)$/i; // reports, saved answers, protocols and states; all else is spectra

const GONE = { what: "The application has gone", mend: "Start it again: prenuc app. What is shown stays" };

const by = (id) => document.getElementById(id);
const main = by("main");
let lost = false; // whether the application has gone
let shown = null; // {name, close, receive}
let shellOf = null; // makes the shell of a screen

const links = Object.entries(SCREENS).map(([name, title]) => h("a", { href: `#/${name}` }, title));
by("screens").append(...links);
for (const part of [main, by("troubles")]) keptNear(part, main);
by("skip").addEventListener("click", () => main.focus());

const connection = await Connection.open();
if (!globalThis.uPlot)
  told("The drawing library is not here", "make run", ", once and with a network, puts it into a checkout.");
else if (!connection)
  told(
    "This page is opened by a command",
    "prenuc app",
    " in a terminal. Each start has a code that is valid once and for a minute; a copied address does not open it.",
  );
else start();

/** Say instead of a screen what is to be typed. */
function told(title, command, more) {
  main.replaceChildren(
    h("div", { class: "panel start" }, h("h1", {}, title), h("p", {}, "Type ", h("code", {}, command), more)),
  );
}

function start() {
  const parts = { live: by("live"), troubles: by("troubles"), status: by("status") };
  const shared = { ...parts, jobs: new Jobs(by("jobs"), connection), go };
  const shell = new Shell({ ...shared, open: () => true });
  shellOf = (screen) => new Shell({ ...shared, open: () => screen === shown });
  connection.on("trouble", (error) => shell.fail(error));
  connection.on("state", (state) => connectionIs(state, shell));
  window.addEventListener("hashchange", route);
  dropped(shell);
  route().then(() => Promise.allSettled(Object.keys(SCREENS).map(moduleOf))); // for when the application has gone

  function go(name, given) {
    if (shown?.name !== name) history.pushState(null, "", `#/${name}`);
    show(name, given);
  }
}

function connectionIs(state, shell) {
  if (state === "open" && lost) {
    lost = false;
    show(shown.name); // a session of its own: the screen restores what it showed
  }
  lost ||= state === "closed";
  if (state === "closed") shell.fail({ message: "closed", problems: [GONE] });
  if (state === "refused")
    shell.fail({
      message: "refused",
      problems: [{ what: "This page belongs to an application that has ended", mend: "Type prenuc app" }],
    });
}

function route() {
  const name = location.hash.replace(/^#\/?/, "").split("/")[0];
  return show(Object.hasOwn(SCREENS, name) ? name : "flask");
}

async function show(name, given) {
  shown?.close?.();
  shown = { name };
  const mine = shown;
  for (const link of links) update(link, { "aria-current": link.hash === `#/${name}` ? "page" : null });
  document.title = `${SCREENS[name]} – prenuc`;
  const shell = shellOf(mine);
  shell.clear();
  if (lost) shell.fail({ message: "closed", problems: [GONE] });
  shell.status("");
  const loaded = await moduleOf(name).catch(() => null);
  if (mine !== shown) return; // somebody went on meanwhile
  if (!loaded) {
    main.replaceChildren();
    return shell.fail({ message: "not loaded", problems: [GONE] });
  }
  const screen = loaded.default;
  const el = h("div", { class: `screen is-${name}` });
  main.replaceChildren(el);
  const made = screen.render({ el, connection, shell, given });
  Object.assign(mine, typeof made === "function" ? { close: made } : made);
}

function moduleOf(name) {
  return import(`./screens/${name}.js`);
}

/** Files dropped on the page, or folders, go to the screen that they belong to. */
function dropped(shell) {
  let depth = 0;
  const hint = (on) => (by("drop").hidden = !on);
  window.addEventListener(
    "dragenter",
    (event) => event.dataTransfer?.types.includes("Files") && ((depth += 1), hint(true)),
  );
  window.addEventListener("dragleave", () => (depth = Math.max(depth - 1, 0)) || hint(false));
  window.addEventListener("dragover", (event) => event.preventDefault());
  window.addEventListener("drop", async (event) => {
    event.preventDefault();
    depth = 0;
    hint(false);
    const files = await shell.tried(() => filesOf(event.dataTransfer));
    if (!files?.length) return;
    const holding = files.filter((one) => HOLDING.test(one.name));
    const spectra = files.filter((one) => !holding.includes(one));
    if (!holding.length) return hand(shown?.name === "flask" ? "flask" : "spectra", { files });
    const held = await shell.tried(async () => {
      const uploads = await Promise.all(holding.map((one) => connection.upload(one)));
      return connection.ask("uploads.screens", { uploads });
    });
    if (!held) return;
    const name = held.screens.includes(shown.name) ? shown.name : held.screens[0];
    if (spectra.length && name !== "flask") {
      const message = `${holding[0].name} and spectra are not shown at once`;
      return shell.fail(new Trouble({ message, mend: "Drop one, then the other" }));
    }
    hand(name, { uploads: [held.first], files: spectra });
  });

  function hand(name, given) {
    if (shown?.name === name && shown.receive) shown.receive(given);
    else shell.open(name, given);
  }
}

async function filesOf(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return [...transfer.files];
  return (await Promise.all(entries.map(within))).flat();
}

async function within(entry) {
  if (entry.isFile) return [await new Promise((found, failed) => entry.file(found, failed))];
  const reader = entry.createReader();
  const files = [];
  for (;;) {
    // a folder is read in parts
    const part = await new Promise((found, failed) => reader.readEntries(found, failed));
    if (!part.length) return files;
    for (const one of part) files.push(...(await within(one)));
  }
}
