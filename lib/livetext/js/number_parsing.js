/**
 * Reads the numbers and shapes that people type into a page, and those that they copy out of it.
 *
 * It needs no document. What is outside the two grammars below cannot be read (NaN, null): no answer is ever
 * taken for another one than was typed. `tests/data/typed.json` has cases.
 */

/*
 * Numbers, in EBNF, once the text is tidied. A blank may stand between two parts, but not inside `decimal`,
 * `grouped`, `e` and `digits`.
 *
 *   answer   = [ "=" | "≈" ] , ( open , answer , close | [ sign ] , size ) , [ "." | "," | ";" ] ;
 *   size     = [ decimal , "×" ] , "10" , "^" , exponent | mixed | fraction | grouped | decimal , [ e ] ;
 *   exponent = [ sign ] , digits | "(" , exponent , ")" | "{" , exponent , "}" ;
 *   e        = ( "e" | "E" ) , [ sign ] , digits ;
 *   mixed    = digits , " " , digits , "/" , digits ;    2 1/4: at most two digits above, and less than below
 *   fraction = decimal , [ e ] , "/" , [ sign ] , decimal , [ e ] ;
 *   grouped  = group , mark , three , { mark , three } , [ point , digits ] ;  1 000 or 1'000: one kind of mark
 *   decimal  = digits , [ "." , [ digits ] ] | [ digits ] , point , digits
 *            | group , { "," , three } , "." , digits | group , { "." , three } , "," , digits
 *            | group , "," , three , { "," , three } ;
 *   point    = "." | "," ;
 *   group    = one to three digits, the first of them not 0 ;
 *
 * A point is the decimal sign in every language, as on the page. So is a comma that cannot part groups of
 * three: 0,25 or 12,5. With both, or with two commas, the text itself says which is which: 1,234.5 and
 * 1.234,5 and 1,234,567. What remains, 1,234, is 1234 where the reader's language groups by commas and 1.234
 * where its decimal sign is the comma; where that is not known, it cannot be read.
 *
 * Blanks between digits part groups of three or stand before a fraction. So 5 6 is no number; nor is
 * 1 000/3, which could be two. The only products are those with a power of ten, which needs its sign:
 * 2×100 is none, nor is 2×10-3, which may have lost it.
 */

// U+2061 to U+2064 are left: they mean a product or a sum.
const INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;
const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
/** @type {Record<string, string>} */
const PAIRS = {
  "(": ")",
  "[": "]",
  "“": "”",
  "„": "“",
  "‘": "’",
  '"': '"',
  "'": "'",
  "`": "`",
  $: "$",
};

/** @param {string} character */
function lowered(character) {
  if (character === "⁺") return "+";
  return character === "⁻" ? "-" : String(RAISED.indexOf(character));
}

/**
 * One sign for each meaning: of full-width characters, kinds of minus, times, slash and blank.
 * @param {string} text
 */
function tidy(text) {
  return text
    .replace(INVISIBLE, "")
    .replace(/[\uff01-\uff5e]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
    .replace(/[¼-¾⅐-⅞]/g, (c) => ` ${c.normalize("NFKC")} `) // without the blanks, 2½ would be 21/2
    .replace(/[⁺⁻⁰¹²³⁴-⁹]+/g, (raised) => `^${raised.replace(/./g, lowered)}`)
    .replace(/[\u2010-\u2013\u2212]/g, "-")
    .replace(/[⁄∕]/g, "/")
    .replace(/\*\*/g, "^")
    .replace(/[xX*·⋅∙]/g, "×")
    .replace(/\s+/g, " ")
    .trim();
}

/**
 * What a pair of brackets or marks encloses, if it encloses everything; else null.
 * @param {string} text
 */
function inside(text) {
  return text.length > 1 && PAIRS[text[0]] === text.at(-1) ? text.slice(1, -1).trim() : null;
}

/** @param {string} text */
const bare = (text) => text.replace(/^[=≈] ?/, "").replace(/ ?[.,;]$/, "");

/**
 * The number that a reader typed, by the grammar above.
 * @param {string} text
 * @param {string} [locale]  the reader's language
 * @returns {number} NaN where it cannot be read, or is too large or too small to be told from ∞ or 0
 */
function parseNumber(text, locale = globalThis.navigator?.language) {
  const value = readAnswer(tidy(text), locale);
  return Number.isFinite(value) ? value : NaN;
}

/**
 * @param {string} text
 * @param {string | undefined} locale
 * @returns {number}
 */
function readAnswer(text, locale) {
  const answer = bare(text);
  const inner = inside(answer);
  if (inner !== null) return readAnswer(inner, locale);
  const [, sign, size] = /^([-+]?) ?(.*)$/.exec(answer) ?? ["", "", ""];
  return signed(sign, readSize(size, locale));
}

/**
 * @param {string} sign
 * @param {number} value
 */
const signed = (sign, value) => (sign === "-" && value !== 0 ? -value : value);

/**
 * @param {string} text
 * @param {string | undefined} locale
 */
function readSize(text, locale) {
  const scaled = /^(?:(.+?) ?× ?)?10 ?\^ ?(.+)$/.exec(text);
  if (scaled)
    return scale(scaled[1] === undefined ? "1" : decimal(scaled[1], locale), exponent(scaled[2]));

  const mixed = /^(\d+) (\d{1,2}) ?\/ ?(\d+)$/.exec(text);
  if (mixed) {
    const [whole, above, below] = mixed.slice(1).map(Number);
    return above < below ? whole + above / below : NaN;
  }

  const fraction = /^([^/]+?) ?\/ ?([-+]?) ?([^/]+)$/.exec(text);
  if (fraction) {
    const [above, below] = [fraction[1], fraction[3]].map((part) => readPart(part, locale));
    const value = signed(fraction[2], above / below);
    return value === 0 && above !== 0 ? NaN : value;
  }

  const grouped = /^[1-9]\d{0,2}([ '’])\d{3}(?:\1\d{3})*(?:[.,]\d+)?$/.test(text);
  return grouped ? scale(text.replace(/[ '’]/g, "").replace(",", ".")) : readPart(text, locale);
}

/**
 * A decimal number, with `e` or without.
 * @param {string} text
 * @param {string | undefined} locale
 */
function readPart(text, locale) {
  const parts = /^([^eE]*)(?:[eE]([-+]?\d+))?$/.exec(text);
  return parts ? scale(decimal(parts[1], locale), parts[2]) : NaN;
}

/**
 * Digits, times ten to the power of an exponent. What is not zero must not become it.
 * @param {string | null} digits
 * @param {string | null} [power]
 */
function scale(digits, power = "0") {
  if (digits === null || power === null) return NaN;
  const value = Number(`${digits}e${power}`);
  return value === 0 && /[1-9]/.test(digits) ? NaN : value;
}

/**
 * @param {string} text
 * @returns {string | null}
 */
function exponent(text) {
  const enclosed = /^(?:\((.*)\)|\{(.*)\})$/.exec(text);
  if (enclosed) return exponent((enclosed[1] ?? enclosed[2]).trim());
  return /^[-+]? ?\d+$/.test(text) ? text.replace(" ", "") : null;
}

/**
 * A decimal number with a point for its decimal sign and without groups; null if it is none.
 * @param {string} text
 * @param {string | undefined} locale
 */
function decimal(text, locale) {
  if (/^(\d+\.?\d*|\.\d+)$/.test(text)) return text;
  const alone = /^[1-9]\d{0,2},\d{3}$/.test(text) ? commaOf(locale) : "";
  if (alone === "unknown") return null;
  if (alone !== "group" && /^\d*,\d+$/.test(text)) return text.replace(",", ".");
  if (/^[1-9]\d{0,2}(,\d{3})+(\.\d+)?$/.test(text)) return text.replaceAll(",", "");
  if (/^[1-9]\d{0,2}(\.\d{3})+,\d+$/.test(text)) return text.replaceAll(".", "").replace(",", ".");
  return null;
}

/**
 * What a comma between digits is in a language: "group", "decimal" or "unknown".
 * @param {string | undefined} locale
 */
function commaOf(locale) {
  try {
    if (!locale || !Intl.NumberFormat.supportedLocalesOf(locale).length) return "unknown";
  } catch {
    return "unknown"; // not the name of a language
  }
  const comma = new Intl.NumberFormat(locale)
    .formatToParts(12345.6)
    .find(({ value }) => value === ",");
  return comma ? comma.type : "unknown";
}

/*
 * Shapes:
 *
 *   shape   = [ "=" ] , ( [ name ] , open , shape , [ "," ] , close | length , [ by , length ] ) , [ stop ] ;
 *   by      = "×" | "," | ";" | "by" | " " ;      × is x, *, · and their kin, too
 *   length  = a whole number above 0, without groups ;
 *   name    = letters and points, "torch.Size" ;
 */

/**
 * The shape that a reader typed: 30 × 784, 30x784, (30, 784), torch.Size([30, 784]). A single length is a column.
 * @param {string} text
 * @returns {[number, number] | null}
 */
function parseShape(text) {
  return readShape(tidy(text));
}

/**
 * @param {string} text
 * @returns {[number, number] | null}
 */
function readShape(text) {
  const shape = bare(text).replace(/^[a-z.]+ ?(?=[([])/i, "");
  const inner = inside(shape);
  if (inner !== null) return readShape(inner);
  const lengths = shape.split(/ ?(?:×|,|;|by| ) ?/i);
  if (lengths.length > 2 || !lengths.every((length) => /^[1-9]\d{0,14}$/.test(length))) return null;
  return [Number(lengths[0]), Number(lengths[1] ?? 1)];
}
