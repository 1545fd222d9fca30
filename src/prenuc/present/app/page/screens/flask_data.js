// Measured spectra over those of the flask: drawn as dots, with χ² as the package works it out.

import { h } from "../components/element.js";
import { written } from "../components/numbers.js";
import { fileButton } from "../file_button.js";

const WORTH_SAYING = 0.05; // of an extinction that the spectra call for

/** A button, and a line of text that follows the flask. */
export function dataOver({ connection, shell, shown }) {
  const told = h("span", { role: "status" });
  const choose = fileButton("Lay data over …", (file) => receive(file));
  const off = h(
    "button",
    { type: "button", class: "quiet", hidden: true, onclick: takeOff },
    "Take data off",
  );
  const note = h("div", { class: "note flask-state" }, told, off);
  let name = "";

  async function receive(file) {
    shell.status("computing");
    name = file.name;
    const laid = await shell.tried(async () =>
      connection.ask("flask.overlay", { upload: await connection.upload(file) }),
    );
    if (!laid) return opened();
    off.hidden = false;
    shell.say(`${laid.spectra} spectra of ${laid.name} are laid over`);
  }

  async function takeOff() {
    await shell.tried(() => connection.ask("flask.overlay", { upload: null }));
    opened();
    shell.say("the data are taken off");
  }

  /** Nothing is laid over, or another flask is open. */
  function opened() {
    name = "";
    off.hidden = true;
    told.textContent = "";
    shown.spectra.set("measured", null);
  }

  const stops = [
    connection.onFrame("data", ({ words, arrays }) => {
      const [wavelength_nm, time_min, absorbance] = ["wavelength_nm", "time_min", "absorbance"].map(
        (one) => arrays[one].data,
      );
      shown.spectra.set("measured", { wavelength_nm, time_min, absorbance, labels: words.labels, name });
    }),
    connection.onFrame("misfit", ({ words }) => (told.textContent = name ? `${name}: ${said(words)}` : "")),
  ];
  return { button: choose, note, receive, opened, close: () => stops.forEach((stop) => stop()) };
}

function said({ chi2, readings, expected, amplitudes, noise, why }) {
  if (why) return `no χ²: ${why}`;
  const off = Object.entries(amplitudes).filter(([, factor]) => Math.abs(factor - 1) > WORTH_SAYING);
  const called = off.map(([species, factor]) => `${species} × ${written(factor, 3)}`).join(", ");
  return [
    `χ² ${whole(chi2)} of ${whole(readings)} readings; ${whole(expected[0])} to ${whole(expected[1])} (95 %) if this is right.`,
    `Noise ${written(noise, 2)}.`,
    called ? `Extinctions that the data call for: ${called}.` : "",
  ].join(" ");
}

const whole = (number) => Math.round(number).toLocaleString("en").replaceAll(",", "\u202f");
