// How a number is turned by keys, alike for dials and for the grips of a timeline.

const SMALL = 0.01; // arrows: 1 % of the value, or of the range where the scale is linear
const PAGE = 0.1; // page keys: a tenth of a decade, or of the range
const REST = 250; // ms after the last key until a value is wanted exactly

/** The value that a key asks for, within the limits; null where the key says nothing. */
export function turned(key, { value, low, high, log }) {
  const range = high - low;
  const by = (sign) => short(log ? value * (1 + sign * SMALL) : value + sign * SMALL * range);
  const far = (sign) => short(log ? value * 10 ** (sign * PAGE) : value + sign * PAGE * range);
  const wanted = {
    ArrowRight: () => by(1),
    ArrowUp: () => by(1),
    ArrowLeft: () => by(-1),
    ArrowDown: () => by(-1),
    PageUp: () => far(1),
    PageDown: () => far(-1),
    Home: () => low,
    End: () => high,
  }[key];
  return wanted ? Math.min(Math.max(wanted(), low), high) : null;
}

const short = (value) => Number(value.toPrecision(6));

/** Ask for coarse answers while keys repeat, and for an exact one when they rest. */
export function settling(ask) {
  let waiting = 0;
  return {
    ask(value) {
      ask(value, false);
      clearTimeout(waiting);
      waiting = setTimeout(() => ask(value, true), REST);
    },
    stop: () => clearTimeout(waiting),
  };
}
