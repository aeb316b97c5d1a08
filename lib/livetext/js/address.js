/**
 * Addresses of figures: `PAGE#fig-NAME?w=0.1&lr=0.3` opens a page at that figure with those sliders.
 */

/**
 * What an address says behind its `#`.
 * @param {string} hash
 * @returns {{id: string, settings: URLSearchParams | null}}  null if it says nothing of sliders
 */
function addressOf(hash) {
  let text = hash.slice(1);
  try {
    if (!text.includes("?")) text = decodeURIComponent(text); // some programs encode a question mark
  } catch {
    // A percent sign of its own: as it stands.
  }
  const at = text.indexOf("?");
  if (at < 0) return { id: text, settings: null };
  return { id: text.slice(0, at), settings: new URLSearchParams(text.slice(at + 1)) };
}

/** @param {number} value */
const inWords = (value) => formatNumber(value, null).text;

/**
 * The value that an address gives a slider, or what is wrong with it.
 * @param {HTMLSelectElement | {name: string, min: string | number, max: string | number}} input
 * @param {string} text
 * @param {boolean} counts  whole steps
 * @returns {number | string}
 */
function valueFor(input, text, counts) {
  const { name } = input;
  // An address means the same in every language.
  const value = parseNumber(text, "en");
  if (!Number.isFinite(value)) return `${name} in the address is “${listed([text])}”, no number.`;
  const choice = input instanceof HTMLSelectElement;
  const [what, low, high] = choice
    ? ["choice", 0, input.options.length - 1]
    : ["slider", Number(input.min), Number(input.max)];
  const is = `${name} in the address is ${inWords(value)}; the ${what}`;
  if (value > high) return `${is} goes to ${inWords(high)}.`;
  if (value < low) return `${is} begins at ${inWords(low)}.`;
  if ((choice || counts) && !Number.isInteger(value)) return `${is} takes whole numbers.`;
  return value;
}

/**
 * Moves a figure as an address says, all other sliders to their starts; its status says what cannot be done.
 * @param {HTMLElement} figure  a mounted one
 * @param {URLSearchParams} settings  of which a bench takes what is not for sliders
 */
function settle(figure, settings) {
  mountedIn(figure)?.settle?.(settings);
  const { start, counter, entries = {} } = specOf(figure);
  const inputs = new Map(controlsOf(figure).map((input) => [input.name, input]));
  /** @param {string} name  an entry of an array, which has no slider */
  const entry = (name) => {
    const array = name.split("[")[0];
    if (!Object.hasOwn(start, name) || !Object.hasOwn(entries, array)) return undefined;
    const [min, max] = entries[array];
    return { name, min, max };
  };
  const wanted = { ...start };
  const problems = new Set();
  for (const [name, text] of settings) {
    const input = inputs.get(name) ?? entry(name);
    const value = input
      ? valueFor(input, text, name === counter)
      : `The address names “${listed([name])}”; this figure has ${[...inputs.keys()].join(", ")}.`;
    if (typeof value === "number") wanted[name] = value;
    else problems.add(value);
  }
  mountedIn(figure)?.move?.(wanted);
  const status = find(figure, ".live-status");
  status.textContent = [status.textContent, ...problems].filter(Boolean).join(" ");
}

/**
 * A figure's address within its page, with the sliders that stand elsewhere than at the start.
 * @param {HTMLElement} figure  a mounted one
 */
function settingsOf(figure) {
  const { start } = specOf(figure);
  const values = mountedIn(figure)?.values?.() ?? {};
  const moved = Object.keys(start).filter((name) => values[name] !== start[name]);
  const settings = [
    ...(mountedIn(figure)?.settings?.() ?? []),
    ...moved.map((name) => [name, String(values[name])]),
  ];
  return settings.length ? `?${new URLSearchParams(settings)}` : "";
}

/** @param {HTMLElement} figure  @returns {FigureSpec} */
const specOf = (figure) => JSON.parse(find(figure, "script.live-spec").textContent);

/** @param {HTMLElement} figure */
const controlsOf = (figure) =>
  /** @type {(HTMLInputElement | HTMLSelectElement)[]} */ (
    all(figure, ".live-controls :is(input, select)")
  );

/** What a reader does who wants to be somewhere else. */
const LEAVING = ["wheel", "touchstart", "pointerdown", "keydown"];

/**
 * Brings a place to the top of the window, as browsers do with what an address names: again when the page
 * has all its parts, unless its reader has gone on meanwhile.
 * @param {HTMLElement} place
 */
function arriveAt(place) {
  const here = new AbortController();
  const { signal } = here;
  const leave = () => here.abort();
  for (const type of LEAVING) {
    window.addEventListener(type, leave, { signal, capture: true, passive: true });
  }
  const scroll = () => {
    if (!signal.aborted) place.scrollIntoView({ behavior: "instant" });
  };
  scroll();
  const complete = () => document.fonts.ready.then(scroll).then(leave);
  if (document.readyState === "complete") complete();
  else window.addEventListener("load", complete, { signal });
  // Tab and screen readers go on from here.
  place.tabIndex = -1;
  place.focus({ preventScroll: true });
  place.addEventListener("blur", () => place.removeAttribute("tabindex"), { once: true });
}

/** A page that is loaded again, or gone back to, is shown by its browser where it was left. */
function wasHereBefore() {
  const [visit] = performance.getEntriesByType("navigation");
  return ["reload", "back_forward"].includes(
    /** @type {PerformanceNavigationTiming | undefined} */ (visit)?.type ?? "",
  );
}

/**
 * Has the page's address move its figure, now and whenever it changes.
 * @param {(figure: HTMLElement) => void} bring  mounts a figure that may not be mounted yet
 */
function followAddress(bring) {
  /** @param {boolean} arrive */
  function follow(arrive) {
    const { id, settings } = addressOf(window.location.hash);
    const place = settings && document.getElementById(id);
    if (!place) return;
    // An older name of a figure is an anchor in it; one elsewhere says where the figure has gone.
    const figure = /** @type {HTMLElement | null} */ (place.closest("figure.live"));
    if (figure) {
      bring(figure);
      settle(figure, settings);
    }
    if (arrive) arriveAt(figure ?? place);
  }
  follow(!wasHereBefore());
  window.addEventListener("hashchange", () => follow(true));
  // A link to where the page already is changes no address.
  document.addEventListener("click", (event) => {
    const link = /** @type {Element} */ (event.target).closest?.("a[href]");
    const here = link instanceof HTMLAnchorElement && link.href === window.location.href;
    if (here && !event.defaultPrevented) follow(true);
  });
}

/** @param {string} text  @returns {Promise<boolean>}  whether it is in the clipboard now */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // there is none, or it is closed to this page
  }
}

/**
 * The buttons that copy a figure's address, if its page has given it some.
 * @param {HTMLElement} figure  a mounted one
 */
function mountShare(figure) {
  const row = /** @type {HTMLElement | null} */ (figure.querySelector(".live-share"));
  if (!row) return;
  const said = find(row, "[role=status]");
  const texts = {
    link() {
      const { href } = window.location;
      return new URL(`${href.split(/[?#]/)[0]}#${figure.id}${settingsOf(figure)}`).href;
    },
    embed() {
      const page = new URL(row.dataset.embed ?? "", window.location.href);
      return Object.assign(document.createElement("iframe"), {
        src: `${page}${settingsOf(figure)}`,
        title: figure.getAttribute("aria-label"),
        width: "100%",
        height: String(figure.offsetHeight + 40),
        loading: "lazy",
      }).outerHTML;
    },
  };
  row.querySelector("input")?.remove(); // of a saved page
  said.textContent = "";
  for (const button of /** @type {HTMLButtonElement[]} */ (all(row, "button"))) {
    const what = /** @type {keyof typeof texts} */ (button.dataset.share);
    button.disabled = false;
    button.addEventListener("click", async () => {
      const text = texts[what]();
      said.textContent = "";
      row.querySelector("input")?.remove();
      const name = what === "link" ? "Link" : "Embed code";
      if (await copied(text)) {
        said.textContent = `${name} copied`;
        return;
      }
      const field = document.createElement("input");
      Object.assign(field, { readOnly: true, value: text, ariaLabel: name });
      said.before(field);
      field.select();
      said.textContent = "Copy it from here";
    });
  }
}
