// A trace that was dropped in the place of spectra.

import lines from "../components/lines.js";
import { place } from "../model.js";

/** Draw the points of a trace; call `draw(arrays, words)` with a frame. */
export function traceOf(host) {
  const model = place(lines, host, { title: "Trace", x: "time", y: "signal", curves: [] });
  return {
    close: model.close,
    draw(arrays, { name }) {
      model.set("curves", [{ name, x: arrays.time.data, y: arrays.value.data, dots: true }]);
    },
  };
}
