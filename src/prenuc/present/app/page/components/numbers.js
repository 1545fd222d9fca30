// How numbers and units are written and spoken.

const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

/** A number to be read: four digits, powers of ten raised, a true minus sign. */
export function written(value, digits = 4) {
  if (value == null || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) {
    const [mantissa, power] = value.toExponential(digits - 1).split("e");
    const short = String(Number(mantissa)).replace("-", "−");
    const tens = `10${raised(String(Number(power)))}`;
    return short === "1" ? tens : `${short}×${tens}`;
  }
  return String(Number(value.toPrecision(digits))).replace("-", "−");
}

/** A number as it stands in a field, to be typed over. */
export function typed(value, digits = 6) {
  if (value == null || Number.isNaN(value)) return "";
  const plain = Number(value.toPrecision(digits));
  const size = Math.abs(plain);
  return size !== 0 && (size < 1e-3 || size >= 1e6) ? plain.toExponential() : String(plain);
}

const DECIMAL = new Intl.NumberFormat("en", { useGrouping: false, maximumSignificantDigits: 8 });

/** A number as an attribute of a slider has it: without an exponent. */
export const decimal = (value) => DECIMAL.format(value);

/** What somebody typed, or null where it is no number; decimal commas are understood. */
export function readNumber(text) {
  const plain = text.trim().replace("−", "-").replace(",", ".");
  const value = Number(plain);
  return plain === "" || !Number.isFinite(value) ? null : value;
}

/** A unit as it is printed: 1/min as min⁻¹, m^3 as m³. */
export function unitWritten(unit) {
  const plain = (unit ?? "")
    .replace(/^1\/(\w+)$/, "$1⁻¹")
    .replace("degC", "°C")
    .replace("delta_", "")
    .replace(/^(1|dimensionless)$/, "");
  return plain.replace(/(?:\^|\*\*)(-?\d+)/g, (_, power) => raised(power)).replaceAll("*", " ");
}

const raised = (power) => [...power].map((one) => RAISED[one] ?? one).join("");

/** A unit as it is said. */
export function unitSpoken(unit) {
  const words = {
    "1/min": "per minute",
    "1/s": "per second",
    "1/h": "per hour",
    degC: "degrees Celsius",
    min: "minutes",
    h: "hours",
    s: "seconds",
    d: "days",
    nm: "nanometres",
  };
  return words[unit] ?? unitWritten(unit).replace("/", " per ");
}

/** Number and unit, to be read or spoken. */
export function quantity(value, unit, { spoken = false } = {}) {
  const text = spoken ? spokenNumber(value) : written(value);
  return `${text} ${spoken ? unitSpoken(unit) : unitWritten(unit)}`.trim();
}

function spokenNumber(value) {
  if (value == null) return "unknown";
  const [mantissa, power] = value.toExponential(3).split("e");
  const plain = Math.abs(Number(power)) < 4 ? String(Number(value.toPrecision(4))) : null;
  return plain ?? `${Number(mantissa)} times ten to the ${Number(power)}`;
}

/** Floats from an array, a typed array or the bytes that a notebook hands over. */
export function floats(values) {
  if (values instanceof DataView)
    return new Float64Array(values.buffer, values.byteOffset, values.byteLength / 8);
  return values ?? new Float64Array(0);
}

/** A ceiling for an axis, in steps of about a quarter, so that it rests while curves move. */
export function ceiling(largest) {
  if (!(largest > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(largest));
  return (
    [1, 1.25, 1.6, 2, 2.5, 3.2, 4, 5, 6.4, 8, 10].find((one) => one * power >= largest * 1.02) * power ||
    12.5 * power
  );
}
