/**
 * Numbers as a reader sees them: the twin of livetext/number_format.py.
 */

/** Decimals at most, where a number is to be told in full. */
const FEWEST = 6;

/** @type {Record<string, string>} */
const SUPERSCRIPTS = {
  "-": "⁻",
  0: "⁰",
  1: "¹",
  2: "²",
  3: "³",
  4: "⁴",
  5: "⁵",
  6: "⁶",
  7: "⁷",
  8: "⁸",
  9: "⁹",
};

/**
 * @param {number} value
 * @param {number | null} digits  decimals; null for the fewest that tell all of it, else three
 *   significant digits
 * @returns {{text: string, exact: boolean}}  exact where the text says all of the number
 */
function formatNumber(value, digits) {
  if (digits === null) return formatInFull(value);
  if (Number.isNaN(value)) return { text: "undefined", exact: true };
  const sign = value < 0 ? "−" : "";
  const size = Math.abs(value);
  if (size === Infinity) return { text: `${sign}∞`, exact: true };
  /** @type {(shown: number, scale: number) => boolean} */
  const same = (shown, scale) =>
    Math.abs(shown - size) <= 1e-12 * scale && (shown > 0 || size === 0);
  if (size === 0 || (size >= 0.5 * 10 ** -digits && size < 1e6)) {
    const shown = size.toFixed(digits);
    return { text: sign + shown, exact: same(Number(shown), Math.max(1, size)) };
  }
  const [mantissa, exponent] = size.toExponential(2).split("e");
  const raised = String(Number(exponent)).replace(/./g, (character) => SUPERSCRIPTS[character]);
  const text = `${sign}${mantissa}×10${raised}`;
  return { text, exact: same(Number(`${mantissa}e${exponent}`), size) };
}

/** @param {number} value */
function formatInFull(value) {
  for (let n = 0; n <= FEWEST; n++) {
    const shown = formatNumber(value, n);
    if (shown.exact && !shown.text.includes("×")) return shown;
  }
  let enough = 4;
  while (enough <= FEWEST && Math.abs(value) < 10 ** (2 - enough)) enough++;
  return formatNumber(value, enough <= FEWEST ? enough : 0);
}
