/**
 * What a hand does in a figure: it drags handles, scrubs numbers, picks cells and steps. All of it
 * moves sliders, as moving them does, and Undo takes the last of it back.
 */

/** Pixels sideways that are worth one step of a number's slider; ten steps with Shift. */
const SCRUB = 6;

/** How far in a picture a handle stays behind the pointer before it leaves a dent of a rough curve. */
const ASTRAY = 20;

/** An event by which a view moves settings, and says where that begins and ends. */
const GESTURE = "livetext-gesture";
/** @typedef {{begin?: string[], values?: Values, end?: boolean}} Gesture */

/**
 * @param {HTMLElement} figure
 * @param {FigureSpec} spec
 * @param {FigureModel} model
 * @param {Control[]} controls
 * @param {{settings: Values, values: () => Values, move: (values: Values) => void, effect: () => string}} state
 *   the figure's settings and numbers, what moves its sliders, and what they lead to, in words
 * @param {AbortSignal} signal
 * @returns {() => void}  is to be called when a state has been shown
 */
function mountHand(figure, spec, model, controls, state, signal) {
  const { settings, values } = state;
  const byName = Object.fromEntries(controls.map((control) => [control.name, control]));
  const past = keepPast(figure, spec, byName, state, signal);
  markHolds(figure, spec, controls);
  const handles = handlesOf(figure, spec, model, signal);
  watchScale(new Set(handles.map(({ svg }) => svg)), signal);
  /** @param {string} name */
  const gridFor = (name) => gridOf(/** @type {HTMLInputElement} */ (byName[name]));
  /** What follows the pointer that has taken hold. @type {((event: PointerEvent) => void) | null} */
  let follow = null;
  /** What is picked if the number under the pointer is let go as it was. @type {Values} */
  let tapped = {};

  /** @param {Values} wanted */
  function move(wanted) {
    for (const name in wanted) {
      if (wanted[name] !== settings[name]) return state.move(wanted);
    }
  }

  /**
   * @param {Handle} handle
   * @param {PointerEvent} start
   */
  function drag({ svg, moves, place, along }, start) {
    const from = placeIn(svg, start);
    const held = place(values());
    past.begin(moves.map(([, name]) => name));
    follow = (event) => {
      const pointer = placeIn(svg, event);
      const trial = { ...settings };
      // Either slider may move both coordinates: the second round sees what the first has done.
      for (const [axis, name] of moves.length > 1 ? [...moves, ...moves] : moves) {
        const { index, value, last } = gridFor(name);
        const at = (/** @type {number} */ i) => along(axis, { ...trial, [name]: value(i) });
        // Where it was taken hold of stays under the pointer.
        const target = held[axis] + pointer[axis] - from[axis];
        trial[name] = value(nearest(at, target, index(trial[name]), last, ASTRAY));
      }
      move(Object.fromEntries(moves.map(([, name]) => [name, trial[name]])));
    };
  }

  /**
   * @param {HTMLElement} number
   * @param {PointerEvent} start
   */
  function scrub(number, start) {
    const name = number.dataset.scrub ?? "";
    // A cell that stands for a row or a column becomes the picked one.
    const own = readPick(pickOf(number)?.dataset.pick ?? "");
    const { index, value, last } = gridFor(name);
    const first = index(settings[name]);
    tapped = own;
    let before = 0;
    past.begin([...Object.keys(own), name], { number });
    follow = ({ clientX, shiftKey }) => {
      const steps = Math.trunc((clientX - start.clientX) / SCRUB) * (shiftKey ? 10 : 1);
      if (steps === before) return; // a click alone leaves a value that lies between two steps
      tapped = {};
      before = steps;
      move({ ...own, [name]: value(Math.max(0, Math.min(last, first + steps))) });
    };
  }

  /** @type {(event: PointerEvent) => void} */
  const take = (event) => {
    tapped = {};
    if (!event.isPrimary || event.button) return;
    const target = /** @type {HTMLElement} */ (event.target);
    // What is picked and taken hold of at once: the handle comes to where it is.
    const wanted = grabbedAt(target, event);
    // What is taken hold of already stays where it was moved to.
    if (wanted && Object.entries(wanted).some(([name, v]) => v && v !== values()[name])) {
      past.begin(Object.keys(wanted));
      move(wanted);
    }
    const svg = (wanted || target.closest("[data-handle]")) && target.closest("svg");
    const handle = svg && handleAt(handles, svg, values(), event);
    const number = /** @type {HTMLElement | null} */ (target.closest("[data-scrub]"));
    if (handle) drag(handle, event);
    else if (number) scrub(number, event);
    else if (target instanceof HTMLInputElement) return past.begin([target.name]);
    else return;
    event.preventDefault(); // selects no text
    figure.setPointerCapture(event.pointerId);
    figure.dataset.held = "";
  };
  const letGo = () => {
    if (!follow) return;
    follow = null;
    delete figure.dataset.held;
    move(tapped);
    past.end();
  };
  /** @type {(event: MouseEvent) => void} */
  const pick = ({ target, detail }) => {
    const element = /** @type {HTMLElement} */ (target);
    const picked = pickOf(element);
    if (!picked || element.closest("[data-scrub]")) return;
    if (detail && element.closest("[data-grab]")) return; // the pointer has taken it already
    const wanted = readPick(picked.dataset.pick ?? "");
    past.begin(Object.keys(wanted));
    move(wanted);
    past.end();
  };
  /** @type {(event: KeyboardEvent) => void} */
  const key = ({ target, key }) => {
    if (target instanceof HTMLInputElement && key !== "Tab" && key !== "Shift") {
      past.begin([target.name], { keyed: true });
    }
  };

  /**
   * @template {keyof HTMLElementEventMap} K
   * @param {K} type
   * @param {(event: HTMLElementEventMap[K]) => void} listener
   */
  const on = (type, listener) => figure.addEventListener(type, listener, { signal });
  // What a view of its own does, a stroke of a pen, say.
  on(/** @type {"click"} */ (GESTURE), (event) => {
    const { begin, values, end } = /** @type {CustomEvent<Gesture>} */ (
      /** @type {unknown} */ (event)
    ).detail;
    if (begin && !end) figure.dataset.held = "";
    if (begin) past.begin(begin);
    if (values) move(values);
    if (!end) return;
    delete figure.dataset.held;
    past.end();
  });
  on("pointerdown", take);
  on("pointermove", (event) => follow?.(event));
  on("pointerup", letGo);
  on("pointercancel", letGo);
  on("lostpointercapture", letGo);
  on("click", pick);
  on("keydown", key);
  on("keyup", past.end);
  on("change", past.end); // a slider has been let go

  const undo = document.createElement("button");
  undo.type = "button";
  undo.dataset.action = "undo";
  undo.textContent = "Undo";
  find(figure, ".live-buttons").prepend(undo);
  const stepBack = () => {
    const before = past.back();
    if (!before) return;
    move(before);
    say(find(figure, ".live-said"), `Undone${state.effect()}`);
  };
  undo.addEventListener("click", stepBack, { signal });

  return () => {
    for (const { grip, place } of handles) {
      const { 0: x, 1: y } = place(values());
      grip.setAttribute("transform", `translate(${hundredth(x)} ${hundredth(y)})`);
    }
    past.shown();
    undo.setAttribute("aria-disabled", String(!past.any())); // it keeps the focus
  };
}

/** @param {HTMLElement} element */
const pickOf = (element) => /** @type {HTMLElement | null} */ (element.closest("[data-pick]"));

/**
 * What picks the thing under a pointer that is taken hold of at once. The pointer's own target may be another: a
 * handle that lies over its neighbours, and for a finger, whatever the browser takes for aimed at.
 * @param {HTMLElement} target
 * @param {PointerEvent} pointer
 * @returns {Values | undefined}
 */
function grabbedAt(target, pointer) {
  const root = /** @type {Document | ShadowRoot} */ (target.getRootNode());
  const under = root
    .elementsFromPoint(pointer.clientX, pointer.clientY)
    .find((element) => element.matches("[data-grab]"));
  if (!under || !target.closest("svg")?.contains(under)) return undefined;
  return readPick(nearestOf(/** @type {HTMLElement} */ (under), pointer).dataset.pick ?? "");
}

/**
 * Of things that lie one upon the other, the one whose middle is nearest to a pointer.
 * @param {HTMLElement} one
 * @param {PointerEvent} pointer
 */
function nearestOf(one, { clientX, clientY }) {
  const others = all(/** @type {Element} */ (one.parentNode), "[data-grab]");
  const away = others.map((other) => {
    const { x, y, width, height } = other.getBoundingClientRect();
    return Math.hypot(x + width / 2 - clientX, y + height / 2 - clientY);
  });
  return others[away.indexOf(Math.min(...away))];
}
