// Where the steps of a protocol stand on a timeline, worked out without touching the page.

export const LANE = { height: 148, rise: 54, base: 110 }; // px: of a lane, of the hottest, down to the base line
const EDGE = { left: 14, right: 24 };
const LEAST = 110; // px between doses whose texts stand side by side
const NEAR = 60; // px, within which a text would stand over another

export const TIMES = { s: 1 / 60, min: 1, h: 60, d: 1440 };
const handleWith = (step, units) => step.handles?.find((one) => units.test(one.unit ?? ""));

// The handle of a step's duration, temperature or first dose; undefined where it has none.
const durationOf = (step) => handleWith(step, /^(s|min|h|d)$/);
const temperatureOf = (step) => handleWith(step, /^degC$/);
const doseOf = (step) =>
  /inject/i.test(step.kind) ? handleWith(step, /^(mol|mmol|umol|g|mg|mL|uL|L)$/) : undefined;

const stretched = (minutes, unit) => unit * Math.cbrt(Math.max(minutes, 0));

/** Minutes of a width in pixels. */
export const unstretched = (pixels, unit) => (Math.max(pixels, 0) / unit) ** 3;

/** How long a step is with the values that are wanted; begin and end are as it was opened. */
function minutesOf(step, wanted) {
  const written = step.end_min - step.begin_min;
  const handle = durationOf(step);
  const asked = handle && wanted[handle.name];
  return asked === undefined ? written : asked * TIMES[handle.unit];
}

/**
 * Lay the steps out over a width in pixels.
 *
 * `wanted` holds values that differ from those of the handles, by name; `fixed` is the number of pixels
 * per cube root of a minute while something is dragged, so that the rest does not shrink meanwhile.
 */
export function laidOut(steps, width, wanted = {}, fixed = null) {
  const timed = new Set(steps.filter((one) => one.end_min > one.begin_min).map((one) => one.vessel));
  const lanes = new Map(
    [...timed].map((vessel) => [
      vessel,
      { vessel, segments: [], looks: [], grips: [], links: [], told: [], at: EDGE.left, named: timed.size > 1 },
    ]),
  );
  const unit = fixed ?? fitted(steps, lanes, width, wanted);
  const temperatures = steps
    .flatMap((one) => [one.begin_c, one.end_c, temperatureOf(one)?.value])
    .filter((one) => one != null);
  const heat = { low: Math.max(0, Math.min(...temperatures, 25)), high: Math.max(...temperatures, 60) };
  const rise = (celsius) =>
    Math.min(Math.max((celsius - heat.low) / (heat.high - heat.low || 1), 0), 1) * LANE.rise + 6;
  for (const step of steps) place(step, lanes, { unit, rise, wanted });
  for (const lane of lanes.values())
    Object.assign(lane, { x0: lane.segments[0]?.x0 ?? EDGE.left, x1: lane.at });
  const rows = inRows([...lanes.values()]);
  for (const lane of lanes.values()) lane.top = lane.row * LANE.height;
  return { lanes: [...lanes.values()], unit, height: Math.max(rows, 1) * LANE.height };
}

/** Give every lane the first row that is free from where it begins; returns how many rows there are. */
function inRows(lanes) {
  const ends = [];
  for (const lane of lanes) {
    const free = ends.findIndex((end) => end <= lane.x0 + 1);
    lane.row = free < 0 ? ends.length : free;
    ends[lane.row] = lane.x1;
    for (const one of lanes)
      one.crowded ||= one !== lane && one.row === lane.row && Math.abs(lane.x0 - one.x0) < NEAR && one.x0 < lane.x0;
  }
  return ends.length;
}

/** Pixels per cube root of a minute with which the longest way through the vessels fills the width. */
function fitted(steps, lanes, width, wanted) {
  const at = new Map([...lanes.keys()].map((vessel) => [vessel, 0]));
  for (const step of steps) {
    if (!at.has(step.vessel)) continue;
    for (const source of step.from ?? [])
      at.set(step.vessel, Math.max(at.get(step.vessel), at.get(source) ?? 0));
    at.set(step.vessel, at.get(step.vessel) + Math.cbrt(Math.max(minutesOf(step, wanted), 0) || 0));
  }
  return (width - EDGE.left - EDGE.right) / Math.max(...at.values(), 1e-9);
}

/** Put a step into the lane of its vessel; heights are counted from the top of the lane. */
function place(step, lanes, { unit, rise, wanted }) {
  const lane = lanes.get(step.vessel);
  for (const name of step.from ?? []) {
    const source = lanes.get(name);
    if (!source || source === lane) continue;
    source.looks.push({ x: source.at, text: step.text });
    if (!lane) continue;
    lane.at = Math.max(lane.at, source.at);
    lane.links.push({ x: source.at, from: source });
  }
  if (!lane) return;
  const minutes = minutesOf(step, wanted);
  const asked = temperatureOf(step);
  const end_c = (asked && wanted[asked.name]) ?? step.end_c ?? lane.celsius ?? 25;
  const before_c = lane.celsius ?? step.begin_c ?? end_c;
  const begin_c = step.kind === "store" ? end_c : before_c; // what is stored is cold at once, and stays so
  if (minutes > 0) {
    const size = stretched(minutes, unit);
    const [x0, x1, y0, y1] = [lane.at, lane.at + size, LANE.base - rise(begin_c), LANE.base - rise(end_c)];
    if (!lane.segments.length && !lane.links.length) lane.told.push({ x: x0, y: y0, celsius: begin_c, first: true });
    if (!asked && Math.abs(end_c - before_c) > 0.5) lane.told.push({ x: x1, y: y1, celsius: end_c });
    lane.segments.push({
      step,
      minutes,
      x0,
      x1,
      cold: end_c < 0,
      line: `M${x0} ${LANE.base - rise(before_c)}V${y0}L${x1} ${y1}`,
      area: `M${x0} ${LANE.base}V${y0}L${x1} ${y1}V${LANE.base}Z`,
    });
    lane.at = x1;
    const handle = durationOf(step);
    if (handle)
      lane.grips.push({
        kind: "duration",
        handle,
        step,
        x: x1,
        y: LANE.base,
        stretched: size,
        height: rise(end_c) + 10,
      });
    if (asked) lane.grips.push({ kind: "temperature", handle: asked, step, x: x1, y: y1, falls: end_c < begin_c });
  }
  lane.celsius = end_c;
  const dose = doseOf(step);
  if (dose) {
    const over = { dose: LEAST, temperature: NEAR };
    const crowd = lane.grips.filter((one) => lane.at - one.x < over[one.kind]).length;
    lane.grips.push({
      kind: "dose",
      handle: dose,
      step,
      x: lane.at,
      y: LANE.base - rise(end_c) - 22 - 16 * crowd,
    });
  }
}
