/**
 * The bench: a figure whose expression its reader types. For each, its tape, its sliders, its graph and its
 * steps are made anew, and then it is a figure like others.
 */

/** Starts of the sliders, where the reader has not moved them and no example says. */
const STARTS = [2, 3, -1, 0.5, 1.5, -2];
/** @type {[low: number, high: number, step: number]} */
const RANGE = [-5, 5, 0.1];

/**
 * What is read from the form, and what came of it last.
 * @param {HTMLElement} figure
 */
function benchForm(figure) {
  const form = find(figure, ".live-bench-form");
  return {
    text: /** @type {HTMLInputElement} */ (find(form, "[name=expression]")),
    example: /** @type {HTMLSelectElement} */ (find(form, "[data-bench=example]")),
    output: /** @type {HTMLSelectElement} */ (find(form, "[data-bench=output]")),
    walk: /** @type {HTMLSelectElement} */ (find(form, "[data-bench=walk]")),
    said: find(form, "[role=status]"),
  };
}

/** @param {string} text */
const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

/**
 * A name as a formula has it: w1 with a lowered 1.
 * @param {string} name
 * @param {string} [tag]  in a picture, `tspan`
 */
function letter(name, tag) {
  const [first, ...rest] = name;
  const index = rest.filter((c) => c !== "_").join("");
  if (tag)
    return `<tspan font-style="italic">${first}</tspan>${index && `<tspan dy="0.25em" font-size="75%">${index}</tspan><tspan dy="-0.19em">\u200b</tspan>`}`;
  return `<var>${first}</var>${index && `<sub>${index}</sub>`}`;
}

/**
 * A shown quantity after a sign of its own: a negative number gets parentheses.
 * @param {string} name
 */
const factor = (name) => plainNumber(name, 2).replace("></", ' data-guarded=""></');

/**
 * A shown quantity, the twin of templates.py's `number`; its text comes with the first state.
 * @param {string} name
 * @param {number} digits
 * @param {string} [tag]
 */
const plainNumber = (name, digits, tag = "span") =>
  `<${tag} translate="no" data-quantity="${name}" data-value="" data-digits="${digits}"></${tag}>`;

/**
 * The right side of a line, in letters or in numbers.
 * @param {ExpressionNode[]} nodes
 * @param {ExpressionNode} node
 * @param {(node: ExpressionNode) => string} show
 */
function formulaOf(nodes, { op, args }, show) {
  const [a, b] = args.map((i) => show(nodes[i]));
  /** @type {Record<string, string>} */
  const infix = { add: " + ", sub: " − ", mul: "·", div: " / " };
  if (infix[op]) return `${a}${infix[op]}${b}`;
  if (op === "power") return `${a}<sup>${b}</sup>`;
  if (op === "neg") return `−${a}`;
  const word = op === "maximum" ? "max" : op === "sigmoid" ? "σ" : op;
  return `${word}(${[a, b].filter(Boolean).join(", ")})`;
}

/**
 * The steps of the bench in words, and the picture's parts with the steps at which they appear.
 * @param {Expression} expression
 * @param {number} output
 * @param {WalkPass[]} passes
 */
function stepsOf({ nodes }, output, passes) {
  /** @param {ExpressionNode} node */
  const inLetters = (node) =>
    node.op === "const" ? formatNumber(node.value ?? 0, null).text : letter(node.name);
  /** @param {ExpressionNode} node */
  const inNumbers = (node) => {
    if (node.op === "const") return formatNumber(node.value ?? 0, null).text;
    return factor(node.name);
  };
  const equals = ' <span class="live-relation">=</span> ';
  /** @type {string[]} */
  const lines = [];
  const valueStep = nodes.map((node) => {
    if (!node.args.length) return 0;
    const sides = [letter(node.name), formulaOf(nodes, node, inLetters)];
    const numbers = [formulaOf(nodes, node, inNumbers), plainNumber(node.name, 2)];
    return lines.push(`${sides.join(" = ")}${equals}${numbers.join(equals)}`);
  });
  const y = letter(nodes[output].name);
  const seed = lines.push(`The walk back begins: ∂${y}/∂${y} = 1`);
  const passStep = passes.map(({ node, to }, k) => {
    const [from, into] = [node, to].map((i) => letter(nodes[i].name));
    const product = `${plainNumber(`upstream_${k}`, 2)}·${factor(`slope_${k}`)}`;
    const rest = `${product}${equals}${plainNumber(`share_${k}`, 2)}`;
    return lines.push(
      `∂${y}/∂${into} <b>+=</b> ∂${y}/∂${from} · ∂${from}/∂${into}${equals}${rest}` +
        `, so far ${plainNumber(`sum_${k}`, 2)}`,
    );
  });
  return { lines, valueStep, seed, passStep };
}

/**
 * The graph: a value above each node, its gradient below, wires that turn orange as they are walked back.
 * @param {Expression} expression
 * @param {number} output
 * @param {WalkPass[]} passes
 * @param {ReturnType<typeof stepsOf>} steps
 * @param {string} label
 */
function drawGraph({ nodes }, output, passes, steps, label) {
  const { width, height, points, wires } = layoutOf({ nodes, output });
  const signs = nodes.map((_, i) => signOf(nodes, i));
  /** @param {number} n */
  const round = (n) => Number(n.toFixed(2));
  const drawn = wires.map(({ node, place, from, via }) => {
    const inputs = nodes[node].args.filter((a) => nodes[a].op !== "const").length;
    const end = points[node][0] - halfWidth(signs[node]) - 2;
    const to = points[node][1] + (inputs > 1 ? 10 * place - 5 : 0);
    let [x, y] = [points[from][0] + halfWidth(signs[from]), points[from][1]];
    let path = `M ${round(x)} ${round(y)}`;
    /** Where a share is written. */
    let middle = [x, y];
    via.slice(1).forEach((i, k, rest) => {
      const last = k === rest.length - 1;
      const [nextX, nextY] = last ? [end, to] : points[i];
      const bend = (nextX - x) / 2;
      middle = [(x + nextX) / 2, (y + nextY) / 2];
      path += ` C ${round(x + bend)} ${round(y)} ${round(nextX - bend)} ${round(nextY)} ${round(nextX)} ${round(nextY)}`;
      [x, y] = [nextX, nextY];
    });
    path += ` m -6 -3.5 l 6 3.5 l -6 3.5`;
    const mine = passes.flatMap((pass, k) =>
      pass.node === node && pass.place === place ? [k] : [],
    );
    const first = mine.length ? ` data-step="${steps.passStep[mine[0]]}"` : "";
    const texts = mine.map(
      (k) =>
        `<text class="live-pass" x="${round(middle[0])}" y="${round(middle[1])}" data-step="${steps.passStep[k]}">` +
        `+ ${plainNumber(`share_${k}`, 2, "tspan")}</text>`,
    );
    return {
      path: `<path class="live-edge${mine.length ? "" : " live-idle"}"${first} d="${path}"/>`,
      texts,
    };
  });
  const gates = nodes.map(({ op, name }, i) => {
    if (op === "const") return "";
    const [x, y] = points[i].map(round);
    const step = steps.valueStep[i];
    const half = halfWidth(signs[i]);
    const rim = step
      ? `<rect x="${x - half}" y="${y - GATE}" width="${2 * half}" height="${2 * GATE}" rx="${GATE}"/>`
      : "";
    const sums = passes.flatMap(({ to }, k) => (to === i ? [k] : []));
    // The gradient after each pass that leads here, and which of them is the last.
    const texts = sums.map((k, n) => {
      const last = n === sums.length - 1;
      const shown = plainNumber(last ? `d${name}` : `sum_${k}`, 2, "tspan");
      return `<tspan data-step="${steps.passStep[k]}"${last ? "" : ' class="live-gone"'}>${shown}</tspan>`;
    });
    if (!sums.length && i !== output) texts.push(plainNumber(`d${name}`, 2, "tspan")); // 0
    if (i === output)
      texts.unshift(
        `<tspan data-step="${steps.seed}"${sums.length ? ' class="live-gone"' : ""}>1</tspan>`,
      );
    const value = `<tspan${step ? ` data-step="${step}"` : ""}>${plainNumber(name, step ? 2 : 1, "tspan")}</tspan>`;
    const held = step ? "" : ` data-hold="${name}"`;
    return (
      `<g class="live-gate"${step ? ` data-step="${step}" data-pick="step=${step}"` : ""}>${rim}` +
      `<text class="live-sign" x="${x}" y="${y}">${step ? escaped(signs[i]) : letter(name, "tspan")}</text></g>` +
      `<text class="live-result" x="${x}" y="${y - GATE - 9}"${held}>` +
      `${step ? `<tspan class="live-name">${letter(name, "tspan")} = </tspan>` : ""}${value}</text>` +
      `<text class="live-sums" x="${x}" y="${y + GATE + 10}">${texts.join("")}</text>`
    );
  });
  return (
    `<svg viewBox="0 0 ${round(width)} ${round(height)}" role="img" translate="no" aria-label="${escaped(label)}">` +
    `${drawn.map(({ path }) => path).join("")}${gates.join("")}${drawn.flatMap(({ texts }) => texts).join("")}</svg>`
  );
}

/**
 * The twin of figure.py's `_control`, for a slider.
 * @param {string} id
 * @param {string} name
 * @param {string} label
 * @param {[low: number, high: number, step: number]} range
 * @param {number} value
 */
function sliderMarkup(id, name, label, [low, high, step], value) {
  const digits = step < 1 ? 1 : 0;
  return (
    `<div class="live-slider"><label for="${id}">${label}</label>` +
    `<input type="range" id="${id}" name="${name}" min="${low}" max="${high}" step="${step}" ` +
    `value="${value}" data-digits="${digits}" disabled>` +
    `<span class="live-value">${plainNumber(name, digits)}</span></div>`
  );
}

/**
 * Makes the figure anew for the expression in its form, in Python's markup; what cannot be read is reported, and
 * leaves the figure as it was.
 * @param {HTMLElement} figure
 * @returns {boolean}  whether it could be made
 */
function makeBench(figure) {
  const form = benchForm(figure);
  const data = find(figure, "script.live-spec");
  /** @type {FigureSpec} */
  const spec = JSON.parse(data.textContent);
  const view = /** @type {ViewSpecs["bench"]} */ (spec.views[0]);
  const text = form.text.value;
  /** @type {Expression} */
  let expression;
  try {
    expression = readExpression(text);
  } catch (error) {
    if (!(error instanceof Misread)) throw error;
    report(form, text, error);
    return false;
  }
  const { nodes } = expression;
  const named = nodes.filter(({ op }) => op !== "const");
  const chosen = named.find(({ name, args }) => args.length && name === form.output.value);
  const output = chosen ? nodes.indexOf(chosen) : expression.output;
  /** @type {WalkPass[]} */
  let passes;
  let tooLong = "";
  try {
    passes = passesOf(expression, output, form.walk.value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    tooLong = `This walk takes ${error.message}. In its place stands the sorted one.`;
    form.walk.value = "sorted";
    passes = passesOf(expression, output, "sorted");
  }
  const example = view.examples.find((each) => each.text === text);
  form.example.value = example ? String(view.examples.indexOf(example)) : "";
  const variables = nodes.filter(({ op }) => op === "input");
  /** @type {Values} */
  const start = {};
  variables.forEach(({ name }, i) => {
    start[name] = example?.start[name] ?? STARTS[i % STARTS.length];
  });
  const right = form.walk.value === "sorted" ? null : passesOf(expression, output, "sorted");
  const tape = compose(expression, output, passes, view.rules, start, right);
  const steps = stepsOf(expression, output, passes);
  const last = steps.lines.length;
  const composed = {
    ...spec,
    tape,
    start: { ...start, [view.counter]: last },
    effect: "value",
    effectLabel: "value",
    counter: view.counter,
  };
  data.textContent = JSON.stringify(composed).replaceAll("<", "\\u003c");

  const operations = named.length - variables.length;
  const label =
    `The graph of ${text}: ${variables.length} variable${variables.length > 1 ? "s" : ""} on the left, ` +
    `${operations} operation${operations > 1 ? "s" : ""} to the right. Above each its value, below it the gradient.`;
  const picture = find(figure, ".live-bench-picture");
  picture.innerHTML = drawGraph(expression, output, passes, steps, label);
  const [, , width] = find(picture, "svg").getAttribute("viewBox")?.split(" ") ?? [];
  picture.style.setProperty("--live-width", `${width}px`);
  find(figure, ".live-steps").innerHTML = [
    '<li data-step="0">The variables are given. Step, and the way forward begins.</li>',
    ...steps.lines.map(
      (line, i) => `<li class="live-line" translate="no" data-step="${i + 1}">${line}</li>`,
    ),
  ].join("");
  const result = letter(nodes[output].name);
  const outcome = variables.map(({ name }) => {
    const corrected = right ? ` (right: ${plainNumber(`right_${name}`, 2)})` : "";
    return `∂${result}/∂${letter(name)} = ${plainNumber(`d${name}`, 2)}${corrected}`;
  });
  find(figure, ".live-outcome").innerHTML = [`${result} = ${plainNumber("value", 2)}`, ...outcome]
    .map((part) => `<span>${part}</span> `)
    .join("");
  const base = figure.id.replace("fig-", "live-");
  const controls = find(figure, ".live-controls");
  for (const slider of all(controls, ".live-slider")) slider.remove();
  controls.insertAdjacentHTML(
    "afterbegin",
    variables
      .map(({ name }) => sliderMarkup(`${base}-${name}`, name, letter(name), RANGE, start[name]))
      .concat(sliderMarkup(`${base}-${view.counter}`, view.counter, "step", [0, last, 1], last))
      .join(""),
  );
  form.output.innerHTML = named
    .filter(({ args }) => args.length)
    .map(({ name }) => {
      // As an attribute, which a saved page keeps.
      const selected = name === nodes[output].name ? " selected" : "";
      return `<option value="${name}"${selected}>${name}</option>`;
    })
    .join("");
  report(form, text, null);
  if (tooLong) say(form.said, tooLong);
  return true;
}

/**
 * Says what cannot be read, and marks its place in a copy of the text.
 * @param {ReturnType<typeof benchForm>} form
 * @param {string} text
 * @param {Misread | null} misread
 */
function report({ text: input, said }, text, misread) {
  input.toggleAttribute("aria-invalid", false);
  said.textContent = "";
  delete said.dataset.position;
  if (!misread) return;
  const { at, end, message } = misread;
  input.setAttribute("aria-invalid", "true");
  said.dataset.position = String(at);
  const mark = document.createElement("mark");
  mark.textContent = text.slice(at, end) || "\u00a0";
  const place = document.createElement("code");
  place.append(text.slice(0, at), mark, text.slice(Math.max(at, end)));
  said.append(place, ` At character ${at + 1}: ${message}`);
}

/**
 * Has the form make the figure anew, by the reader and by an address.
 * @param {HTMLElement} figure
 * @param {(values: Values) => void} remount
 * @param {Values} settings  the sliders at present
 * @param {AbortSignal} signal
 * @returns {Pick<Mounted, "settle" | "settings">}
 */
function listenToBench(figure, remount, settings, signal) {
  const form = benchForm(figure);
  const { examples, counter } = benchOf(figure);
  const again = () => {
    try {
      readExpression(form.text.value);
    } catch (error) {
      if (!(error instanceof Misread)) throw error;
      report(form, form.text.value, error);
      return;
    }
    const { [counter]: _, ...values } = settings;
    remount(values);
  };
  const show = () => {
    if (form.example.value === "") return;
    form.text.value = examples[Number(form.example.value)].text;
    form.output.value = "";
    remount({});
  };
  const typed = () => {
    form.output.value = ""; // of the text that was there before
    again();
  };
  form.text.addEventListener("input", typed, { signal });
  form.walk.addEventListener("change", again, { signal });
  form.output.addEventListener("change", again, { signal });
  form.example.addEventListener("change", show, { signal });
  for (const field of [form.text, form.example, form.output, form.walk]) field.disabled = false;

  const last = form.output.options.length - 1;
  return {
    settle(address) {
      const {
        expression = examples[0].text,
        output = "",
        walk = "sorted",
      } = Object.fromEntries(address);
      for (const name of ["expression", "output", "walk"]) address.delete(name);
      form.text.value = expression;
      choose(form.walk, walk);
      remount({});
      // An operation can be chosen once it is there.
      if (choose(form.output, output)) remount({});
    },
    settings() {
      /** @type {[string, string, boolean][]} */
      const own = [
        ["expression", form.text.value, form.text.value !== examples[0].text],
        ["output", form.output.value, form.output.selectedIndex !== last],
        ["walk", form.walk.value, form.walk.value !== "sorted"],
      ];
      return own.flatMap(([name, value, moved]) => (moved ? [[name, value]] : []));
    },
  };
}

/**
 * @param {HTMLSelectElement} select
 * @param {string} value
 * @returns {boolean}  whether it is there to be chosen, and was not
 */
function choose(select, value) {
  if (value === select.value || ![...select.options].some((option) => option.value === value))
    return false;
  select.value = value;
  return true;
}

/** @param {HTMLElement} figure */
const benchOf = (figure) => /** @type {ViewSpecs["bench"]} */ (specOf(figure).views[0]);

/**
 * Shows, of the gradients that have come together in a node, the one of now; of a walk still to come, the last.
 * @param {Element} element
 * @param {ViewSpecs["bench"]} spec
 * @returns {View}
 */
function benchView(element, spec) {
  const steps = stepsView(element, spec);
  const sums = all(element, ".live-sums").map((sum) =>
    all(sum, "[data-step]").map((part) => ({ part, step: Number(part.dataset.step) })),
  );
  return (state) => {
    const now = state.settings[spec.counter];
    for (const parts of sums) {
      const there = parts.filter(({ step }) => step <= now);
      const shown = there[there.length - 1] ?? parts[parts.length - 1];
      for (const each of parts) each.part.classList.toggle("live-gone", each !== shown);
    }
    return steps(state);
  };
}

/** What the page's script asks of the bench, and tests of its parts. */
const bench = Object.freeze({
  make: makeBench,
  listen: listenToBench,
  view: benchView,
  readExpression,
  passesOf,
  compose,
  layoutOf,
});
