// Long work: a tray in the header with progress and cancel; a job outlives a reload of the page.

import { h, update } from "./components/element.js";
import { Trouble } from "./connection.js";
import { keptNear } from "./focus.js";

/** Whether a job is still to be waited for, and can be cancelled. */
export const pending = (job) => job.state === "running" || job.state === "waiting";

export class Jobs {
  #known = new Map();
  #followed = new Map();
  #rows = new Map();
  #connection;

  constructor(host, connection) {
    this.#connection = connection;
    this.button = h(
      "button",
      {
        type: "button",
        class: "quiet",
        "aria-expanded": "false",
        "aria-controls": "job-list",
        onclick: () => this.#toggle(),
      },
      "Jobs",
    );
    this.list = h("ul", { id: "job-list", class: "job-list", tabindex: 0, "aria-label": "Jobs", hidden: true });
    this.none = h("li", { class: "note" }, "No jobs yet. Long work stands here, and outlives a reload.");
    this.list.append(this.none);
    host.append(this.button, this.list);
    keptNear(host, this.button);
    host.addEventListener(
      "keydown",
      (event) => event.key === "Escape" && !this.list.hidden && this.#toggle(),
    );
    connection.on("job", (job) => this.#hear(job));
    connection.on("state", (state) => state === "open" && this.#listed());
  }

  /** All jobs that are known, newest last. */
  all() {
    return [...this.#known.values()];
  }

  follow(id, hear) {
    this.#followed.set(id, hear);
    const job = this.#known.get(id);
    if (job) this.#hear(job);
  }

  async #listed() {
    for (const job of await this.#connection.ask("jobs.list")) this.#hear(job);
  }

  #toggle() {
    this.list.hidden = !this.list.hidden;
    this.button.setAttribute("aria-expanded", String(!this.list.hidden));
    if (this.list.hidden) this.button.focus();
  }

  #hear(job) {
    this.#known.set(job.id, job);
    this.#show(job);
    const running = this.all().filter((one) => one.state === "running").length;
    this.button.textContent = running ? `Jobs: ${running} running` : "Jobs";
    const hear = this.#followed.get(job.id);
    if (!hear || pending(job)) return;
    this.#followed.delete(job.id);
    if (job.state === "done") hear.done(job.answer);
    else hear.failed(new Trouble(job.error ?? { message: `${job.name}: ${job.state}` }));
  }

  #show(job) {
    this.none.remove();
    let row = this.#rows.get(job.id);
    if (!row) {
      row = {
        bar: h("progress", { max: 1, "aria-label": job.name }),
        told: h("span", { class: "note" }),
        stop: h(
          "button",
          {
            type: "button",
            class: "quiet",
            onclick: () => this.#connection.ask("jobs.cancel", { job: job.id }).catch(() => {}),
          },
          "Cancel",
        ),
      };
      this.#rows.set(job.id, row);
      this.list.prepend(h("li", {}, h("strong", {}, job.name), row.bar, row.told, row.stop));
    }
    row.stop.hidden = row.bar.hidden = !pending(job);
    update(row.bar, { value: pending(job) ? job.fraction : 1 });
    const left = job.left_s ? `, ${timeLeft(job.left_s)} left` : "";
    row.told.textContent = job.state === "running"
      ? `${Math.round(job.fraction * 100)} % ${job.message ?? ""}${left}`
      : `${job.state} ${job.error?.message ?? ""}`;
  }
}

function timeLeft(seconds) {
  return seconds > 90 ? `${Math.round(seconds / 60)} min` : `${Math.max(Math.round(seconds), 1)} s`;
}
