/**
 * The book's search: every place where all the words stand, the likeliest first, with the words around them.
 */
(function (global) {
  "use strict";

  const { document } = global;
  const MOST = 40;

  /**
   * A section of a page: where it stands, what it is called, what it says.
   * @typedef {{page: string, name: string, chapter: boolean, id: string, title: string, text: string}} Place
   * @typedef {{place: Place, points: number, patterns: RegExp[]}} Found
   */

  /** @type {Place[]} */
  let places = [];

  /**
   * Takes in what pages/search_index.py has collected.
   * @param {[page: string, name: string, chapter: boolean, sections: [id: string, title: string, text: string][]][]} pages
   */
  function read(pages) {
    places = pages.flatMap(([page, name, chapter, found]) =>
      found.map(([id, title, text]) => ({ page, name, chapter, id, title, text })),
    );
  }

  /**
   * What a word and its other forms begin with: "saturates", "saturated", "saturating".
   * @param {string} word
   */
  const stem = (word) => (word.length > 5 ? word.replace(/(?:e|es|ed|ing|ion|ions|s)$/, "") : word);

  /**
   * Finds a word's forms in a text, at the beginning of words.
   * @param {string} word
   */
  const pattern = (word) =>
    new RegExp(
      `(?<![\\p{L}\\p{N}])${stem(word).replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}[\\p{L}\\p{N}]*`,
      "giu",
    );

  /**
   * How well a place answers, or 0.
   * @param {Place} place
   * @param {string} phrase
   * @param {RegExp[]} patterns
   */
  function score({ title, text, chapter }, phrase, patterns) {
    let sum = 0;
    for (const word of patterns) {
      const inTitle = title.match(word) !== null;
      const inText = text.match(word)?.length ?? 0;
      if (!inTitle && !inText) return 0;
      sum += (inTitle ? 10 : 0) + Math.min(inText, 5);
    }
    if (title.toLowerCase().includes(phrase)) sum += 30;
    if (text.toLowerCase().includes(phrase)) sum += 10;
    return sum + (chapter ? 8 : 0);
  }

  /**
   * The places that have all of the words.
   * @param {string} query
   * @returns {Found[]}
   */
  function find(query) {
    const phrase = query.toLowerCase().trim().replace(/\s+/g, " ");
    const patterns = (phrase.match(/[\p{L}\p{N}_]+/gu) ?? []).map(pattern);
    if (!patterns.length) return [];
    return places
      .map((place) => ({ place, points: score(place, phrase, patterns), patterns }))
      .filter(({ points }) => points > 0)
      .sort((a, b) => b.points - a.points);
  }

  /**
   * Text with the words that were looked for marked in it.
   * @param {HTMLElement} element
   * @param {string} text
   * @param {RegExp[]} patterns
   */
  function marked(element, text, patterns) {
    const spots = patterns
      .flatMap((word) => [...text.matchAll(word)].map((m) => [m.index, m.index + m[0].length]))
      .sort(([a], [b]) => a - b);
    let at = 0;
    for (const [start, end] of spots) {
      if (start < at) continue;
      const mark = Object.assign(document.createElement("mark"), {
        textContent: text.slice(start, end),
      });
      element.append(text.slice(at, start), mark);
      at = end;
    }
    element.append(text.slice(at));
    return element;
  }

  /**
   * The part of a text in which the first of the words stands.
   * @param {string} text
   * @param {RegExp[]} patterns
   */
  function excerpt(text, patterns) {
    const first = Math.min(
      ...patterns.map((word) => text.search(word)).map((at) => (at < 0 ? Infinity : at)),
    );
    const from = first < 90 || first === Infinity ? 0 : text.indexOf(" ", first - 80) + 1;
    const to = from + 220 < text.length ? text.lastIndexOf(" ", from + 220) : text.length;
    return `${from ? "… " : ""}${text.slice(from, to)}${to < text.length ? " …" : ""}`;
  }

  /** @param {Found} found */
  function item({ place: { page, name, id, title, text }, patterns }) {
    const li = document.createElement("li");
    const a = document.createElement("a");
    a.href = `${document.documentElement.dataset.content_root}${page}.html#${id}`;
    li.append(marked(a, title, patterns));
    if (name.replace(/^\d+\. /, "") !== title) {
      li.append(
        Object.assign(document.createElement("span"), {
          className: "search-page",
          textContent: name,
        }),
      );
    }
    if (text) li.append(marked(document.createElement("p"), excerpt(text, patterns), patterns));
    return li;
  }

  /** @param {string} id */
  const partOf = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

  /** @param {string} query */
  function show(query) {
    const found = find(query);
    const pages = new Set(found.map(({ place }) => place.page)).size;
    const count = (/** @type {number} */ n, /** @type {string} */ noun) =>
      `${n} ${noun}${n === 1 ? "" : "s"}`;
    partOf("search-status").textContent = found.length
      ? `Found in ${count(found.length, "place")} on ${count(pages, "page")}${found.length > MOST ? `; the first ${MOST} are listed` : ""}.`
      : "Found nowhere. Fewer words, or another form of them, may find more.";
    const list = document.createElement("ul");
    list.className = "search";
    list.append(...found.slice(0, MOST).map(item));
    partOf("search-results").replaceChildren(list);
  }

  Object.assign(global, { bookSearch: { read, find } });

  document.addEventListener("DOMContentLoaded", () => {
    const field = document.getElementById("search-words");
    const query = new URLSearchParams(global.location.search).get("q") ?? "";
    if (!(field instanceof HTMLInputElement)) return;
    field.value = query;
    if (query.trim()) show(query);
    else field.focus();
  });
})(globalThis);
