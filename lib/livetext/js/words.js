/**
 * Numbers and words in a page's text.
 *
 * Nothing keeps hold of a piece of text: a browser's translation puts elements of its own around any
 * text of the page, or another text in its place.
 */

/**
 * The elements below one that a selector names.
 * @param {ParentNode} root
 * @param {string} selector
 */
const all = (root, selector) => /** @type {HTMLElement[]} */ ([...root.querySelectorAll(selector)]);

/**
 * The first of them, which Python has written.
 * @param {ParentNode} root
 * @param {string} selector
 */
const find = (root, selector) => /** @type {HTMLElement} */ (root.querySelector(selector));

/**
 * Sets what an element of ours says.
 * @param {Element} element
 * @param {string} words
 */
function say(element, words) {
  const text = element.firstChild;
  const alone = text && text === element.lastChild && text.nodeType === 3;
  if (alone)
    /** @type {Text} */ (text).data = words; // cheaper than replacing it
  else element.textContent = words;
}

/**
 * The number shown in an element: its full precision, and its text.
 * @param {HTMLElement} element
 */
function numberView(element) {
  const { quantity = "", digits } = element.dataset;
  const decimals = digits === "" ? null : Number(digits);
  const guarded = "guarded" in element.dataset;
  let shown = element.textContent;
  /** @type {number | undefined} */
  let last;
  const view = {
    element,
    /** Whether the text says all of the number. */
    exact: true,
    /** @param {Values} values */
    update(values) {
      const value = values[quantity];
      if (Object.is(value, last)) return;
      last = value;
      const number = formatNumber(value, decimals);
      view.exact = number.exact;
      element.setAttribute("data-value", String(value));
      const before = shown;
      shown = guarded && value < 0 ? `(${number.text})` : number.text;
      if (shown !== before) say(element, shown);
    },
  };
  return view;
}

/**
 * "=" where the numbers after and before it are shown in full, else "≈"; the twin of lines.py's.
 * @param {Element} line
 * @param {Map<Node, {exact: boolean}>} shownBy  what shows the number in an element
 */
function relationView(line, shownBy) {
  /** @type {{sign: Element, before: {exact: boolean}[], after: {exact: boolean}[]}[]} */
  const relations = [];
  /** The numbers since the last sign of equality, of either kind. @type {{exact: boolean}[]} */
  let side = [];
  for (const node of line.childNodes) {
    const number = shownBy.get(node);
    if (node instanceof Element && node.matches(".live-relation")) {
      relations.push({ sign: node, before: side, after: (side = []) });
    } else if (number) {
      side.push(number);
    } else if (node.textContent?.includes("=")) {
      side = []; // words, however they are wrapped
    }
  }
  /** @param {{exact: boolean}} number */
  const rounded = (number) => !number.exact;
  return () => {
    for (const { sign, before, after } of relations) {
      const text = before.some(rounded) || after.some(rounded) ? "≈" : "=";
      if (sign.textContent !== text) say(sign, text);
    }
  };
}

/**
 * What shows the numbers in an element, and whether they are rounded.
 * @param {ParentNode} element
 * @returns {(values: Values) => void}
 */
function numbersView(element) {
  const numbers = all(element, "[data-quantity]").map(numberView);
  const shownBy = new Map(numbers.map((number) => [/** @type {Node} */ (number.element), number]));
  const lines = new Set(all(element, ".live-relation").map((sign) => sign.parentElement));
  const relations = [...lines].map((line) => relationView(/** @type {Element} */ (line), shownBy));
  return (values) => {
    for (const number of numbers) number.update(values);
    for (const relation of relations) relation();
  };
}
