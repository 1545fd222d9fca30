// Long work where it was asked for: progress, cancel, and the answer, also after the page was loaded anew.

import { h, update } from "./components/element.js";
import { pending } from "./jobs.js";

/**
 * Begin a job and follow it in `host`.
 *
 * `remember` names it in the storage of the tab; `show(answer, id)` draws what came of it. The returned
 * object has `begin(ask)`, where `ask` answers {job}, and `again()` for a job of before a reload.
 */
export function working({ host, connection, shell, remember, show }) {
  const bar = h("progress", { max: 1, "aria-label": "Progress" });
  const told = h("span", { class: "note" });
  const stop = h("button", { type: "button", onclick: cancel }, "Cancel");
  const row = h("div", { class: "bar working", hidden: true }, bar, told, stop);
  const old = h("p", { class: "note stale", hidden: true }, "Of before the last change. Ask again.");
  const answer = h("div", { class: "stack" });
  host.append(row, old, answer);
  let id = null;
  let asked = 0; // how often; an answer to a question of before is not followed

  const stopHearing = connection.on("job", (job) => {
    if (job.id !== id || !pending(job)) return;
    if (job.state === "waiting") return void (told.textContent = `${job.name} waits for a place`);
    update(bar, { value: job.fraction || null });
    told.textContent = `${job.name}: ${Math.round(job.fraction * 100)} %${job.left_s ? `, ${Math.ceil(job.left_s)} s left` : ""}`;
  });

  /** Ask for it; what this place asked for before is not waited for any longer. */
  async function begin(ask) {
    const before = id;
    const mine = nothing();
    const made = await shell.tried(async () => {
      if (before) await cancelled(before);
      return mine === asked ? ask() : null;
    });
    if (!made) return;
    if (mine === asked) follow(made.job);
    else await cancelled(made.job);
  }

  const cancelled = (job) => connection.ask("jobs.cancel", { job }).catch(() => {}); // it may be long gone

  /** Follow nothing from now on; returns the number of what may come. */
  function nothing() {
    id = null;
    return (asked += 1);
  }

  function follow(job) {
    id = job;
    sessionStorage.setItem(remember, job);
    row.hidden = false;
    host.closest("section").hidden = false;
    update(bar, { value: null });
    told.textContent = "working …";
    shell.job(job, {
      done: (found) => ended(job, () => show(answer, found, job)),
      failed: (error) => ended(job, () => said(error)),
    });
  }

  function ended(job, then) {
    if (job !== id) return; // another was begun meanwhile
    row.hidden = true;
    old.hidden = true;
    then();
  }

  function said(error) {
    sessionStorage.removeItem(remember);
    if (error.message.endsWith("cancelled")) {
      answer.replaceChildren(h("p", { class: "note" }, "Cancelled."));
      shell.say("Cancelled");
    } else shell.fail(error);
  }

  function cancel() {
    if (id) connection.ask("jobs.cancel", { job: id }).catch((error) => shell.fail(error));
  }

  return {
    begin,
    async again() {
      const kept = sessionStorage.getItem(remember);
      if (!kept) return;
      const mine = nothing();
      const known = await connection.ask("jobs.list");
      if (mine !== asked) return;
      if (known.some((job) => job.id === kept)) follow(kept);
      else sessionStorage.removeItem(remember);
    },
    /** What is shown is no longer of what is asked about. */
    stale: () => (old.hidden = !answer.childNodes.length),
    clear() {
      nothing();
      old.hidden = true;
      sessionStorage.removeItem(remember);
      row.hidden = true;
      answer.replaceChildren();
    },
    /** The screen is left: the job goes on, and `again` finds it. */
    close() {
      stopHearing();
      nothing();
    },
  };
}
