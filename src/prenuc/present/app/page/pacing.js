// When the newest value of a drag is sent: such that its answer comes just before the screen is drawn.
// A value that is sent sooner only waits for the screen, and is old by the time it is seen.

const PAINTING = 5; // ms that a picture takes; a timer that ends within them is late
const LEARNED_FROM = 8; // pictures in a row

export class Pacing {
  #sent = null; // when, of what is not exact: that takes longer, and comes once
  #mean = 0; // ms until an answer, and how far answers are off it, as TCP estimates them (RFC 6298)
  #off = 0;
  #period = Infinity; // ms from picture to picture

  sent(exact) {
    if (this.#period === Infinity) this.#learn(LEARNED_FROM);
    this.#sent = exact ? null : performance.now();
  }

  answered() {
    if (this.#sent === null) return;
    const taken = performance.now() - this.#sent;
    this.#off += (Math.abs(taken - this.#mean) - this.#off) / 4;
    this.#mean += (taken - this.#mean) / 8;
  }

  /** Call `send`, from the picture on that shows the answer that has just come, when a value is best sent. */
  after(send) {
    requestAnimationFrame((picture) => {
      const early = this.#mean + this.#off;
      const since = performance.now() - picture + early;
      const wait = Math.ceil(since / this.#period) * this.#period - since;
      if (wait > PAINTING) setTimeout(send, wait);
      else send();
    });
  }

  #learn(left, before = 0) {
    requestAnimationFrame((picture) => {
      if (before && picture > before) this.#period = Math.min(this.#period, picture - before);
      if (left) this.#learn(left - 1, picture);
    });
  }
}
