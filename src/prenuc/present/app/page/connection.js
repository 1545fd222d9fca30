// The line to the package: questions with answers, drags with frames, files, jobs.

import { Pacing } from "./pacing.js";

const KEY = "prenuc key"; // in sessionStorage: gone with the tab, never sent by the browser by itself
const PATIENCE = [250, 500, 1000, 2000, 4000]; // ms between attempts to connect again
const REFUSED = 4001; // close code of a socket whose key is wrong

/** What went wrong, as the package says it: problems [{what, where, nearest, mend}], all at once. */
export class Trouble extends Error {
  constructor({ message, problems, ...rest }) {
    super(message);
    this.problems = problems ?? [{ what: message, where: "", nearest: [], mend: "", ...rest }];
  }
}

/** Exchange the start code in the address for a key, and clear the address; "" where there is none. */
async function keyOf() {
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  if (!code) return sessionStorage.getItem(KEY) ?? "";
  history.replaceState(null, "", `${location.pathname}#/flask`);
  const answer = await fetch("/key", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ code }),
  });
  if (!answer.ok) return sessionStorage.getItem(KEY) ?? "";
  const { key } = await answer.json();
  sessionStorage.setItem(KEY, key);
  return key;
}

export class Connection {
  #key;
  #socket = null;
  #asked = new Map();
  #unsent = [];
  #number = 0;
  #tries = 0;
  #next = null; // what the hand did last, while the answer to what it did before is on its way
  #underway = 0; // number of the drag that is on its way
  #resting = false; // until the last answer is drawn, and it is time for another
  #pacing = new Pacing();
  #heard = { frame: new Set(), job: new Set(), state: new Set(), trouble: new Set() };

  /** Connect; `null` where this page was not opened by `prenuc app`. */
  static async open() {
    const key = await keyOf();
    if (!key) return null;
    const made = new Connection(key);
    made.#connect();
    return made;
  }

  constructor(key) {
    this.#key = key;
  }

  /** Hear "frame", "job", "state" ("open", "closed", "refused") or "trouble"; returns how to stop. */
  on(what, hear) {
    this.#heard[what].add(hear);
    return () => this.#heard[what].delete(hear);
  }

  /** Hear the frames of one screen: `hear({header, words, arrays: {name: {shape, data}}})`. */
  onFrame(of, hear) {
    return this.on("frame", (frame) => frame.header.of === of && hear(frame));
  }

  /** Ask for an action by name; answers, or throws Trouble. */
  ask(name, given = {}) {
    const id = ++this.#number;
    return new Promise((answer, fail) => {
      this.#asked.set(id, { answer, fail });
      this.#send({ id, do: name, with: given });
    });
  }

  /**
   * Send what the hand does; a frame with the returned number, or a newer one, is the answer.
   *
   * One is on its way at a time, and of those that wait the newest: a hand is faster than a screen. It is
   * sent when its answer will be drawn soonest.
   */
  drag(name, given, exact) {
    const drag = ++this.#number;
    if (this.#next && this.#next.with.name !== given.name) this.#goOn(); // of another number none is lost
    this.#next = { drag, do: name, with: given, exact };
    if (exact || (this.#underway === 0 && !this.#resting)) this.#goOn();
    return drag;
  }

  #goOn() {
    const message = this.#next;
    this.#next = null;
    this.#underway = message?.drag ?? 0;
    if (!message) return;
    this.#pacing.sent(message.exact);
    this.#send(message);
  }

  /** Hand a file over; returns the name under which actions find it. */
  async upload(file) {
    const headers = {
      "Content-Type": "application/octet-stream",
      "X-File-Name": encodeURIComponent(file.webkitRelativePath || file.name),
    };
    const answer = await this.#fetch("/uploads", { method: "POST", headers, body: file });
    return (await answer.json()).upload;
  }

  /** Save a file that an action has made. */
  async download(id, name) {
    const answer = await this.#fetch(`/downloads/${encodeURIComponent(id)}`);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  async #fetch(path, options = {}) {
    const answer = await fetch(path, {
      ...options,
      headers: { ...options.headers, Authorization: `Bearer ${this.#key}` },
    });
    if (answer.ok) return answer;
    const text = await answer.text();
    let error = { message: text || `the application answered ${answer.status}` };
    try {
      const told = JSON.parse(text);
      error = told.error ?? told;
    } catch {
      /* plain text */
    }
    throw new Trouble(error);
  }

  #send(message) {
    const text = JSON.stringify(message);
    if (this.#socket?.readyState === WebSocket.OPEN && this.#ready) this.#socket.send(text);
    else if (message.id) this.#unsent.push(text);
  }

  #ready = false;

  #connect() {
    const socket = new WebSocket(`ws://${location.host}/socket`);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => socket.send(JSON.stringify({ key: this.#key }));
    socket.onmessage = ({ data }) =>
      typeof data === "string" ? this.#text(JSON.parse(data)) : this.#frame(unpacked(data));
    socket.onclose = ({ code }) => this.#closed(code);
    this.#socket = socket;
  }

  #frame(frame) {
    this.#answered(frame.header.drag);
    this.#tell("frame", frame);
  }

  #answered(drag) {
    if (!drag || !this.#underway || drag < this.#underway) return;
    this.#underway = 0;
    this.#resting = true;
    this.#pacing.answered();
    this.#pacing.after(() => {
      this.#resting = false;
      if (this.#underway === 0) this.#goOn();
    });
  }

  #text(message) {
    this.#answered(message.drag);
    if (message.ready) {
      this.#ready = true;
      [this.#next, this.#underway] = [null, 0]; // what was dragged meanwhile went nowhere
      for (const text of this.#unsent.splice(0)) this.#socket.send(text);
      this.#tell("state", "open");
    } else if (message.job) this.#tell("job", message.job);
    else if (message.id != null && this.#asked.has(message.id)) {
      const { answer, fail } = this.#asked.get(message.id);
      this.#asked.delete(message.id);
      this.#tries = 0;
      if (message.error) fail(new Trouble(message.error));
      else answer(message.answer);
    } else if (message.error) this.#tell("trouble", new Trouble(message.error));
  }

  #closed(code) {
    this.#ready = false;
    [this.#next, this.#underway] = [null, 0];
    for (const { fail } of this.#asked.values())
      fail(new Trouble({ message: "the application has gone", mend: "Start it again: prenuc app" }));
    this.#asked.clear();
    this.#unsent = [];
    if (code === REFUSED) {
      sessionStorage.removeItem(KEY);
      this.#tell("state", "refused");
      return;
    }
    this.#tell("state", "closed");
    setTimeout(() => this.#connect(), PATIENCE[Math.min(this.#tries++, PATIENCE.length - 1)]);
  }

  #tell(what, told) {
    for (const hear of [...this.#heard[what]]) hear(told);
  }
}

const TYPES = { float64: Float64Array, float32: Float32Array };

/** Header, words and arrays of a frame; the arrays are looked at where they lie. */
function unpacked(buffer) {
  const size = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, size)));
  const start = Math.ceil((4 + size) / 8) * 8;
  const arrays = {};
  for (const { name, shape, type, offset } of header.arrays) {
    const length = shape.reduce((one, other) => one * other, 1);
    arrays[name] = { shape, data: new TYPES[type](buffer, start + offset, length) };
  }
  return { header, words: header.words ?? {}, arrays };
}
