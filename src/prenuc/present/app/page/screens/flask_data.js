// Measured spectra over those of the flask: drawn as dots, with χ², and what they say of a constant.

import { h } from "../components/element.js";
import { written } from "../components/numbers.js";
import { fileButton } from "../file_button.js";

const LEAST_REST = 400; // ms, until it is asked what the data say of the constant that was turned last

/** A button, and a line of text that follows the flask; `asked` asks for what comes with frames, `constant` answers which was turned last. */
export function dataOver({ connection, shell, shown, asked, constant }) {
  const told = h("span", { role: "status" });
  const choose = fileButton("Lay data over …", (files) => receive(files));
  const off = h(
    "button",
    { type: "button", class: "quiet", hidden: true, onclick: takeOff },
    "Take data off",
  );
  const note = h("div", { class: "note flask-state" }, told, off);
  let laid = null; // the answer of flask.overlay
  let chi2 = null;
  let asking = 0;

  /** Lay the spectra of files over; several with a spectrum each are one series. */
  async function receive(files) {
    const answer = await asked(async () => {
      const uploads = await Promise.all(files.map((one) => connection.upload(one)));
      return connection.ask("flask.overlay", { uploads });
    });
    if (!answer) return;
    laid = answer;
    off.hidden = false;
    say(answer.interval);
    shell.say(`${answer.labels.length} spectra of ${answer.name} are laid over`);
  }

  async function takeOff() {
    await shell.tried(() => connection.ask("flask.overlay", {}));
    opened();
    shell.say("the data are taken off");
  }

  /** Nothing is laid over, or another flask is open. */
  function opened() {
    laid = null;
    off.hidden = true;
    told.textContent = "";
    clearTimeout(asking);
    shown.spectra.set("measured", null);
  }

  function say(interval = "") {
    if (!laid) return;
    const misfit =
      chi2 === null
        ? "these are not the spectra that the protocol measures now"
        : `χ² ${whole(chi2)} of ${whole(laid.readings)} readings (as many are expected; noise ${written(laid.sd, 2)})`;
    told.textContent = [`${laid.name}: ${misfit}`, interval].filter(Boolean).join(". ");
  }

  /** An exact frame has come: draw what is laid over with it, and say how far off the flask is. */
  function follow({ words, arrays }) {
    if ("data_absorbance" in arrays) {
      const [wavelength_nm, time_min, absorbance] = ["wavelength_nm", "time_min", "absorbance"].map(
        (one) => arrays[`data_${one}`].data,
      );
      shown.spectra.set("measured", { wavelength_nm, time_min, absorbance, name: "measured" });
    }
    if (!("chi2" in words)) return;
    chi2 = words.chi2;
    say();
    const name = constant();
    clearTimeout(asking);
    if (laid && name)
      asking = setTimeout(
        () =>
          connection
            .ask("flask.interval", { name })
            .then(({ text }) => say(text))
            .catch(() => {}),
        LEAST_REST,
      );
  }

  const stop = connection.onFrame("flask", (frame) => frame.header.exact && follow(frame));
  return {
    button: choose,
    note,
    receive,
    opened,
    close() {
      clearTimeout(asking);
      stop();
    },
  };
}

const whole = (number) => Math.round(number).toLocaleString("en").replaceAll(",", "\u202f");
