// Frames of the flask: spectra are drawn as they come, the course of a drag while the next spectra are computed.

import { Due } from "../due.js";

/**
 * Draw frames into the components; returns how to ask for them, and how to say that something was asked.
 *
 * The status is that of what is drawn, and "computing" while something exact is to come.
 */
export function follow({ connection, shell, shown, note }) {
  let course = null; // that is yet to be drawn
  let drawn = ""; // "exact" or "coarse"
  const asked = new Due(shell, tell);
  let dragged = 0; // number of the last drag, and of the last that was let go: 0 once what is drawn is that
  let released = 0;

  function drawSpectra({ header, words, arrays }) {
    shown.spectra.set("spectra", seriesOf(arrays, words.labels));
    if (header.exact) note(words);
    drawn = header.exact ? "exact" : "coarse";
    tell();
    const detail = { number: header.drag, exact: header.exact };
    requestAnimationFrame(() => document.dispatchEvent(new CustomEvent("prenuc:painted", { detail })));
  }

  function courseCame(frame) {
    const waiting = course !== null;
    course = frame;
    if (frame.header.exact) {
      drawCourse();
      answered(frame.header.drag);
    } else if (!waiting) requestAnimationFrame(() => setTimeout(drawCourse)); // a task after the picture of the spectra
  }

  function drawCourse() {
    if (!course) return;
    const { words, arrays } = course;
    course = null;
    const time_min = arrays.time_min.data;
    shown.courses.set("course", { time_min, values: arrays.species.data, names: words.names });
    shown.sizes.set(
      "map",
      arrays.sizes_nm?.data.length
        ? { time_min, sizes_nm: arrays.sizes_nm.data, number: arrays.number.data }
        : null,
    );
  }

  /** Of what is asked exactly the course comes last. */
  function answered(drag) {
    if (drag === null) return asked.came();
    if (drag >= released) released = 0;
    if (drag >= dragged) dragged = 0;
    tell();
  }

  function tell() {
    const due = asked.due || released > 0;
    shell.status(due ? "computing" : drawn, { behind: due || dragged > 0 });
  }

  /** Something cannot be run: what is drawn is not of the numbers that stand beside it. */
  function unable() {
    [drawn, dragged, released] = ["", 0, 0];
    tell();
  }

  const heard = [
    connection.onFrame("flask", drawSpectra),
    connection.onFrame("course", courseCame),
    connection.on("trouble", unable),
  ];
  return {
    /** A number was moved, or let go; its drag has a number, too. */
    dragged(number, exact) {
      dragged = number;
      if (exact) released = number;
      tell();
    },
    /** Ask for what comes with exact frames; answers as `shell.tried` does. */
    asked: (work) => asked.ask(work),
    unable,
    close: () => heard.forEach((stop) => stop()),
  };
}

function seriesOf({ wavelength_nm, time_min, absorbance }, labels) {
  return { wavelength_nm: wavelength_nm.data, time_min: time_min.data, absorbance: absorbance.data, labels };
}
