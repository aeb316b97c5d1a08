/**
 * Numbers as cells: the twin of livetext/figures/cells.py.
 */

/**
 * @param {number} value
 * @param {[number, number]} scale
 * @param {string[]} colors
 */
function cellLook(value, [low, high], colors) {
  let size = Math.max(0, Math.min(1, (value - low) / (high - low)));
  if (colors.length === 2) size = 2 * size - 1;
  if (size !== size) size = 0;
  const color = colors[size < 0 ? 0 : colors.length - 1];
  return `fill: var(--live-${color}); fill-opacity: ${Math.abs(size).toFixed(3)}`;
}

/**
 * @param {Element} element
 * @param {ViewSpecs["image"]} spec
 * @returns {View}
 */
function imageView(element, { scale, colors }) {
  const cells = all(element, "[data-cell]").map((cell) =>
    changed([cell.dataset.cell ?? ""], ([value]) => {
      cell.setAttribute("style", cellLook(value, scale, colors));
    }),
  );
  return ({ values }) => {
    for (const update of cells) update(values);
    return false;
  };
}

/**
 * The 64 bits of a number, sign first.
 * @param {number} value
 */
function bitsOf(value) {
  const data = new DataView(new ArrayBuffer(8));
  data.setFloat64(0, value);
  const halves = [0, 4].map((at) => data.getUint32(at).toString(2).padStart(32, "0"));
  return value === value ? halves.join("") : `0${"1".repeat(12)}${"0".repeat(51)}`;
}

/** @param {string} bits */
function worthOf(bits) {
  const sign = bits[0] === "1" ? "−" : "";
  const [exponent, fraction] = [bits.slice(1, 12), bits.slice(12)].map((part) => parseInt(part, 2));
  if (exponent === 2047) return fraction ? "not a number" : `${sign}∞`;
  if (exponent === 0) return `${sign}${fraction} · 2⁻¹⁰⁷⁴`;
  const power = String(exponent - 1023).replace(/./g, (character) => SUPERSCRIPTS[character]);
  return `${sign}(1 + ${fraction}/2⁵²) · 2${power}`;
}

/**
 * @param {Element} element
 * @param {ViewSpecs["bits"]} spec
 * @returns {View}
 */
function bitsView(element, { names }) {
  const parts = all(element, ".live-digits");
  const update = changed(names, (values) => {
    const rows = values.map(bitsOf);
    const same = rows.length > 1 ? [...rows[0]].findIndex((bit, i) => bit !== rows[1][i]) : -1;
    const common = same < 0 ? 64 : same;
    parts.forEach((part, i) => {
      const [start, stop] = [0, 1, 12, 64].slice(i % 3);
      const bits = rows[Math.floor(i / 3)];
      if (rows.length < 2) return say(part, bits.slice(start, stop));
      const cut = Math.max(start, Math.min(common, stop));
      say(part.children[0], bits.slice(start, cut));
      say(part.children[1], bits.slice(cut, stop));
    });
    if (rows.length > 1) say(find(element, ".live-told-bits"), String(common));
    else say(find(element, ".live-worth"), worthOf(rows[0]));
  });
  return ({ values }) => {
    update(values);
    return false;
  };
}
