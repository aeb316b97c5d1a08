/**
 * Mounts what a page or a widget holds, and names what others may use.
 */

/**
 * Every question below an element, and the overview of progress; they share what they know of it.
 * @param {ParentNode} root
 * @param {AbortSignal} signal
 */
function mountQuestions(root, signal) {
  const store = progressStore(renamedIn(root));
  const sections = all(root, "section.question");
  const overviews = all(root, ".progress-overview");
  if (!sections.length && !overviews.length) return;
  const mounted = [
    ...sections.map((section) => mountQuestion(section, store)),
    ...overviews.map((overview) => mountOverview(overview, store)),
  ].filter((each) => each !== null);
  const refreshes = mounted.map((each) => each.refresh);
  if (mounted.length && sections.length && root === document) {
    refreshes.push(mountCount(sections, store));
  }

  function refresh() {
    const progress = store.read();
    for (const show of refreshes) show(progress);
  }
  refresh();
  /** @type {(event: Event) => void} */
  const changed = (event) => {
    store.hear(/** @type {CustomEvent} */ (event).detail);
    refresh();
  };
  document.addEventListener(PROGRESS, changed, { signal });
  /** @type {(event: StorageEvent) => void} */
  const otherTab = (event) => {
    if (event.key === KEY || event.key === null) refresh();
  };
  window.addEventListener("storage", otherTab, { signal });
  /** A page gone back to may be shown as it was left, and heard of nothing meanwhile. */
  const shownAgain = (/** @type {PageTransitionEvent} */ event) => {
    if (event.persisted) refresh();
  };
  window.addEventListener("pageshow", shownAgain, { signal });
  signal.addEventListener("abort", () => {
    for (const each of mounted) each.unmount();
  });
}

/**
 * JupyterLab goes from cell to cell, and does more, by keys that our sliders, buttons and fields need.
 * It listens on the document, so the window hears them first.
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
function keepKeys(el, signal) {
  /** @type {(event: KeyboardEvent) => void} */
  const keep = (event) => {
    const { target } = event;
    const held = event.ctrlKey || event.altKey || event.metaKey;
    if (held || !(target instanceof Element) || !el.contains(target)) return;
    if (target.matches("input, select, button, summary")) event.stopPropagation();
  };
  window.addEventListener("keydown", keep, { capture: true, signal });
}

/**
 * Shows a figure or a question, as anywidget asks for it.
 * @param {{model: WidgetModel, el: HTMLElement}} context
 * @returns {() => void}  takes it away
 */
function render({ model, el }) {
  el.innerHTML = model.get("html");
  const life = new AbortController();
  const { signal } = life;
  for (const element of all(el, "figure.live")) {
    mountFigure(element, {
      values: model.get("values"),
      onChange(values) {
        model.set("values", values);
        model.save_changes();
      },
    });
    // By its element: a bench is mounted again with each expression.
    const onValues = () => mountedIn(element)?.set?.(model.get("values"));
    model.on?.("change:values", onValues);
    signal.addEventListener("abort", () => {
      model.off("change:values", onValues);
      mountedIn(element)?.unmount();
    });
  }
  const onHtml = () => {
    el.innerHTML = model.get("html"); // a picture that is drawn while its cell runs
  };
  model.on?.("change:html", onHtml);
  signal.addEventListener("abort", () => model.off("change:html", onHtml));
  mountQuestions(el, signal);
  keepKeys(el, signal);
  return () => life.abort();
}

/** Mounts all of a page: figures one in a task, so that a slow phone can answer its reader between two. */
function mountPage() {
  const waiting = all(document, "figure.live");
  /** @param {HTMLElement} figure */
  const bring = (figure) => {
    if (mountFigure(figure)) mountShare(figure);
  };
  const bringNext = () => {
    const figure = waiting.shift();
    if (figure) bring(figure);
    if (waiting.length) setTimeout(bringNext, 0);
  };
  bringNext();
  // By the end of loading, all.
  window.addEventListener("load", () => waiting.splice(0).forEach(bring));
  mountQuestions(document, new AbortController().signal);
  followAddress(bring);
}

/** In a page, once the document is there. In Jupyter, `render` mounts what is shown. */
function start() {
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", mountPage);
  else mountPage();
}

/**
 * What a page has as `livetext`: `render` for widgets, `mount` for one figure, `mountedIn` for what is alive
 * in an element, `settle` moves a figure as an address says, `settingsOf` is what an address says of it; the rest
 * needs no document.
 */
const livetext = Object.freeze({
  render,
  mount: mountFigure,
  mountedIn,
  settle,
  settingsOf,
  runTape,
  formatNumber,
  parseNumber,
  parseShape,
  calculator,
  fair,
  drawInputs,
  keptInputs,
  judge,
  progressStore,
  mergeProgress,
  importedFrom,
  importWords,
});
