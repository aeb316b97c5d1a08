/**
 * A question on a page: it judges the reader's answer at once, and offers hints, its solution and other
 * numbers.
 */

const UNKEPT =
  "This browser could not keep your progress: its storage is full or blocked. What you solve here is " +
  "forgotten when you leave the page, unless you free some space and check again.";

/** @param {HTMLInputElement[]} inputs */
const typedIn = (inputs) => inputs.map((input) => input.value);

/** @param {HTMLInputElement[]} inputs */
const tickedIn = (inputs) =>
  inputs.filter((input) => input.checked).map((input) => Number(input.value));

/**
 * What the reader has answered.
 * @type {{[K in AnswerKind]: (inputs: HTMLInputElement[], section: Element) => Answers[K]}}
 */
const ANSWERS = {
  numbers: typedIn,
  shape: typedIn,
  one: tickedIn,
  any: tickedIn,
  order: (_, section) => all(section, "[data-step]").map((item) => Number(item.dataset.step)),
};

/**
 * @template {AnswerKind} K
 * @param {QuestionSpec<K> & {kind: K}} spec
 * @param {Values} values
 * @param {HTMLInputElement[]} inputs
 * @param {Element} section
 */
function judgeInputs(spec, values, inputs, section) {
  const labels = inputs.map((input) => {
    const field = /** @type {Element} */ (input.parentElement);
    return find(field, "label").textContent.trim();
  });
  return judge(spec, values, ANSWERS[spec.kind](inputs, section), labels);
}

/**
 * Makes a question answer.
 * @param {HTMLElement} section  `<section class="question">` as question.py writes it
 * @param {ProgressStore} store
 * @returns {MountedQuestion | null}  null if it answers already
 */
function mountQuestion(section, store) {
  const claimed = claim(section, { values: () => ({ ...values }) });
  if (!claimed) return null;
  const { mounted, signal } = claimed;
  const { question: id = "" } = section.dataset;
  /** @type {QuestionSpec} */
  const spec = JSON.parse(find(section, ".question-spec").textContent);
  const calculate = calculator(spec);
  const showNumbers = numbersView(section);
  const form = /** @type {HTMLFormElement} */ (find(section, "form"));
  const fieldset = /** @type {HTMLFieldSetElement} */ (find(section, "fieldset"));
  const inputs = /** @type {HTMLInputElement[]} */ (all(fieldset, "input"));
  // A second view of the question has an id of its own, and its options a group of their own.
  for (const input of inputs) if (input.type !== "text") input.name = section.id;
  const state = find(section, ".question-state");
  const verdict = verdictView(section);
  const help = /** @type {HTMLDetailsElement[]} */ (all(section, "[data-help]"));
  const solution = help[2];
  const button = buttonsOf(section);
  let values = calculate(keptInputs(spec, store.read()[id]?.drawn, calculate) ?? {});
  let hints = 0;
  let tried = false; // since the numbers were drawn
  let solved = false;

  /** What the reader may ask for now. Hints come one by one; the solution after an attempt. */
  function offer() {
    button.hint.disabled = hints === 2 || solved;
    button.hint.textContent = hints ? "Second hint" : "Hint";
    button.solution.disabled = !tried || !solution.hidden;
  }

  function reveal() {
    const { figure, reveal } = spec;
    const move =
      figure && mountedIn(document.querySelector(`figure.live[data-figure="${figure}"]`))?.move;
    if (!move) return [];
    const wanted = Object.entries(reveal).map(([slider, at]) => [slider, resolve(at, values)]);
    move(Object.fromEntries(wanted));
    return ["The figure now shows it."];
  }

  /**
   * What is wrong with each input: it cannot be read, or, of several, it is not the number.
   * @param {Judged} [judged]
   */
  function mark({ invalid = [], marks = [] } = {}) {
    inputs.forEach((input, i) => {
      markInput(input, marks[i]);
      if (invalid.includes(i)) input.setAttribute("aria-invalid", "true");
    });
  }

  function check() {
    const judged = judgeInputs(spec, values, inputs, section);
    mark(judged);
    if (judged.invalid) {
      verdict.say("unread", judged, values);
      inputs[judged.invalid[0]].focus();
      return;
    }
    tried = true;
    solved = judged.right === true;
    const after = reveal();
    const kept = store.record(id, (before) => ({
      tries: before.tries + 1,
      solved,
      hints,
      revealed: !solution.hidden,
    }));
    if (!kept) after.push(UNKEPT);
    const head = solved ? "✓ Right." : "✗ Not yet.";
    verdict.say(solved ? "right" : "wrong", { ...judged, head, after }, values);
    offer();
  }

  /** @param {HTMLDetailsElement} part */
  function unfold(part) {
    part.hidden = false;
    part.open = true;
    find(part, "summary").focus();
    store.record(id, (before) => ({
      hints: Math.max(before.hints, hints),
      revealed: before.revealed || part === solution,
    }));
    offer();
  }

  /** Another round: nothing answered, nothing unfolded. */
  function clear() {
    hints = 0;
    tried = solved = false;
    for (const part of help) part.hidden = true;
    verdict.clear();
    offer();
  }

  const actions = {
    hint: () => unfold(help[hints++]),
    solution: () => unfold(solution),
    another() {
      const drawn = drawInputs(spec, values, Math.random, calculate);
      if (!drawn) return verdict.say("unread", { words: ["No other numbers were found."] });
      values = calculate(drawn);
      store.record(id, () => ({ drawn }));
      form.reset();
      mark();
      clear();
      showNumbers(values);
      verdict.say("new", { words: ["Here are new numbers."] });
      inputs[0]?.focus();
    },
  };
  for (const [name, action] of Object.entries(actions)) {
    button[name]?.addEventListener("click", action, { signal });
  }
  form.addEventListener(
    "submit",
    (event) => {
      event.preventDefault();
      check();
    },
    { signal },
  );
  for (const move of all(section, "[data-move]")) {
    const shift = () => {
      const where = shiftItem(move);
      if (where) verdict.say("new", { words: [`Now step ${where}.`] });
    };
    move.addEventListener("click", shift, { signal });
  }

  // A mark is about what was typed when it was made.
  for (const input of inputs) input.addEventListener("input", () => markInput(input), { signal });

  showNumbers(values);
  mark();
  clear();
  fieldset.disabled = button.check.disabled = false;
  if (button.another) button.another.disabled = false;
  section.dataset.live = "";
  /** @param {Progress} progress */
  function refresh(progress) {
    const { state: name, text } = stateOf(progress[id]);
    state.dataset.state = name;
    say(state, name === "new" ? "" : text);
  }
  return Object.assign(mounted, { refresh });
}

/**
 * Says beside an input whether it is right; of one that stands alone the verdict says it.
 * @param {HTMLInputElement} input
 * @param {boolean} [right]
 */
function markInput(input, right) {
  if (right === false) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
  const place = input.parentElement?.querySelector(".question-mark");
  if (place) say(place, right === undefined ? "" : right ? "✓ right" : "✗ not yet");
}

/**
 * The buttons of an element by what they do.
 * @param {Element} root
 * @returns {Record<string, HTMLButtonElement>}
 */
const buttonsOf = (root) =>
  Object.fromEntries(
    all(root, "button[data-action]").map((button) => [button.dataset.action, button]),
  );

/**
 * What a question says of an answer: sentences of its own, and feedback that was written in Python.
 * @param {Element} section
 */
function verdictView(section) {
  const verdict = find(section, ".question-verdict");
  const feedback = /** @type {HTMLTemplateElement} */ (find(section, "template.question-feedback"))
    .content;

  /**
   * @param {string} kind
   * @param {{head?: string, words?: string[], keys?: string[], after?: string[]}} what
   * @param {Values} [values]  at which the feedback shows its numbers
   */
  function say(kind, { head, words = [], keys = [], after = [] }, values = {}) {
    const written = keys.flatMap((key) => {
      const text = feedback.querySelector(`[data-feedback="${CSS.escape(key)}"]`);
      return text ? [...text.cloneNode(true).childNodes] : [];
    });
    const heads = head ? [element("strong", head)] : [];
    verdict.dataset.verdict = kind;
    verdict.replaceChildren(...heads, ...sentences(words), ...written, ...sentences(after));
    numbersView(verdict)(values);
  }

  function clear() {
    verdict.replaceChildren();
    delete verdict.dataset.verdict;
  }

  return { say, clear };
}

/**
 * @param {string} tag
 * @param {string} text
 */
const element = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });

/** @param {string[]} texts */
const sentences = (texts) => texts.map((text) => element("p", text));

/**
 * Moves a step of an order up or down.
 * @param {HTMLElement} move  its button
 * @returns {string | null}  "3 of 6", where it is now; null if it stays
 */
function shiftItem(move) {
  const item = /** @type {Element} */ (move.closest("li"));
  const list = /** @type {Element} */ (item.parentElement);
  const items = [...list.children];
  const from = items.indexOf(item);
  const to = from + Number(move.dataset.move);
  if (to < 0 || to >= items.length) return null;
  list.insertBefore(item, items[to + (to > from ? 1 : 0)]);
  move.focus();
  return `${to + 1} of ${items.length}`;
}
