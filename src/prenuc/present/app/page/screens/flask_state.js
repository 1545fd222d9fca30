// What the screen Flask shows, as little as says it all: where it is from, every value that was
// changed, and those of snapshots and frozen curves. Undo is a list of changes; a reload of the page
// begins from what is kept here.

const KEPT = "prenuc flask"; // in sessionStorage: of this tab
const LETTERS = 26;

export class FlaskState {
  #original = new Map(); // value of every handle and constant as it was opened
  #now = new Map();
  #history = [];
  #place = 0;

  /**
   * Begin anew: `source` is what flask.open was asked for; `numbers` are {name, given, value}; snapshots
   * and what is frozen, each {name, changed}, are those that were kept.
   */
  opened(source, numbers, { snapshots = [], frozen = null } = {}) {
    this.source = source;
    this.snapshots = snapshots;
    this.frozen = frozen;
    this.#original = new Map(numbers.map(({ name, given }) => [name, given]));
    this.#now = new Map(numbers.map(({ name, value }) => [name, value]));
    this.#history = [];
    this.#place = 0;
    this.#keep();
  }

  get = (name) => this.#now.get(name);
  original = (name) => this.#original.get(name);

  /** What differs from what was opened, {name: value}. */
  get changed() {
    return Object.fromEntries([...this.#now].filter(([name, value]) => value !== this.#original.get(name)));
  }

  /** Take values over, {name: value}; one step of undo. Returns whether anything changed. */
  set(values) {
    const before = Object.fromEntries(Object.keys(values).map((name) => [name, this.#now.get(name)]));
    if (Object.entries(values).every(([name, value]) => before[name] === value)) return false;
    this.#history.splice(this.#place, Infinity, { before, after: values });
    this.#place += 1;
    this.#assign(values);
    return true;
  }

  get canUndo() {
    return this.#place > 0;
  }

  get canRedo() {
    return this.#place < this.#history.length;
  }

  /** Go back one step; returns the values that hold again. */
  undo() {
    this.#place -= 1;
    return this.#assign(this.#history[this.#place].before);
  }

  /** Go forth one step; returns the values that hold again. */
  redo() {
    this.#place += 1;
    return this.#assign(this.#history[this.#place - 1].after);
  }

  /** All values with which to come to {name: value} from here; what is not named is as opened. */
  towards(changed) {
    const all = { ...changed };
    for (const name of Object.keys(this.changed)) if (!(name in all)) all[name] = this.#original.get(name);
    return Object.fromEntries(Object.entries(all).filter(([name, value]) => this.#now.get(name) !== value));
  }

  /** Keep the values of now under a letter. */
  snapshot() {
    const turn = Math.floor(this.snapshots.length / LETTERS) || "";
    const name = `${String.fromCharCode(65 + (this.snapshots.length % LETTERS))}${turn}`;
    this.snapshots = [...this.snapshots, { name, changed: this.changed }];
    this.#keep();
  }

  /** Say of which values curves are frozen, {name, changed}; null for none. */
  freeze(which) {
    this.frozen = which;
    this.#keep();
  }

  #assign(values) {
    for (const [name, value] of Object.entries(values)) this.#now.set(name, value);
    this.#keep();
    return values;
  }

  #keep() {
    const { source, changed, snapshots, frozen } = this;
    try {
      sessionStorage.setItem(KEPT, JSON.stringify({ source, changed, snapshots, frozen }));
    } catch {
      sessionStorage.removeItem(KEPT); // too large to keep: a reload begins with the recipe
    }
  }

  /** What an earlier page of this tab showed: {source, changed, snapshots, frozen}, or null. */
  static kept() {
    const text = sessionStorage.getItem(KEPT);
    return text && JSON.parse(text);
  }
}
