// Colours by time and by kind, from the style sheet where the theme speaks.

// matplotlib's viridis (CC0) at eleven places; dark to light, readable in grey and by the colour blind.
const VIRIDIS = [
  "440154",
  "482475",
  "414487",
  "355f8d",
  "2a788e",
  "21918c",
  "22a884",
  "44bf70",
  "7ad151",
  "bddf26",
  "fde725",
].map((hex) => [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)));

/** Whether the theme of the page is dark. */
export const isDark = (element) => themed(element, "--dark") === "1";

/** Three bytes of a colour at 0 (first) to 1 (last). */
export function bytesAt(part) {
  const place = Math.min(Math.max(part, 0), 1) * (VIRIDIS.length - 1);
  const low = Math.min(Math.floor(place), VIRIDIS.length - 2);
  return [0, 1, 2].map((one) =>
    Math.round(VIRIDIS[low][one] + (place - low) * (VIRIDIS[low + 1][one] - VIRIDIS[low][one])),
  );
}

/** The colour of a moment; the end that the background swallows is left out. */
export function colourAt(part, dark) {
  const [from, to] = dark ? [0.2, 1] : [0, 0.88];
  return `rgb(${bytesAt(from + part * (to - from)).join(" ")})`;
}

/** The places of moments on the scale, 0 to 1; by rank where some are no numbers. */
export function places(times) {
  const [first, last] = [times[0], times[times.length - 1]];
  if (times.length < 2 || !(last > first))
    return Array.from(times, (_, place) => place / Math.max(times.length - 1, 1));
  return Array.from(times, (time) => (time - first) / (last - first));
}

/** A property of the theme, such as the colour "--ink"; asked once, as asking styles the page anew. */
export function themed(element, name) {
  if (!known.has(element)) known.set(element, new Map());
  const found = known.get(element);
  if (!found.get(name)) found.set(name, getComputedStyle(element).getPropertyValue(name).trim());
  return found.get(name);
}

/** Colours of kinds: Okabe and Ito 2008, with the ink of the theme first. */
export function kinds(element) {
  return Array.from({ length: 8 }, (_, place) => themed(element, `--kind-${place}`));
}

const DARK = window.matchMedia("(prefers-color-scheme: dark)");
let known = new WeakMap(); // what was asked of the theme, by element
DARK.addEventListener("change", () => (known = new WeakMap()));

/** Call when the theme changes; returns how to stop. */
export function onTheme(draw) {
  DARK.addEventListener("change", draw);
  return () => DARK.removeEventListener("change", draw);
}
