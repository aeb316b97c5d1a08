/**
 * What can be taken hold of in a figure: handles, numbers to scrub, cells and steps to pick.
 */

/**
 * A dot that can be dragged, or the unseen dot by which a line or an arrow is.
 * @typedef {Object} Handle
 * @property {SVGSVGElement} svg
 * @property {Element} grip  its halo, and the disc that takes the pointer
 * @property {[axis: number, slider: string][]} moves
 * @property {(values: Values) => ArrayLike<number>} place  in units of the picture
 * @property {(axis: number, settings: Values) => number} along  one of the two, at other settings
 */

/**
 * @param {HTMLElement} figure
 * @param {FigureSpec} spec
 * @param {FigureModel} model
 * @param {AbortSignal} signal
 */
function handlesOf(figure, spec, model, signal) {
  /** @type {Handle[]} */
  const handles = [];
  for (const element of all(figure, "[data-view]")) {
    const view = spec.views[Number(element.dataset.view)];
    if (!("artists" in view)) continue;
    const project = projector(view.axes);
    view.artists.forEach((artist, i) => {
      if (!artist.handle || artist.points !== "points") return;
      const group = find(element, `[data-artist="${i}"]`);
      const frame = framer(view.axes, artist);
      const coordinates = [artist.x[0], artist.y[0]];
      const probes = coordinates.map((c) => (typeof c === "string" ? model.probe(c) : () => c));
      group.setAttribute("data-handle", artist.handle.map((name) => name ?? "-").join(" "));
      // Here alone a finger does not scroll; not every engine's `touch-action` reaches into a picture.
      group.addEventListener("touchstart", (event) => event.preventDefault(), {
        signal,
        passive: false,
      });
      handles.push({
        svg: /** @type {SVGSVGElement} */ (group.closest("svg")),
        grip: gripIn(group),
        moves: artist.handle.flatMap((name, axis) => (name ? [[axis, name]] : [])),
        place: (values) => frame(project(coordinates.map((c) => resolve(c, values)))),
        along(axis, settings) {
          const value = probes[axis](settings);
          return project([value, value])[axis];
        },
      });
    });
  }
  return handles;
}

/** @param {Element} group */
function gripIn(group) {
  const namespace = /** @type {string} */ (group.namespaceURI);
  const grip = group.appendChild(document.createElementNS(namespace, "g"));
  grip.setAttribute("class", "live-grip");
  grip.setAttribute("aria-hidden", "true");
  for (const part of ["live-halo", "live-hit"]) {
    grip.appendChild(document.createElementNS(namespace, "circle")).setAttribute("class", part);
  }
  return grip;
}

/**
 * Tells a picture's style how many of its units are a pixel of the page.
 * @param {Set<SVGSVGElement>} svgs
 * @param {AbortSignal} signal
 */
function watchScale(svgs, signal) {
  const observer = new ResizeObserver(() => {
    for (const svg of svgs) {
      svg.style.setProperty("--live-px", `${1 / (svg.getScreenCTM()?.a || 1)}px`);
    }
  });
  for (const svg of svgs) observer.observe(svg);
  signal.addEventListener("abort", () => observer.disconnect());
}

/**
 * Where a pointer is, in units of a picture.
 * @param {SVGSVGElement} svg
 * @param {{clientX: number, clientY: number}} pointer
 */
function placeIn(svg, { clientX, clientY }) {
  const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(svg.getScreenCTM()?.inverse());
  return [x, y];
}

/**
 * The handle whose middle is nearest to a pointer: two may lie one upon the other.
 * @param {Handle[]} handles
 * @param {Element} svg
 * @param {Values} values
 * @param {PointerEvent} pointer
 */
function handleAt(handles, svg, values, pointer) {
  let least = Infinity;
  /** @type {Handle | undefined} */
  let found;
  for (const handle of handles) {
    if (handle.svg !== svg) continue;
    const [x, y] = placeIn(handle.svg, pointer);
    const { 0: u, 1: v } = handle.place(values);
    const away = Math.hypot(u - x, v - y);
    // Of two at one place, the one that is drawn last lies on top.
    if (away <= least) [least, found] = [away, handle];
  }
  return found;
}

/**
 * Marks the numbers that are sliders' own, and what stands for a row, a column or a step.
 * @param {HTMLElement} figure
 * @param {FigureSpec} spec
 * @param {Control[]} controls
 */
function markHolds(figure, spec, controls) {
  for (const { name, type } of controls) {
    if (type !== "range") continue;
    for (const number of all(figure, `:is(.live-line, .live-network) [data-quantity="${name}"]`)) {
      number.dataset.scrub = name;
    }
  }
  /**
   * @param {HTMLElement} element
   * @param {[quantity: string, value: string | undefined][]} picks
   */
  const pick = (element, picks) => {
    const known = picks.filter(([name]) => controls.some((control) => control.name === name));
    if (known.length) element.dataset.pick = known.map((parts) => parts.join("=")).join(" ");
  };
  for (const element of all(figure, "[data-view]")) {
    const view = spec.views[Number(element.dataset.view)];
    if (view.kind === "matrices") {
      all(element, "table").forEach((table, i) => {
        const { row, column } = view.matrices[i];
        for (const cell of all(table, "td")) {
          const { row: i, column: j, hold } = cell.dataset;
          if (hold) find(cell, "[data-quantity]").dataset.scrub = hold;
          pick(cell, [
            [row, i],
            [column, j],
          ]);
        }
      });
    } else if ("artists" in view) {
      view.artists.forEach((artist, i) => {
        if (artist.pick) pick(find(element, `[data-artist="${i}"]`), artist.pick);
      });
    } else if (view.kind === "graph" || view.kind === "flow") {
      for (const gate of all(element, '[data-artist^="gate"]')) {
        pick(gate, [[view.counter, gate.dataset.artist?.slice(4)]]);
      }
      for (const part of all(element, "svg [data-step], ol:not(.live-steps) > [data-step]")) {
        pick(part, [[view.counter, part.dataset.step]]);
      }
    }
  }
}

/**
 * The sliders' values of `data-pick="i=3 j=4"`.
 * @param {string} text
 * @returns {Values}
 */
function readPick(text) {
  return Object.fromEntries(
    (text.match(/\S+/g) ?? []).map((part) => {
      const [name, value] = part.split("=");
      return [name, Number(value)];
    }),
  );
}
