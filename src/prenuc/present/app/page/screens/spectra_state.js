// What the screen Spectra shows, kept in the storage of the tab: files, what is said of them, what is cut.

const KEPT = "prenuc spectra";
const NOTHING = { uploads: [], known: {}, window: null, times: null, mask: [], subtract: "", material: "", scheme: "A -> B", at: "" };

export class SpectraState {
  constructor() {
    this.now = { ...NOTHING, ...JSON.parse(sessionStorage.getItem(KEPT) ?? "{}") };
  }

  /** Change some of it, and keep it. */
  set(changed) {
    Object.assign(this.now, changed);
    sessionStorage.setItem(KEPT, JSON.stringify(this.now));
  }

  /** Begin with other files: what was cut out of the ones before is not cut out of these. */
  opened(uploads) {
    this.set({ uploads, known: {}, window: null, times: null, mask: [], subtract: "" });
  }

  forget() {
    this.now = { ...NOTHING };
    sessionStorage.removeItem(KEPT);
  }

  /** What spectra.cut is asked: ranges as a command has them. */
  get cut() {
    const { window, times, mask, subtract } = this.now;
    const said = Object.entries({ window, times, mask, subtract }).filter(([, value]) => value?.length);
    return Object.fromEntries(said);
  }
}
