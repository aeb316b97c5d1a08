/**
 * What is alive on a page.
 *
 * Nobody keeps a list: a page may run several copies of this script, as Jupyter does, and a saved page
 * keeps every attribute and all that a script has added, but no listener. So whatever is mounted
 * answers for itself when any copy asks.
 */

const ASK = "livetext-mounts";

/** Every figure and question that is alive, by whichever copy of this script. */
function mounts() {
  /** @type {Mounted[]} */
  const answers = [];
  window.dispatchEvent(new CustomEvent(ASK, { detail: answers }));
  return answers;
}

/**
 * What is mounted in an element, if anything.
 * @param {Element | null} root
 */
const mountedIn = (root) => mounts().find((mounted) => mounted.root === root);

/**
 * Makes an element ours to mount, with ids of its own.
 * @param {HTMLElement} root
 * @param {Omit<Mounted, "root" | "unmount">} handle  what others may ask of it
 * @returns {{mounted: Mounted, signal: AbortSignal} | null}  null if it is mounted already; the signal
 *   ends every listener of this mount
 */
function claim(root, handle) {
  const others = mounts();
  if (others.some((other) => other.root === root)) return null;
  // Jupyter mounts before it shows, so the document alone does not know which ids are taken.
  ownIds(
    root,
    others.map((other) => other.root).filter((other) => !other.isConnected),
  );
  const life = new AbortController();
  const { signal } = life;
  const mounted = { ...handle, root, unmount: () => life.abort() };
  window.addEventListener(ASK, (event) => /** @type {CustomEvent} */ (event).detail.push(mounted), {
    signal,
  });
  signal.addEventListener("abort", () => delete root.dataset.live);
  return { mounted, signal };
}

/** What names elements by their ids, beside `url(#…)` in any attribute. */
const REFERENCES = new Set([
  "for",
  "list",
  "aria-labelledby",
  "aria-describedby",
  "aria-controls",
  "aria-owns",
]);

/**
 * A second view of one figure or question gets ids of its own: `fig-NAME-2`, `live-NAME-w-2`.
 * @param {Element} root
 * @param {Element[]} waiting  others that are alive and not in the document
 */
function ownIds(root, waiting) {
  const elements = [root, ...root.querySelectorAll("[id]")].filter((element) => element.id);
  const ids = new Set(elements.map((element) => element.id));
  /** @param {string} id */
  const taken = (id) => {
    const first = document.getElementById(id);
    if (first && !root.contains(first)) return true;
    return waiting.some((o) => o.id === id || o.querySelector(`[id="${CSS.escape(id)}"]`));
  };
  if (![...ids].some(taken)) return;
  let n = 2;
  while ([...ids].some((id) => taken(`${id}-${n}`))) n++;
  /** @param {string} id */
  const own = (id) => (ids.has(id) ? `${id}-${n}` : id);
  for (const element of [root, ...root.querySelectorAll("*")]) {
    for (const attribute of element.attributes) {
      const { name, value } = attribute;
      if (name === "id") {
        attribute.value = own(value);
      } else if (REFERENCES.has(name)) {
        attribute.value = value.split(" ").map(own).join(" ");
      } else if (name.endsWith("href") && value.startsWith("#")) {
        attribute.value = `#${own(value.slice(1))}`;
      } else if (value.includes("url(#")) {
        attribute.value = value.replace(/url\(#([^)]+)\)/g, (_, id) => `url(#${own(id)})`);
      }
    }
  }
}
