// What every screen is handed: how to say, fail, follow jobs, and go to another screen.

import { h } from "./components/element.js";

let seen = true; // whether somebody has done something since a trouble was shown
for (const what of ["pointerdown", "keydown", "input", "change", "drop"])
  window.addEventListener(what, () => (seen = true), { capture: true });

export class Shell {
  #live;
  #troubles;
  #status;
  #go;
  #open;

  /** `open()` answers whether the screen that this is for is still shown. */
  constructor({ live, troubles, status, jobs, go, open }) {
    this.#live = live;
    this.#troubles = troubles;
    this.#status = status;
    this.jobs = jobs;
    this.#go = go;
    this.#open = open;
  }

  /** Say something to those who listen to the page. */
  say(text) {
    this.#live.textContent = text;
  }

  /** Say which numbers are shown: "computing", "coarse", "exact", or nothing; `behind` what was asked last or not. */
  status(word, { behind = word === "computing" } = {}) {
    const told = { computing: "computing …", coarse: "coarse while dragging", exact: "exact" }[word] ?? "";
    this.#status.toggleAttribute("data-behind", behind);
    if (this.#status.textContent === told) return;
    this.#status.textContent = told;
    this.#status.dataset.status = word;
  }

  /** Show what went wrong: what, where, what was perhaps meant, and how to mend it. */
  fail(error) {
    const problems = error.problems ?? [{ what: error.message, where: "", nearest: [], mend: "" }];
    const items = problems.map(({ what, where, nearest, mend }) =>
      h(
        "li",
        {},
        where ? [h("code", { class: "where" }, where), " "] : null,
        h("strong", {}, mend || nearest?.length ? `${what}.` : what),
        nearest?.length ? h("span", {}, ` Nearest: ${nearest.map((one) => `'${one}'`).join(", ")}.`) : null,
        mend ? h("span", { class: "mend" }, ` ${mend}.`.replace("..", ".")) : null,
      ),
    );
    const close = h("button", { type: "button", class: "quiet", onclick: () => this.clear() }, "Dismiss");
    this.#place().replaceChildren(h("div", { class: "trouble" }, h("ul", {}, items), close));
    seen = false;
    if (!error.problems) throw error; // a fault of ours: it belongs into the console, too
  }

  clear() {
    this.#place().replaceChildren();
  }

  /** Where it is seen: in the dialog that is open, or below the header. */
  #place() {
    return document.querySelector("dialog[open] .troubles") ?? this.#troubles;
  }

  /**
   * Do something that may fail; shows what went wrong, and returns undefined then. A trouble stays until
   * something goes well that was done after it was shown.
   *
   * Where the screen was left meanwhile it never returns: nobody wants the answer any longer.
   */
  async tried(work) {
    let [answer, wrong] = [undefined, null];
    try {
      answer = await work();
    } catch (error) {
      wrong = error;
    }
    if (!this.#open()) return new Promise(() => {});
    if (wrong) this.fail(wrong);
    else if (seen) this.clear();
    return answer;
  }

  /** Follow a job: `done(answer)`, `failed(error)`; where it ended before, at once. */
  job(id, { done, failed }) {
    this.jobs.follow(id, { done, failed: failed ?? ((error) => this.fail(error)) });
  }

  /** Go to a screen with something to show there. */
  open(name, given) {
    this.#go(name, given);
  }
}

/** Save a text or bytes under a name, by the browser. */
export function saved(name, content, type = "text/plain") {
  const link = h("a", { href: URL.createObjectURL(new Blob([content], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
