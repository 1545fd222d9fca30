// How many dots there are of each size, over time: a map on a canvas of its own, colours by decades.
//
// Keys of the model: map {time_min: (m,), sizes_nm: (k,), number: (k × m, size by size), unit}, title, height.

import { bytesAt, isDark, themed } from "./colours.js";
import { frame } from "./frame.js";
import { h, once } from "./element.js";
import { floats, typed, written } from "./numbers.js";
import { following } from "./redrawing.js";

const DECADES = 3; // that the colours tell apart
const MARGIN = { left: 62, right: 10, top: 8, bottom: 42 };

function render({ model, el }) {
  const seen = frame(el, { title: model.get("title") ?? "Sizes", kind: "sizes", table });
  const canvas = h("canvas", { "aria-hidden": "true" });
  seen.plot.append(canvas);
  let held = null;

  function draw() {
    const map = model.get("map");
    held = map && {
      time: floats(map.time_min),
      sizes: floats(map.sizes_nm),
      number: floats(map.number),
      unit: map.unit ?? "mmol/L per nm",
    };
    if (held && !(held.sizes.length && held.time.length > 1)) held = null;
    const most = held ? held.number.reduce((one, other) => Math.max(one, other), 0) : 0;
    paint(most);
    explain(most);
  }

  function paint(most) {
    const width = Math.max(seen.plot.clientWidth, 120);
    const height = model.get("height") ?? Math.min(Math.max(width * 0.62, 220), 320);
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    const box = {
      left: MARGIN.left,
      top: MARGIN.top,
      width: width - MARGIN.left - MARGIN.right,
      height: height - MARGIN.top - MARGIN.bottom,
    };
    const ink = canvas.getContext("2d");
    ink.scale(ratio, ratio);
    ink.font = "12px system-ui, sans-serif";
    if (!held || !(most > 0)) {
      ink.fillStyle = themed(seen.root, "--ink-2");
      ink.fillText("No dots are counted size by size here.", box.left, box.top + 20);
      return;
    }
    const seenSizes = reach(held, most);
    ink.imageSmoothingEnabled = false;
    ink.drawImage(
      picture(held, most, seenSizes, isDark(seen.root)),
      box.left,
      box.top,
      box.width,
      box.height,
    );
    axes(ink, box, seen.root, [held.time[0], held.time.at(-1)], [held.sizes[0], held.sizes[seenSizes]]);
  }

  function explain(most) {
    if (!held || !(most > 0)) {
      seen.key.replaceChildren();
      return seen.describe("no dots");
    }
    const bar = h("i", { class: "scale-bar" });
    const dark = isDark(seen.root);
    bar.style.backgroundImage = `linear-gradient(to right, ${[0, 0.25, 0.5, 0.75, 1].map((at) => shade(at, dark)).join(",")})`;
    seen.key.replaceChildren(written(most / 10 ** DECADES, 2), bar, `${written(most, 2)} ${held.unit}`);
    const end = column(held, held.time.length - 1);
    const top = end.indexOf(Math.max(...end));
    seen.describe(`most dots at the end have ${written(held.sizes[top], 3)} nm`);
  }

  function read(event) {
    if (!held) return;
    const bounds = canvas.getBoundingClientRect();
    const along = (event.clientX - bounds.left - MARGIN.left) / (bounds.width - MARGIN.left - MARGIN.right);
    const up = 1 - (event.clientY - bounds.top - MARGIN.top) / (bounds.height - MARGIN.top - MARGIN.bottom);
    if (!(along >= 0 && along <= 1 && up >= 0 && up <= 1)) return void (seen.readout.textContent = "");
    const most = held.number.reduce((one, other) => Math.max(one, other), 0);
    const place = nearest(held.time, held.time[0] + along * (held.time.at(-1) - held.time[0]));
    const size = Math.round(up * reach(held, most));
    seen.readout.textContent = `${written(held.time[place])} min, ${written(held.sizes[size], 3)} nm: ${written(held.number[size * held.time.length + place], 2)} ${held.unit}`;
  }

  function table() {
    if (!held) return { columns: ["diameter / nm"], rows: [] };
    const few = Array.from(held.time.keys()).filter(
      (place) => place % Math.ceil(held.time.length / 12) === 0 || place === held.time.length - 1,
    );
    const rows = Array.from(held.sizes, (size, row) => [
      typed(size, 3),
      ...few.map((place) => typed(held.number[row * held.time.length + place], 3)),
    ]);
    return { columns: ["diameter / nm", ...few.map((place) => `${written(held.time[place])} min`)], rows };
  }

  canvas.addEventListener("pointermove", read);
  canvas.addEventListener("pointerleave", () => (seen.readout.textContent = ""));
  const stop = following(model, ["map"], draw);
  const sized = new ResizeObserver(once(draw));
  sized.observe(seen.plot);
  return () => {
    stop();
    sized.disconnect();
    seen.root.remove();
  };
}

const column = ({ sizes, time, number }, place) =>
  Array.from(sizes, (_, row) => number[row * time.length + place]);

/** The largest size of which there are any within the decades that are shown. */
function reach({ sizes, time, number }, most) {
  let last = sizes.length - 1;
  while (
    last > 1 &&
    !number.subarray(last * time.length, (last + 1) * time.length).some((one) => one > most / 10 ** DECADES)
  )
    last -= 1;
  return Math.min(Math.ceil(last * 1.08), sizes.length - 1);
}

function nearest(time, wanted) {
  let [low, high] = [0, time.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (time[middle] > wanted) high = middle;
    else low = middle;
  }
  return wanted - time[low] < time[high] - wanted ? low : high;
}

/** On a light page many dots are dark, on a dark one bright. */
function shade(part, dark) {
  return `rgb(${shadeBytes(part, dark).join(" ")})`;
}

function shadeBytes(part, dark) {
  return bytesAt(dark ? 0.05 + 0.95 * part : 1 - 0.95 * part);
}

/** Red, green, blue and opaque in the bytes of a picture, which begin with the smallest. */
const pixelOf = ([red, green, blue]) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;

function picture({ sizes, time, number }, most, last, dark) {
  const columns = Math.min(600, 4 * time.length);
  const made = h("canvas", { width: columns, height: last + 1 });
  const ink = made.getContext("2d");
  const image = ink.createImageData(columns, last + 1);
  const pixels = new Uint32Array(image.data.buffer);
  const shades = Uint32Array.from({ length: 256 }, (_, place) => pixelOf(shadeBytes(place / 255, dark)));
  const span = time.at(-1) - time[0];
  let before = -1; // the moment of the column to the left
  for (let across = 0; across < columns; across += 1) {
    const place = nearest(time, time[0] + (across / (columns - 1)) * span);
    for (let row = 0, at = last * columns + across; row <= last; row += 1, at -= columns) {
      if (place === before) {
        pixels[at] = pixels[at - 1];
        continue;
      }
      const part = 1 + Math.log10(number[row * time.length + place] / most) / DECADES;
      if (part > 0) pixels[at] = shades[Math.round(Math.min(part, 1) * 255)];
    }
    before = place;
  }
  ink.putImageData(image, 0, 0);
  return made;
}

function axes(ink, box, root, times, sizes) {
  ink.strokeStyle = themed(root, "--grid");
  ink.strokeRect(box.left + 0.5, box.top + 0.5, box.width - 1, box.height - 1);
  ink.fillStyle = themed(root, "--ink-2");
  ink.textAlign = "center";
  for (const tick of ticks(times, box.width / 90))
    ink.fillText(
      written(tick),
      box.left + (box.width * (tick - times[0])) / (times[1] - times[0]),
      box.top + box.height + 16,
    );
  ink.fillText("time / min", box.left + box.width / 2, box.top + box.height + 34);
  ink.textAlign = "right";
  for (const tick of ticks(sizes, box.height / 40))
    ink.fillText(
      written(tick),
      box.left - 8,
      box.top + box.height * (1 - (tick - sizes[0]) / (sizes[1] - sizes[0])) + 4,
    );
  ink.save();
  ink.translate(14, box.top + box.height / 2);
  ink.rotate(-Math.PI / 2);
  ink.textAlign = "center";
  ink.fillText("diameter / nm", 0, 0);
  ink.restore();
}

function ticks([low, high], about) {
  const rough = (high - low) / Math.max(about, 2);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((one) => one * power >= rough) * power;
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, place) =>
    Number(((first + place) * step).toPrecision(12)),
  );
}

export default { render };
