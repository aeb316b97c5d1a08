/**
 * A small network as wires, of the numbers in one vector: the twin of livetext/figures/wires.py.
 */

const WIRES = { width: 300, height: 270, side: 22, unit: 8, halo: 14, bar: 16 };

/** @param {number[]} units  @returns {[x: number, y: number][][]} */
function wirePlaces(units) {
  const { width, height, side } = WIRES;
  const step = (width - 2 * side) / (units.length - 1);
  return units.map((n, k) =>
    Array.from({ length: n }, (_, i) => [side + step * k, (height * (i + 0.5)) / n]),
  );
}

/**
 * @param {WiresOption} option
 * @param {string} pick
 */
function drawWires({ units, layers, wires, biases }, pick) {
  const places = wirePlaces(units);
  const drawn = wires.map(([place, layer, to, from]) => {
    const [[x0, y0], [x1, y1]] = [places[layer][from], places[layer + 1][to]];
    const line = `d="M${x0.toFixed(1)} ${y0.toFixed(1)}L${x1.toFixed(1)} ${y1.toFixed(1)}"`;
    // Where the bar of one example's gradient stands: apart from those of the neighbours.
    const share = 0.3 + 0.4 * (to % 2 ? 0.25 : 0.75);
    const [x, y] = [x0 + share * (x1 - x0), y0 + share * (y1 - y0)];
    const length = Math.hypot(x1 - x0, y1 - y0);
    const across = [-(y1 - y0) / length, (x1 - x0) / length];
    return (
      `<g class="live-thread" data-place="${place}" data-layer="${layers[layer + 1]}" data-pick="${pick}=${place}">` +
      `<path class="live-halo" ${line}/><path class="live-weight" ${line}/><path class="live-reach" ${line}/>` +
      `<path class="live-own" data-at="${x} ${y} ${across[0]} ${across[1]}"/></g>`
    );
  });
  const squares = biases.map(([place, layer, unit]) => {
    const [x, y] = places[layer + 1][unit];
    const at = `x="${(x - 4).toFixed(1)}" y="${(y - 4).toFixed(1)}" width="8" height="8"`;
    return `<g class="live-thread" data-place="${place}" data-pick="${pick}=${place}"><rect class="live-bias" ${at}/></g>`;
  });
  const rims = places.map((column, k) => {
    // Between two columns there is room on either side of a unit; at the ends, above it and below.
    const middle = k > 0 && k < places.length - 1;
    const ways = middle ? ["end", "start"] : ["middle", "middle"];
    const offs = middle
      ? [
          [-8, -8],
          [8, -8],
        ]
      : [
          [0, -12],
          [0, 21],
        ];
    return column.map(([x, y], i) => {
      const texts = ["forward", "back"].map(
        (way, j) =>
          `<text class="live-sent" data-way="${way}" x="${(x + offs[j][0]).toFixed(1)}" y="${(y + offs[j][1]).toFixed(1)}" text-anchor="${ways[j]}"></text>`,
      );
      return (
        `<g class="live-unit" data-layer="${layers[k]}" data-unit="${i}">` +
        `<circle class="live-rim" cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${WIRES.unit}"/>${texts.join("")}</g>`
      );
    });
  });
  return `${drawn.join("")}${rims.flat().join("")}${squares.join("")}`;
}

/**
 * What the book calls each of the numbers; the twin of wires.py's `symbols`.
 * @param {WiresOption} option
 * @returns {Record<number, string>}
 */
function wireNames({ wires, biases }) {
  return Object.fromEntries(
    [...wires, ...biases].map(([place, layer, ...ends]) => {
      const index = ends.map((end) => end + 1).join("");
      const letter = ends.length === 2 ? "W" : "b";
      return [place, `<var>${letter}</var><sub>${index}</sub><sup>(${layer + 1})</sup>`];
    }),
  );
}

/**
 * @param {Element} element
 * @param {ViewSpecs["wires"]} spec
 * @returns {View}
 */
function wiresView(
  element,
  { values, gradient, own, pick, by, scale, gradientScale, options, walk },
) {
  const svg = find(element, "svg");
  /** @param {number} value */
  const wide = (value) => Math.sqrt(share(value, gradientScale));
  const line = find(element, ".live-named");
  /** By the place in the vector. @type {Record<number, string>} */
  let names = {};
  /** What a mouse points at. @type {number | null} */
  let pointed = null;
  /** @type {FigureState} */
  let last;
  let said = "";

  /** Says what is pointed at, or else picked; the twin of wires.py's `_named`. */
  function name() {
    const place = pointed ?? last.settings[pick];
    const [w, dw] = [values, gradient].map((of) => formatNumber(last.arrays[of][place], 4).text);
    const now =
      place in names ? `${names[place]} = ${w}, gradient ${dw}` : "This network has no such wire.";
    if (now !== said) line.innerHTML = said = now;
  }
  /** @type {(event: PointerEvent) => void} */
  svg.onpointerover = ({ target, pointerType }) => {
    const thread = /** @type {Element} */ (target).closest(".live-thread");
    const at = /** @type {HTMLElement | null} */ (thread)?.dataset.place;
    pointed = pointerType === "mouse" && at !== undefined ? Number(at) : null;
    name();
  };
  svg.onpointerleave = () => {
    pointed = null;
    name();
  };
  let shown = -1;
  /** @type {ReturnType<typeof threadView>[]} */
  let threads = [];
  /** @type {ReturnType<typeof walkView>} */
  let step;
  const buttons = /** @type {HTMLButtonElement[]} */ (all(element, "[data-walk]"));
  const gesture = gesturesOf(/** @type {HTMLElement} */ (element));
  for (const button of buttons) {
    const { walk: way } = button.dataset;
    button.disabled = false;
    button.onclick = () => {
      const { [walk.by]: now, [by]: size } = last.settings;
      const values = { [walk.by]: nextStage(now, Number(way), walk, options[size].layers) };
      gesture({ begin: [walk.by], values, end: true });
    };
  }
  return (state) => {
    const { settings, arrays } = (last = state);
    if (settings[by] !== shown) {
      shown = settings[by];
      pointed = null;
      names = wireNames(options[shown]);
      svg.innerHTML = drawWires(options[shown], pick);
      step = walkView(svg, walk);
      threads = all(svg, ".live-thread").map((thread) => threadView(thread, scale, wide));
    }
    const numbers = [values, gradient, own].map((name) => arrays[name]);
    for (const show of threads) show(numbers, settings[pick]);
    step(state);
    name();
    return false;
  };
}

/**
 * @param {HTMLElement} thread  a wire or a bias
 * @param {number} scale
 * @param {(gradient: number) => number} wide  a share
 * @returns {(numbers: Float64Array[], picked: number) => void}
 */
function threadView(thread, scale, wide) {
  const place = Number(thread.dataset.place);
  const [halo, line, bar, bias] = ["halo", "weight", "own", "bias"].map((name) =>
    find(thread, `.live-${name}`),
  );
  const at = bar && (bar.dataset.at ?? "").split(" ").map(Number);
  const last = ["", "", "", ""];
  /** @param {number} i  @param {Element} element  @param {string} attribute  @param {string} now */
  const set = (i, element, attribute, now) => {
    if (now !== last[i]) element.setAttribute(attribute, (last[i] = now));
  };
  return ([values, gradients, owns], picked) => {
    const [w, dw, own] = [values[place], gradients[place], owns[place]];
    set(0, thread, "data-picked", String(place === picked));
    if (bias) {
      const sign = w < 0 ? "negative" : "positive";
      const full = share(w, scale);
      set(
        1,
        bias,
        "style",
        `fill: var(--live-${sign}); fill-opacity: ${(0.15 + 0.85 * full).toFixed(2)}; stroke-width: ${(5 * wide(dw)).toFixed(1)}`,
      );
      return;
    }
    set(1, halo, "style", `stroke-width: ${(WIRES.halo * wide(dw)).toFixed(1)}`);
    set(2, line, "style", wireLook(w, scale));
    const half = (WIRES.bar / 2) * wide(own);
    const [x, y, u, v] = at;
    set(
      3,
      bar,
      "d",
      `M${(x - half * u).toFixed(1)} ${(y - half * v).toFixed(1)}L${(x + half * u).toFixed(1)} ${(y + half * v).toFixed(1)}`,
    );
  };
}

/**
 * The stage after one, or before it, of those that a network has; from the last one the walk is over.
 * @param {number} now
 * @param {number} way  1 or -1
 * @param {Walk} walk
 * @param {number[]} layers
 */
function nextStage(now, way, { forward, back }, layers) {
  const stages = forward.length + back.length + 1;
  let stage = now;
  do stage = (stage + way + stages) % stages;
  while (stage && !layers.includes(layerOf(stage, forward.length)));
  return stage;
}

/**
 * Where a stage of a walk is: from the inputs, 0, to the last layer, and back to the first after the inputs.
 * @param {number} stage  from 1
 * @param {number} count  of layers
 */
const layerOf = (stage, count) => (stage <= count ? stage - 1 : 2 * count - stage);

/**
 * The way of one example through a network that has just been drawn: each unit's answer from the stage on at which
 * it is known, then its error, and the wires between.
 * @param {Element} svg
 * @param {Walk} walk
 * @returns {(state: FigureState) => void}
 */
function walkView(svg, { by, forward, back }) {
  const units = all(svg, ".live-unit").map((unit) => {
    const [sent, felt] = all(unit, "text");
    const [layer, i] = [Number(unit.dataset.layer), Number(unit.dataset.unit)];
    return { unit, sent, felt, layer, i };
  });
  const wires = all(svg, ".live-thread[data-layer]");
  const layers = [...new Set(units.map(({ layer }) => layer))];
  let shown = NaN;
  return ({ settings, arrays }) => {
    const stage = settings[by];
    if (!stage && stage === shown) return;
    const returns = stage > forward.length;
    const at = layerOf(stage, forward.length);
    for (const { unit, sent, felt, layer, i } of units) {
      const known = stage && (returns || layer <= at);
      const feels = returns && layer >= at && layer > 0;
      say(sent, known ? formatNumber(arrays[forward[layer]][i], 2).text : "");
      say(felt, feels ? formatNumber(arrays[back[layer - 1]][i], 3).text : "");
      unit.dataset.reached = feels ? "back" : known ? "forward" : "";
    }
    if (stage === shown) return;
    shown = stage;
    svg.toggleAttribute("data-walks", stage > 0);
    // Errors come along the wires that lead on from a layer.
    const into = returns ? layers[layers.indexOf(at) + 1] : at;
    for (const wire of wires) {
      const layer = Number(wire.dataset.layer);
      wire.dataset.carries = stage && layer === into ? (returns ? "back" : "forward") : "";
      wire.toggleAttribute("data-asks", returns && layer >= at);
    }
  };
}
