// What a screen has asked for and not yet drawn: an answer comes first, and its frames behind it.

/** `changed()` is called when `due` may have. */
export class Due {
  #asking = 0; // questions that are not answered
  #coming = 0; // those that are, and whose frames are on their way
  #shell;
  #changed;

  constructor(shell, changed) {
    this.#shell = shell;
    this.#changed = changed;
  }

  get due() {
    return this.#asking + this.#coming > 0;
  }

  /** Ask, with `work`, for what comes with frames; answers as `shell.tried` does. */
  async ask(work) {
    this.#asking += 1;
    this.#changed();
    const answer = await this.#shell.tried(work);
    this.#asking -= 1;
    if (answer) this.#coming += 1;
    this.#changed();
    return answer;
  }

  /** The last frame of an answer has come. */
  came() {
    this.#coming = Math.max(this.#coming - 1, 0);
    this.#changed();
  }
}
