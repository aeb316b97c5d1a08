/**
 * A figure on a page: sliders and choices in, numbers, pictures and words out.
 */

/** @typedef {HTMLInputElement | HTMLSelectElement} Control */

/**
 * Makes a figure live.
 * @param {HTMLElement} figure  `<figure class="live">` as livetext/figures/figure.py writes it
 * @param {FigureOptions} [options]
 * @returns {MountedFigure | null}  null if it is live already
 */
function mountFigure(figure, options = {}) {
  const claimed = claim(figure, { values: () => ({ ...values }), move });
  if (!claimed) return null;
  const { signal } = claimed;
  const typed = figure.querySelector(".live-bench-form") && bench;
  if (typed) typed.make(figure);
  /** @type {FigureSpec} */
  const spec = JSON.parse(find(figure, "script.live-spec").textContent);
  const model = figureModel(spec);
  const inputs = /** @type {Control[]} */ (all(figure, ".live-controls :is(input, select)"));
  const sliders = inputs.filter((input) => input instanceof HTMLInputElement);
  const byName = Object.fromEntries(inputs.map((input) => [input.name, input]));
  const views = all(figure, "[data-view]").map((element) =>
    viewOf(element, spec.views[Number(element.dataset.view)], model),
  );
  const showNumbers = numbersView(figure);
  const cases = all(figure, "[data-case]").map(caseView);
  const status = find(figure, ".live-status");
  // What a script has added to a page that was saved then.
  for (const element of all(figure, '.live-grip, [data-action="undo"]')) element.remove();
  for (const element of all(figure, "[data-lit]")) delete element.dataset.lit;
  delete figure.dataset.held;

  // Kept apart from the inputs, which round to their grid: Python may set a value between steps.
  const settings = { ...spec.start };
  /** @type {Values} */
  let values = {};
  /** What the figure's sliders lead to, in words: ", loss 0.25". */
  let effect = "";

  /** Milliseconds of updates in a frame while a hand holds on; the frames after it make the others. */
  const HURRY = 12;
  let behind = 0;

  function show() {
    const held = "held" in figure.dataset;
    const state = model.evaluate(settings, held ? performance.now() + HURRY : Infinity);
    cancelAnimationFrame(behind);
    if (spec.iteration && state.rows.length <= settings[spec.iteration.counter])
      behind = requestAnimationFrame(show);
    values = state.values;
    const outside = views.map((view) => view(state)).includes(true);
    showNumbers(values);
    for (const choose of cases) choose(values);
    const message = statusOf(spec, state, outside);
    if (status.textContent !== message) status.textContent = message;
    if (spec.effect) {
      // With an iteration, what a slider does to the loss is seen after the updates.
      const outcome = values[spec.iteration ? `${spec.effect}_k` : spec.effect];
      effect = `, ${spec.effectLabel} ${formatNumber(outcome, spec.digits).text}`;
    }
    for (const slider of sliders) {
      const { text } = formatNumber(settings[slider.name], Number(slider.dataset.digits));
      const told = text + effect;
      if (slider.getAttribute("aria-valuetext") !== told)
        slider.setAttribute("aria-valuetext", told);
    }
    hand();
  }

  /** @param {Values} wanted */
  function set(wanted) {
    for (const name in wanted) {
      const input = byName[name];
      if (!input && !(name in settings)) continue; // of an expression that the reader has replaced
      settings[name] = wanted[name];
      if (!input) continue; // an entry of an array, which has no slider
      input.value = String(wanted[name]);
      if (!(input instanceof HTMLSelectElement)) continue;
      const box = /** @type {Element} */ (input.parentElement);
      say(find(box, ".live-chosen"), input.selectedOptions[0].textContent);
    }
    show();
  }

  /** @param {Values} wanted */
  function change(wanted) {
    set(wanted);
    options.onChange?.({ ...settings });
  }

  /** @param {Values} wanted */
  function move(wanted) {
    pause();
    change(wanted);
  }

  const counter = sliders.find((slider) => slider.name === spec.counter);
  const now = () => settings[spec.counter ?? ""];
  const pause = mountButtons(figure, spec, counter, { now, change, effect: () => effect }, signal);
  const state = { settings, values: () => values, move, effect: () => effect };
  const hand = mountHand(figure, spec, model, inputs, state, signal);
  mountLight(figure, spec, signal);
  const see = keepInSight(figure, signal);
  for (const input of inputs) {
    input.disabled = false;
    const moved = () => {
      const value = Number(input.value);
      const along = Object.entries(spec.moves?.[input.name] ?? {});
      move({ [input.name]: value, ...Object.fromEntries(along.map(([n, at]) => [n, at[value]])) });
      see();
    };
    input.addEventListener("input", moved, { signal });
  }
  set({ ...settings, ...options.values });
  /** @param {Values} values */
  const remount = (values) => {
    claimed.mounted.unmount();
    mountFigure(figure, { ...options, values });
  };
  const ofForm = typed ? typed.listen(figure, remount, settings, signal) : {};

  // On paper the figure stands at its start. Nobody else is told, and the reader's values come back.
  /** @type {Values | null} */
  let ofReader = null;
  const toPaper = () => {
    pause();
    ofReader ??= { ...settings };
    set(spec.start);
  };
  const fromPaper = () => {
    if (ofReader) set(ofReader);
    ofReader = null;
  };
  window.addEventListener("beforeprint", toPaper, { signal });
  window.addEventListener("afterprint", fromPaper, { signal });
  signal.addEventListener("abort", () => cancelAnimationFrame(behind));
  figure.dataset.live = "";
  return Object.assign(claimed.mounted, { set, ...ofForm });
}

/**
 * Has the pictures in sight while a slider moves, unless they are higher than the window; and tells the style
 * sheet how high they are, below which a slider that takes the focus comes to stand.
 * @param {HTMLElement} figure
 * @param {AbortSignal} signal
 * @returns {() => void}  scrolls, if need be, as little as it can
 */
function keepInSight(figure, signal) {
  const pictures = find(figure, ".live-pictures");
  let frame = 0;
  const size = new ResizeObserver(() =>
    figure.style.setProperty("--live-height", `${pictures.offsetHeight}px`),
  );
  size.observe(pictures);
  signal.addEventListener("abort", () => size.disconnect());
  return () => {
    // In the frame that lays the page out anyway.
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      const { top, bottom, height } = pictures.getBoundingClientRect();
      const head = parseFloat(getComputedStyle(pictures).scrollMarginTop); // what the page's own covers
      const room = window.innerHeight - head;
      if (height <= room && (top < head || bottom > window.innerHeight))
        pictures.scrollIntoView({ block: "nearest", behavior: "instant" });
    });
  };
}
