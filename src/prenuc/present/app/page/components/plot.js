// Curves on axes by uPlot, with what it lacks: curves on abscissae of their own, themes, a steady ordinate.
// `uPlot` is the library's own global name: a script of the page, or the head of a notebook's module.
/* global uPlot */

import { onTheme, themed } from "./colours.js";
import { curvePath } from "./curve_path.js";
import { ceiling, written } from "./numbers.js";

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const MOST_DOTS = 80; // of one curve: more run into each other
const FONT = "12px system-ui, sans-serif";

/**
 * Draw curves that share an abscissa, and others laid over them.
 *
 * `x` and `y` name the axes; `log` makes the ordinate logarithmic; `onCursor` is told the place of
 * the pointer on the abscissa and the nearest curve; `onSelect` the range that was dragged over, which
 * then is not zoomed, while `selecting` says so. Call the returned `draw`:
 *   draw({x, curves: [{values, colour, width}], over: [{x, values, colour, dash, dots}], along: [from, to],
 *         range: [least, most], shaded: [[from, to]]}).
 */
export function curvesOn(host, { x, y, log = false, height, onCursor, onSelect, selecting = () => false }) {
  let made = null;
  let zoomed = false;
  let shown = { x: [], curves: [], over: [] };
  let range = [0, 1];
  let along = [0, 1];

  const axis = (label, size, scale) => ({
    label,
    labelSize: scale === "x" ? 16 : 18,
    space: scale === "x" ? 64 : 36,
    labelFont: FONT,
    font: FONT,
    size,
    scale,
    gap: 4,
    stroke: () => themed(host, "--ink-2"),
    labelGap: 2,
    grid: { stroke: () => themed(host, "--grid"), width: 1 },
    ticks: { stroke: () => themed(host, "--grid"), width: 1, size: 4 },
    values: (_, ticks) => ticks.map((one) => (one == null ? "" : written(one, 3))),
  });

  function build() {
    made?.destroy();
    made = new uPlot(
      {
        width: Math.max(host.clientWidth, 120),
        height: tall(),
        pxAlign: 0,
        legend: { show: false },
        cursor: { points: { show: false }, x: true, y: false, drag: { x: true, y: false } },
        scales: {
          x: { time: false, range: (_, low, high) => (zoomed ? [low, high] : along) },
          y: { distr: log ? 3 : 1, range: () => range },
        },
        axes: [axis(x, 30, "x"), axis(y, 62, "y")],
        series: [
          {},
          ...shown.curves.map((_, place) => ({
            points: { show: false },
            spanGaps: false,
            paths: curvePath,
            width: shown.curves[place].width ?? 1.25,
            stroke: () => shown.curves[place]?.colour,
            dash: shown.curves[place].dash,
          })),
        ],
        hooks: {
          draw: [layOver],
          setCursor: [tell],
          setSelect: [selected],
        },
      },
      [shown.x, ...shown.curves.map((one) => one.values)],
      host,
    );
  }

  function selected(plot) {
    const { left, width } = plot.select;
    if (!selecting()) {
      zoomed = width > 0;
      return;
    }
    if (!width) return;
    const ends = [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")];
    plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    onSelect(ends);
  }

  // Before the library hears of the button: whether it zooms or hands the range over.
  host.addEventListener("mousedown", () => made && (made.cursor.drag.setScale = !selecting()), true);
  host.addEventListener(
    "dblclick",
    () => {
      zoomed = false; // the library then asks for the range anew
    },
    true,
  );

  let aimed = { place: 0, curve: 0 }; // where the cursor stands; arrows move it along and across the curves
  host.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step || !shown.curves.length) return;
    event.preventDefault();
    const within = (at, count) => Math.min(Math.max(at, 0), count - 1);
    const place = within(aimed.place + step[0] * (event.shiftKey ? 10 : 1), shown.x.length);
    const curve = within(aimed.curve + step[1], shown.curves.length);
    const value = shown.curves[curve].values[place] ?? range[0];
    made.setCursor({ left: made.valToPos(shown.x[place], "x"), top: made.valToPos(value, "y") });
    aimed = { place, curve };
    onCursor?.(aimed);
  });

  const tall = () => (typeof height === "function" ? height(host.clientWidth) : height);

  function layOver(plot) {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    for (const one of shown.shaded ?? []) shade(plot, one);
    for (const one of shown.over) trace(plot, one);
    ctx.restore();
  }

  function trace(plot, { x: along, values, colour, dash = [], dots = false, width = 1.25 }) {
    const { ctx } = plot;
    const ratio = window.devicePixelRatio || 1;
    ctx.strokeStyle = colour;
    ctx.lineWidth = width * ratio;
    ctx.setLineDash(dash.map((one) => one * ratio));
    ctx.beginPath();
    const every = dots ? Math.ceil(along.length / MOST_DOTS) : 1;
    for (let place = 0; place < along.length; place += every) {
      const value = values[place];
      if (value == null || Number.isNaN(value) || (log && value <= 0)) continue;
      const [left, top] = [plot.valToPos(along[place], "x", true), plot.valToPos(value, "y", true)];
      if (dots) (ctx.moveTo(left + 1.6 * ratio, top), ctx.arc(left, top, 1.6 * ratio, 0, 7));
      else ctx.lineTo(left, top);
    }
    ctx.stroke();
  }

  function shade(plot, [from, to]) {
    const { ctx, bbox } = plot;
    const [left, right] = [plot.valToPos(from, "x", true), plot.valToPos(to, "x", true)];
    ctx.globalAlpha = 0.18;
    ctx.fillStyle = themed(host, "--warm");
    ctx.fillRect(left, bbox.top, Math.max(right - left, 1), bbox.height);
    ctx.globalAlpha = 1;
  }

  function tell(plot) {
    if (!onCursor) return;
    const { idx, top } = plot.cursor;
    if (idx == null || top < 0) return onCursor(null);
    const level = plot.posToVal(top, "y");
    const off = ({ values }) => {
      const found = Math.abs(log ? Math.log(values[idx] / level) : values[idx] - level);
      return Number.isNaN(found) ? Infinity : found; // nothing is drawn there
    };
    let nearest = 0;
    for (let place = 1; place < shown.curves.length; place += 1)
      if (off(shown.curves[place]) < off(shown.curves[nearest])) nearest = place;
    aimed = { place: idx, curve: nearest };
    onCursor(aimed);
  }

  const sized = new ResizeObserver(
    () => made && host.clientWidth && made.setSize({ width: host.clientWidth, height: tall() }),
  );
  sized.observe(host);
  const unthemed = onTheme(() => made?.redraw(false));

  return {
    draw(next) {
      const same = made && next.curves.length === shown.curves.length;
      shown = { over: [], ...next };
      range = next.range ?? (log ? decades(shown) : linear(shown));
      along = next.along ?? [shown.x[0] ?? 0, shown.x.at(-1) ?? 1];
      if (same) made.setData([shown.x, ...shown.curves.map((one) => one.values)]);
      else build();
    },
    close() {
      sized.disconnect();
      unthemed();
      made?.destroy();
    },
  };
}

function extremes({ curves, over }) {
  let [least, most] = [Infinity, -Infinity];
  for (const { values } of [...curves, ...over]) {
    for (const value of values) {
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  return [least, most];
}

function linear(shown) {
  const [least, most] = extremes(shown);
  const top = ceiling(most);
  return [least < -0.02 * top ? -ceiling(-least) : 0, top];
}

const DECADES = 5; // of an ordinate that is logarithmic, at most

function decades(shown) {
  const most = extremes(shown)[1];
  if (!(most > 0)) return [1e-6, 1];
  const top = Math.ceil(Math.log10(most * 1.05));
  return [10 ** (top - DECADES), 10 ** top];
}
