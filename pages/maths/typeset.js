// @ts-check
/* Runs in V8 while the book is built, beside MathJax: TeX becomes an SVG whose glyphs are characters of the
   book's own font. `typesetAll` and `outlines` are called from typesetter.py and answer in JSON.

   MathJax's classes are used directly, as its documentation describes for programs without a page. */

// @ts-ignore: MathJax brings no types.
const lib = MathJax._;
const adaptor = lib.adaptors.liteAdaptor.liteAdaptor();
lib.a11y["assistive-mml"].AssistiveMmlHandler(lib.handlers.html_ts.RegisterHTMLHandler(adaptor));
const tex = new lib.input.tex_ts.TeX({
  packages: ["base", "ams", "boldsymbol", "newcommand", "textmacros"],
  formatError: (/** @type {unknown} */ _jax, /** @type {Error} */ error) => {
    throw new Error(error.message);
  },
});
const svg = new lib.output.svg_ts.SVG({
  fontCache: "global",
  font: new lib.output.svg.fonts.tex_ts.TeXFont(),
});
const page = lib.mathjax.mathjax.document("", { InputJax: tex, OutputJax: svg });

// Characters and glyphs

/** @type {Map<string, { variant: string, code: number }>} character -> where MathJax keeps its glyph */
const glyphOf = new Map();
/** @type {Map<string, string>} MathJax's id, as in "MJX-TEX-I-1D464" -> character */
const characterOf = new Map();

/** What a glyph means, as one character; undefined where it is one of several shapes.

   Letters are slanted, upright ones are the full-width ones.
   @param {string} id @param {number} code @returns {string | undefined} */
function meaning(id, code) {
  const own = String.fromCodePoint(code);
  if (id === "TEX-I") return own.normalize("NFKC").match(/^[a-zA-Zα-ω∂]$/)?.[0];
  if (id !== "TEX-N") return undefined;
  if (/^[a-zA-Z]$/.test(own)) return String.fromCodePoint(code + 0xfee0);
  return code < 0x10000 && /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(own) ? own : undefined;
}

/** Give every glyph of MathJax's a character: its meaning where that is free, so that a formula can be
    found and copied, or else a private one. */
function assignCharacters() {
  /** @typedef {{ cacheID: string, chars: Record<string, unknown> }} Variant */
  const variants = /** @type {[string, Variant][]} */ (Object.entries(svg.font.variant));
  const glyphs = variants.flatMap(([variant, { cacheID, chars }]) =>
    Object.keys(chars).map((code) => ({ variant, id: cacheID, code: Number(code) })),
  );
  glyphs.sort((a, b) => Number(b.id === "TEX-I") - Number(a.id === "TEX-I"));
  glyphs.forEach(({ variant, id, code }, i) => {
    const meant = meaning(id, code);
    const character = meant && !glyphOf.has(meant) ? meant : String.fromCharCode(0xe000 + i);
    // Some alphabets are found by their plain letters, but kept by their mathematical ones.
    const { smp: kept = code } = svg.font.getChar(variant, code)[3] || {};
    glyphOf.set(character, { variant, code: kept });
    characterOf.set(`MJX-${id}-${kept.toString(16).toUpperCase()}`, character);
  });
}
assignCharacters();

/** The character of a glyph that MathJax names so; a variant takes what it lacks from the upright one.
   @param {string} id @returns {string} */
function named(id) {
  const found = characterOf.get(id) || characterOf.get(id.replace(/TEX-[A-Z\d]+-/, "TEX-N-"));
  if (!found) throw new Error(`no glyph for ${id}`);
  return found;
}

/** A glyph's advance and outline, both in thousandths of an em, y upwards.
   @param {string} character @returns {[number, string]} */
function outline(character) {
  const glyph = glyphOf.get(character);
  if (!glyph) throw new Error(`no glyph for ${character}`);
  const [, , width, { p: path = "" } = {}] = svg.font.getChar(glyph.variant, glyph.code);
  return [Math.round(1000 * width), path && `M${path}Z`];
}

// From MathJax's SVG to ours

/** @typedef {{ character: string, x: number, y: number, size: number, width: number }} Placed */
/** @typedef {{ characters: Placed[], lines: string }} Shown what a formula shows: characters and markup */

const NUMBER = "(-?[\\d.e-]+)";
const TRANSLATE = new RegExp(`translate\\(${NUMBER}[, ]+${NUMBER}\\)`, "g");
const PLAIN = new RegExp(`^(${TRANSLATE.source}\\s*)*(scale\\(${NUMBER}\\))?$`);

// Never -0, which would be written so.
const round = (/** @type {number} */ value) => Math.round(value) || 0;

const attributes = (/** @type {[string, string | number][]} */ pairs) =>
  pairs.map(([name, value]) => ` ${name}="${value}"`).join("");

/** Collect what a part of a formula shows, on the page's own grid: y downwards, in thousandths of an em.
   @param {any} node @param {number} x @param {number} y @param {number} size @param {Shown} shown */
function flatten(node, x, y, size, shown) {
  const kind = adaptor.kind(node);
  /** @type {{ name: string, value: string }[]} */
  const all = adaptor.allAttributes(node);
  const { transform = "", ...given } = Object.fromEntries(
    all.map(({ name, value }) => [name, value]),
  );
  const rest = Object.entries(given).filter(([name]) => !name.startsWith("data-"));
  const known = ["g", "use", "rect"].includes(kind) && !(kind === "g" && rest.length);
  if (!known || !PLAIN.test(transform)) {
    // A bracket's stretched middle, say. Its glyphs become paths.
    const drawn = adaptor
      .outerHTML(node)
      .replace(
        /<use([^>]*) xlink:href="#([^"]*)"/g,
        (/** @type {string} */ _, /** @type {string} */ before, /** @type {string} */ id) =>
          `<path${before} d="${outline(named(id))[1]}"`,
      )
      .replaceAll("</use>", "</path>");
    const place = `translate(${round(x)},${round(-y)})scale(${size},${-size})`;
    shown.lines += `<g transform="${place}">${drawn}</g>`;
    return;
  }
  for (const [, dx, dy] of transform.matchAll(TRANSLATE)) {
    x += size * Number(dx);
    y += size * Number(dy);
  }
  size *= Number(/scale\((.*?)\)/.exec(transform)?.[1] ?? 1);
  if (kind === "g") {
    for (const child of adaptor.childNodes(node)) flatten(child, x, y, size, shown);
  } else if (kind === "use") {
    const character = named(given["xlink:href"].slice(1));
    const [width, path] = outline(character);
    if (!path) return;
    const place = { x: round(x), y: round(-y), size: round(1000 * size), width: width * size };
    shown.characters.push({ character, ...place });
  } else {
    const [left, low, width, height] = ["x", "y", "width", "height"].map(
      (n) => size * Number(given[n]),
    );
    const box = { x: x + left, y: -(y + low + height), width, height };
    shown.lines += `<rect${attributes(Object.entries(box).map(([n, value]) => [n, round(value)]))}/>`;
  }
}

/** One element for all characters; a part of it where their size or line changes.
   @param {Placed[]} characters @returns {string} */
function written(characters) {
  /** @type {Record<string, string>} */
  const escaped = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
  /** @type {{ size: number, y: [string, number][], text: string, xs: number[], jumps: number }[]} */
  const parts = [];
  let pen = 0;
  let line = 0;
  for (const { character, x, y, size, width } of characters) {
    let part = parts.at(-1);
    if (!part || part.size !== size || line !== y) {
      part = { size, y: line === y ? [] : [["y", y]], text: "", xs: [], jumps: 0 };
      parts.push(part);
      line = y;
    }
    part.text += escaped[character] || character;
    part.xs.push(x);
    // Only as many places are written as there are characters that do not follow by themselves.
    if (Math.abs(x - pen) > 1) part.jumps = part.xs.length;
    pen = x + width;
  }
  const spans = parts.map(({ size, y, text, xs, jumps }) => {
    const place = attributes([
      .../** @type {[string, number][]} */ (size === 1000 ? [] : [["font-size", size]]),
      .../** @type {[string, string][]} */ (jumps ? [["x", xs.slice(0, jumps).join(" ")]] : []),
      ...y,
    ]);
    return place ? `<tspan${place}>${text}</tspan>` : text;
  });
  return spans.length ? `<text>${spans.join("")}</text>` : "";
}

/** A formula as SVG, and after it as MathML for screen readers.
   @param {string} text @param {boolean} display @returns {string} */
function typeset(text, display) {
  const [image, spoken] = adaptor.childNodes(page.convert(text, { display }));
  /** @type {Shown} */
  const shown = { characters: [], lines: "" };
  for (const child of adaptor.childNodes(adaptor.childNodes(image).at(-1)))
    flatten(child, 0, 0, 1, shown);
  const box = adaptor.getAttribute(image, "viewBox").split(" ").map(Number).map(round).join(" ");
  /** @type {[string, string][]} */
  const size = [
    ["style", adaptor.getAttribute(image, "style")], // how far it reaches below the line
    ["width", adaptor.getAttribute(image, "width")],
    ["viewBox", box],
  ];
  const head = attributes(size.filter(([, value]) => value));
  const body = written(shown.characters) + shown.lines;
  return `<svg${head} aria-hidden="true">${body}</svg>${adaptor.outerHTML(spoken)}`;
}

// What Python calls

/** For each formula, TeX and whether it is a display: its markup and null, or null and why there is none.
   @param {[string, boolean][]} formulas @returns {string} */
function typesetAll(formulas) {
  return JSON.stringify(
    formulas.map(([text, display]) => {
      try {
        return [typeset(text, display), null];
      } catch (error) {
        return [null, /** @type {Error} */ (error).message];
      }
    }),
  );
}

/** @param {string[]} characters @returns {string} */
function outlines(characters) {
  return JSON.stringify(characters.map(outline));
}
