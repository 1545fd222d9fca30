// Frames of the flask: the newest is drawn with the next picture of the screen, older ones never.

/** Draw frames into the components as they come; returns how to say that something was asked. */
export function follow({ connection, shell, shown, note }) {
  let due = false;
  const newest = { flask: null, course: null };

  function came(of, frame) {
    newest[of] = frame;
    if (due) return;
    due = true;
    requestAnimationFrame(paint);
  }

  function paint() {
    due = false;
    const { flask, course } = newest;
    newest.flask = newest.course = null;
    if (flask) drawSpectra(flask);
    if (course) drawCourse(course);
  }

  function drawSpectra({ header, words, arrays }) {
    shown.spectra.set("spectra", seriesOf(arrays, words.labels));
    shell.status(header.exact ? "exact" : "coarse");
    if (header.exact) note(words);
    document.dispatchEvent(
      new CustomEvent("prenuc:painted", { detail: { number: header.drag, exact: header.exact } }),
    );
  }

  function drawCourse({ words, arrays }) {
    const time_min = arrays.time_min.data;
    shown.courses.set("course", { time_min, values: arrays.species.data, names: words.names });
    shown.sizes.set(
      "map",
      arrays.sizes_nm?.data.length
        ? { time_min, sizes_nm: arrays.sizes_nm.data, number: arrays.number.data }
        : null,
    );
  }

  const heard = ["flask", "course"].map((of) => connection.onFrame(of, (frame) => came(of, frame)));
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
