// The path of a curve with the points that are needed to see it: smooth stretches become one line each.
// Drawing is what takes long of a frame without a graphics card, and it takes as long as the path.

const OFF = 0.2; // px of the canvas that the path may run beside a point of the curve

/** A builder of paths for the library: within OFF of every point, broken where there is no number. */
export function curvePath(plot, series) {
  const { left, width, top, height } = plot.bbox;
  const stroke = new Path2D();
  trace(
    stroke,
    { values: plot.data[0], ...placing(plot.scales.x, left, width) },
    { values: plot.data[series], ...placing(plot.scales[plot.series[series].scale], top + height, -height) },
  );
  return { stroke, fill: null, clip: null, band: null, gaps: null, flags: 0 };
}

/** Where the values of a scale stand on the canvas: at `from + step * value`, or its logarithm. */
function placing({ min, max, distr }, at, length) {
  const log = distr === 3;
  const [low, high] = log ? [Math.log(min), Math.log(max)] : [min, max];
  const step = length / (high - low);
  return { log, step, from: at - step * low };
}

/**
 * Draw points whose abscissae increase into a path, leaving out those that a line passes within OFF.
 *
 * From the last point that was drawn, a cone is narrowed by every point that follows; the first point
 * outside it begins another line. What is no number breaks the curve.
 */
export function trace(path, along, up) {
  let [x0, y0, x1, y1] = [0, NaN, 0, NaN]; // where the line begins, and the last point within its cone
  let [least, most] = [-Infinity, Infinity]; // slopes that are left
  for (let place = 0; place < along.values.length; place += 1) {
    const x = along.from + along.step * along.values[place];
    const y = height(up, up.values[place]);
    if (y !== y) {
      if (y1 === y1) path.lineTo(x1, y1);
      y0 = y1 = NaN;
      continue;
    }
    if (y0 !== y0) {
      path.moveTo(x, y);
      [x0, y0] = [x, y];
      [least, most] = [-Infinity, Infinity];
    } else {
      const slope = (y - y0) / (x - x0);
      if (slope < least || slope > most) {
        path.lineTo(x1, y1);
        [x0, y0] = [x1, y1];
        [least, most] = [-Infinity, Infinity];
      }
      least = Math.max(least, (y - OFF - y0) / (x - x0));
      most = Math.min(most, (y + OFF - y0) / (x - x0));
    }
    x1 = x;
    y1 = y;
  }
  if (y1 === y1) path.lineTo(x1, y1);
}

function height({ log, from, step }, value) {
  if (value == null) return NaN;
  if (log) return value > 0 ? from + step * Math.log(value) : NaN;
  return from + step * value;
}
