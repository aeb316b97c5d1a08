/**
 * The same quantity lights up wherever it stands: `data-lit` on each of its places. Each of them says
 * what it shows, by `data-quantity`, or by `data-lights`, which may hold several names.
 */

/** A letter with its index, as `symbolsOf` writes it. */
const LETTER = "\u0001[^\u0002]*\u0002(?:_[^\u0002]*\u0002)?(?:⁽[^⁾]*⁾)?";
/** A symbol: a derivative, a change, or a letter alone. */
const SYMBOL = `∂${LETTER}/∂${LETTER}|Δ?${LETTER}`;

/**
 * A formula as text in which letters, indices and numbers can be told apart, and its letters.
 * @param {Node} node
 * @param {Element[]} letters
 * @returns {string}
 */
function spell(node, letters) {
  if (!(node instanceof Element)) return node.textContent ?? "";
  const text = node.textContent ?? "";
  const { quantity } = /** @type {HTMLElement} */ (node).dataset;
  if (quantity) return `\u0003${quantity}\u0002`;
  if (node.localName === "sub") return `_${text}\u0002`;
  if (node.localName === "var") {
    letters.push(node);
    return `\u0001${text}\u0002`;
  }
  return [...node.childNodes].map((child) => spell(child, letters)).join("");
}

/**
 * Notes for each artist, slider and symbol which quantities it shows. A symbol is that of the slider
 * whose label names it, and of the number that ends a line which begins with it.
 * @param {HTMLElement} figure
 * @param {FigureSpec} spec
 */
function noteQuantities(figure, spec) {
  for (const view of all(figure, "[data-view]")) {
    const data = spec.views[Number(view.dataset.view)];
    if (!("artists" in data)) continue;
    data.artists.forEach((artist, i) => {
      const { y, handle } = artist;
      const shown = handle ?? (artist.points === "curve" ? [y] : [artist.x, y].flat());
      if (artist.points === "tangent") shown.push(artist.slope);
      const names = new Set(shown.filter((name) => typeof name === "string"));
      find(view, `[data-artist="${i}"]`).dataset.lights = [...names].join(" ");
    });
  }
  /** @type {Record<string, string>} */
  const meant = {};
  /** @param {string} symbol  @param {string} name */
  const mean = (symbol, name) => (meant[symbol] = `${meant[symbol] ?? ""} ${name}`.trim());
  for (const row of all(figure, ".live-slider")) {
    const { name } = /** @type {Control} */ (find(row, "input, select"));
    row.dataset.lights = name;
    const symbols = spell(find(row, "label"), []).match(new RegExp(SYMBOL, "g"));
    if (symbols?.length === 1) mean(symbols[0], name);
  }
  const lines = all(figure, ".live-line").flatMap((line) => {
    const wordings = all(line, "[data-case]");
    return wordings.length ? wordings : [line];
  });
  const spelt = lines.map((line) => {
    /** @type {HTMLElement[]} */
    const letters = [];
    return { text: spell(line, letters), letters };
  });
  for (const { text } of spelt) {
    for (const clause of text.split(/[:,] /)) {
      const sides = clause.split(/[=≈]/).map((side) => side.trim());
      const result = /^\u0003([^\u0002]+)\u0002$/.exec(sides[sides.length - 1])?.[1];
      if (!result) continue;
      for (const side of sides) if (new RegExp(`^(?:${SYMBOL})$`).test(side)) mean(side, result);
    }
  }
  for (const { text, letters } of spelt) {
    let i = 0;
    for (const [symbol] of text.matchAll(new RegExp(SYMBOL, "g"))) {
      for (const _ of symbol.matchAll(/\u0001/g)) {
        if (meant[symbol]) letters[i].dataset.lights = meant[symbol];
        i++;
      }
    }
  }
}

/**
 * @param {HTMLElement} figure
 * @param {FigureSpec} spec
 * @param {AbortSignal} signal
 */
function mountLight(figure, spec, signal) {
  let noted = false;
  let lit = "";

  /** @param {EventTarget | null} target */
  function light(target) {
    if (!noted) noteQuantities(figure, spec);
    noted = true;
    const place = /** @type {HTMLElement | null | undefined} */ (
      /** @type {Element | null} */ (target)?.closest("[data-quantity], [data-lights]")
    );
    const cell = /** @type {HTMLElement | null | undefined} */ (place?.closest("[data-kin]"));
    const own = place?.dataset.quantity ?? place?.dataset.lights ?? "";
    const names = cell ? `${own} ${cell.dataset.kin}` : own;
    if (names === lit) return;
    lit = names;
    for (const element of all(figure, "[data-lit]")) delete element.dataset.lit;
    if (!names) return;
    for (const name of names.split(" ")) {
      const where = `[data-quantity="${name}"], [data-lights~="${name}"], [data-kin~="${name}"]`;
      for (const element of all(figure, where)) element.dataset.lit = "";
    }
  }
  const focused = () => figure.querySelector(":focus");
  /** @type {(event: PointerEvent) => void} */
  const over = ({ target }) => {
    const known = /** @type {Element} */ (target).closest("[data-quantity], [data-lights]");
    if (!("held" in figure.dataset)) light(known ?? (noted ? focused() : target));
  };
  figure.addEventListener("pointerover", over, { signal });
  figure.addEventListener(
    "pointerleave",
    ({ pointerType }) => {
      if (pointerType === "mouse") light(focused());
    },
    { signal },
  );
  figure.addEventListener("focusin", ({ target }) => light(target), { signal });
  figure.addEventListener("focusout", () => light(null), { signal });
}
