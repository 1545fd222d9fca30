// Frames of the flask: spectra are drawn as they come, the course of a drag while the next spectra are computed.

/** Draw frames into the components; returns how to say that something was asked. */
export function follow({ connection, shell, shown, note }) {
  let course = null; // that is yet to be drawn

  function drawSpectra({ header, words, arrays }) {
    shown.spectra.set("spectra", seriesOf(arrays, words.labels));
    shell.status(header.exact ? "exact" : "coarse");
    if (header.exact) note(words);
    const detail = { number: header.drag, exact: header.exact };
    requestAnimationFrame(() => document.dispatchEvent(new CustomEvent("prenuc:painted", { detail })));
  }

  function courseCame(frame) {
    const waiting = course !== null;
    course = frame;
    if (frame.header.exact) drawCourse();
    else if (!waiting) requestAnimationFrame(() => setTimeout(drawCourse)); // a task after the picture of the spectra
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

  const heard = [connection.onFrame("flask", drawSpectra), connection.onFrame("course", courseCame)];
  return {
    /** A number was moved: until its frame comes, what is shown is of before. */
    asked(exact) {
      if (exact) shell.status("computing");
    },
    close: () => heard.forEach((stop) => stop()),
  };
}

function seriesOf({ wavelength_nm, time_min, absorbance }, labels) {
  return { wavelength_nm: wavelength_nm.data, time_min: time_min.data, absorbance: absorbance.data, labels };
}
