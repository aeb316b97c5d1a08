/**
 * Questions on a page, and the reader's progress.
 *
 * A classic script like live.js, for the same reasons; it needs that one and reading.js. What is right comes
 * from the question's tape, recorded in Python; this file knows what to say of an answer.
 */
(function (global) {
  "use strict";

  const { replayer, entriesOf, shownIn, keepKeys } = global.backpropLive;
  const { parseNumber, parseShape } = global.backpropReading;

  // ---------------------------------------------------------------------------------------------
  // Progress, in the browser's own storage.

  /**
   * @typedef {{tries: number, solved: boolean, hints: number, revealed: boolean}} Entry
   *   of one question: checks so far; solved ever; hints and solution seen before it was
   * @typedef {Object<string, Entry>} Progress  by question
   */

  const KEY = "backpropagation-live";
  const VERSION = 1;
  const NEW = { tries: 0, solved: false, hints: 0, revealed: false };

  /** Where storage is blocked or full, progress lasts as long as the page. */
  const memory = { text: null, blocked: false };

  function storage(action) {
    if (memory.blocked) return memory.text;
    try {
      return action(global.localStorage);
    } catch {
      memory.blocked = true;
      return memory.text;
    }
  }

  /** @returns {Progress} */
  function readProgress() {
    return readable(storage((store) => store.getItem(KEY))) || {};
  }

  /** @param {Progress} progress */
  function writeProgress(progress) {
    const text = JSON.stringify({ version: VERSION, questions: progress });
    memory.text = text;
    storage((store) => {
      // What we cannot read may still be of use to someone: a later version of the book wrote it, say.
      const before = store.getItem(KEY);
      if (before !== null && !readable(before)) store.setItem(`${KEY}-unread`, before);
      store.setItem(KEY, text);
    });
    global.document.dispatchEvent(new Event("backprop-progress"));
  }

  /** @returns {Progress | null} null where it cannot be read, or there is none */
  function readable(text) {
    try {
      return parseProgress(text);
    } catch {
      return null;
    }
  }

  /**
   * Read again before each change: another tab may have written.
   * @param {(before: Entry) => Partial<Entry>} change
   */
  function record(id, change) {
    const progress = readProgress();
    const before = progress[id] || NEW;
    const entry = { ...before, solved: false, ...change(before) };
    // Once solved it stays so, as well as it was ever solved.
    if (before.solved && !entry.solved) return;
    writeProgress({ ...progress, [id]: before.solved ? further(before, entry) : entry });
  }

  /**
   * Progress from a file's text.
   * @throws {Error} with a sentence for the reader
   */
  function parseProgress(text) {
    let data;
    try {
      data = JSON.parse(text);
    } catch {
      throw new Error("This is not a file of progress: it holds no JSON. Choose a file that this page exported.");
    }
    if (!data || data.version !== VERSION || typeof data.questions !== "object" || data.questions === null) {
      throw new Error("This is not a file of progress. Choose a file that this page exported.");
    }
    const count = (n) => (Number.isInteger(n) && n >= 0 ? n : 0);
    return Object.fromEntries(
      Object.entries(data.questions)
        .filter(([id, entry]) => /^[a-z0-9-]+$/.test(id) && entry && typeof entry === "object")
        .map(([id, entry]) => [id, {
          tries: count(entry.tries),
          solved: entry.solved === true,
          hints: Math.min(count(entry.hints), 2),
          revealed: entry.revealed === true,
        }]),
    );
  }

  const rank = ({ solved, hints, revealed }) => (solved ? (hints || revealed ? 1 : 2) : 0);

  /** Of two entries the one that is further. */
  function further(a = NEW, b = NEW) {
    if (rank(a) !== rank(b)) return rank(a) > rank(b) ? a : b;
    return a.tries > b.tries ? a : b;
  }

  function mergeProgress(a, b) {
    return Object.fromEntries([...Object.keys(a), ...Object.keys(b)].map((id) => [id, further(a[id], b[id])]));
  }

  /** @param {Entry | undefined} entry */
  function stateOf(entry) {
    if (!entry || !entry.tries) return { state: "new", text: "not tried yet" };
    if (!entry.solved) return { state: "tried", text: "tried" };
    return entry.hints || entry.revealed
      ? { state: "helped", text: "✓ solved with help" }
      : { state: "solved", text: "✓ solved" };
  }

  // ---------------------------------------------------------------------------------------------
  // The numbers of a question.

  /** Inputs in, every quantity out, by the names the page shows: `w`, `W[0,1]`. */
  function calculator(spec) {
    if (!spec.tape) return () => ({});
    const machine = replayer(spec.tape);
    const entries = entriesOf(spec.tape, machine);
    return (inputs) => {
      for (const name in inputs) machine.inputs[name].set(inputs[name]);
      machine.run();
      return Object.fromEntries(entries.map(([name, array, i]) => [name, array[i]]));
    };
  }

  const SMALLEST = 1e-6;

  /** Whether the numbers make a fair question; the twin of `Question.fair` and the kinds' `settled`. */
  function fair(spec, values) {
    if (spec.keep && values[spec.keep] === 0) return false;
    if (spec.kind === "numbers") {
      return spec.fields.every(({ quantity, mistakes }) => {
        const size = Math.abs(values[quantity]);
        if (!(size > SMALLEST && size < Infinity)) return false;
        return mistakes.every((name) => !(Math.abs(values[name] - values[quantity]) <= 4 * spec.tolerance * size));
      });
    }
    if (spec.kind === "shape") {
      const [rows, columns] = spec.shape.map((name) => values[name]);
      return spec.mistakes.every(([r, c]) => values[r] !== rows || values[c] !== columns);
    }
    return true;
  }

  /**
   * Other numbers for a question, or null if none were found.
   * @param {() => number} [random]  from 0 to below 1
   */
  function drawInputs(spec, random = Math.random, calculate = calculator(spec)) {
    for (let round = 0; round < 500; round++) {
      const inputs = {};
      for (const [name, choices] of Object.entries(spec.draws)) {
        const { length } = [spec.tape.inputs[name]].flat(Infinity);
        inputs[name] = Array.from({ length }, () => choices[Math.floor(random() * choices.length)]);
      }
      if (fair(spec, calculate(inputs))) return inputs;
    }
    return null;
  }

  // ---------------------------------------------------------------------------------------------
  // Judging. Each returns `{right, keys, words, invalid}`: keys of feedback written in Python and words of
  // our own, if any, and the inputs that could not be read (then nothing was judged).

  const close = (a, b, tolerance) => Math.abs(a - b) <= tolerance * Math.abs(b);

  function aboutNumber(found, right, tolerance) {
    if (close(found, -right, tolerance)) return "The size is right, the sign is not.";
    if (close(found, 2 * right, tolerance)) return "This is twice the right answer: a factor 2 is there once too often.";
    if (close(found, right / 2, tolerance)) return "This is half the right answer: a factor 2 is missing.";
    if (close(found, right, 0.05)) return "Nearly: give three digits, and round only at the end.";
    return "";
  }

  const JUDGES = {
    numbers(section, spec, values) {
      const inputs = [...section.querySelectorAll("fieldset input")];
      const found = inputs.map((input) => parseNumber(input.value));
      const invalid = inputs.filter((_, i) => Number.isNaN(found[i]));
      if (invalid.length) {
        const typed = invalid[0].value.trim();
        const words = typed ? `“${typed}” cannot be read as a number.` : "There is no number yet.";
        return { invalid, words: [`${words} Write 0.25, 1/4 or 2.5e-1, for example.`] };
      }
      const keys = [];
      const words = [];
      spec.fields.forEach(({ quantity, mistakes }, i) => {
        const right = values[quantity];
        if (close(found[i], right, spec.tolerance)) return;
        const mistake = mistakes.find((name) => close(found[i], values[name], spec.tolerance));
        const label = inputs.length > 1 ? `${inputs[i].labels[0].textContent.trim()}: ` : "";
        if (mistake) keys.push(`${quantity}:${mistake}`);
        else words.push(label + (aboutNumber(found[i], right, spec.tolerance) || "This is not the number."));
      });
      return { right: !keys.length && !words.length, keys, words };
    },

    shape(section, spec, values) {
      const input = section.querySelector("fieldset input");
      const found = parseShape(input.value);
      if (!found) {
        return { invalid: [input], words: ["A shape is two whole numbers, rows first: 30 × 784, for example."] };
      }
      const is = ([r, c]) => values[r] === found[0] && values[c] === found[1];
      if (is(spec.shape)) return { right: true };
      const mistake = spec.mistakes.findIndex(is);
      if (mistake >= 0) return { right: false, keys: [String(mistake)] };
      if (is([...spec.shape].reverse())) return { right: false, words: ["These are the right numbers the wrong way round: rows first."] };
      return { right: false, words: ["This is another shape."] };
    },

    one(section, spec, values) {
      const chosen = section.querySelector("fieldset input:checked");
      if (!chosen) return { invalid: [section.querySelector("fieldset input")], words: ["Choose an answer first."] };
      const right = typeof spec.right === "string" ? values[spec.right] : spec.right;
      // What an option says is about choosing it wrongly, unless it is right whatever the numbers are.
      if (Number(chosen.value) === right) return { right: true, keys: right === spec.right ? [chosen.value] : [] };
      return { right: false, keys: [chosen.value] };
    },

    any(section, spec) {
      const inputs = [...section.querySelectorAll("fieldset input")];
      if (!inputs.some((input) => input.checked)) return { invalid: [inputs[0]], words: ["Choose all that are right, one at least."] };
      const isRight = (input) => spec.right.includes(Number(input.value));
      const wrong = inputs.filter((input) => input.checked && !isRight(input));
      const missing = inputs.filter((input) => !input.checked && isRight(input)).length;
      const right = !wrong.length && !missing;
      return {
        right,
        keys: (right ? inputs.filter(isRight) : wrong).map((input) => input.value),
        words: missing ? [missing === 1 ? "One more is right." : `${missing} more are right.`] : [],
      };
    },

    order(section, spec) {
      const order = [...section.querySelectorAll("[data-step]")].map((item) => Number(item.dataset.step));
      const broken = spec.rules.findIndex(([first, then]) => order.indexOf(first) > order.indexOf(then));
      return broken < 0 ? { right: true } : { right: false, keys: [String(broken)] };
    },
  };

  // ---------------------------------------------------------------------------------------------
  // A question on the page.

  /**
   * Makes a question answer.
   * @param {HTMLElement} section  `<section class="question">` as question.py writes it
   * @returns {(progress: Progress) => void}  shows how far the reader has come with it
   */
  function mount(section) {
    const id = section.dataset.question;
    const spec = JSON.parse(section.querySelector(".question-spec").textContent);
    const calculate = calculator(spec);
    const shown = shownIn(section);
    const form = section.querySelector("form");
    const fieldset = section.querySelector("fieldset");
    const verdict = section.querySelector(".question-verdict");
    const state = section.querySelector(".question-state");
    const feedback = section.querySelector("template.question-feedback").content;
    const help = [...section.querySelectorAll("[data-help]")];
    const button = Object.fromEntries([...section.querySelectorAll("button[data-action]")].map((b) => [b.dataset.action, b]));
    let values = calculate({});
    let hints = 0;
    let tried = false; // since the numbers were drawn
    let solved = false;

    const element = (tag, text) => Object.assign(global.document.createElement(tag), { textContent: text });

    /** What the reader may ask for now. Hints come one by one; the solution after an attempt. */
    function offer() {
      button.hint.disabled = hints === 2 || solved;
      button.hint.textContent = hints ? "Second hint" : "Hint";
      button.solution.disabled = !tried || !help[2].hidden;
    }

    function say(head, kind, { keys = [], words = [], after = [] }) {
      const said = keys.flatMap((key) => {
        const text = feedback.querySelector(`[data-feedback="${CSS.escape(key)}"]`);
        return text ? [...text.cloneNode(true).childNodes] : [];
      });
      const sentences = (texts) => texts.map((text) => element("p", text));
      verdict.dataset.verdict = kind;
      verdict.replaceChildren(...(head ? [element("strong", head)] : []), ...sentences(words), ...said, ...sentences(after));
      showNumbers(shownIn(verdict));
    }

    function showNumbers({ numbers, relations }) {
      for (const number of numbers) number.update(values);
      for (const relation of relations) relation();
    }

    function reveal() {
      const figure = spec.figure && global.document.querySelector(`figure.live[data-figure="${spec.figure}"]`);
      if (!figure?.moveSliders) return [];
      figure.moveSliders(Object.fromEntries(Object.entries(spec.reveal).map(([slider, value]) => [slider, typeof value === "string" ? values[value] : value])));
      return ["The figure now shows it."];
    }

    function markInvalid(invalid = []) {
      for (const input of fieldset.querySelectorAll("input")) {
        if (invalid.includes(input)) input.setAttribute("aria-invalid", "true");
        else input.removeAttribute("aria-invalid");
      }
    }

    function check() {
      const judged = JUDGES[spec.kind](section, spec, values);
      markInvalid(judged.invalid);
      if (judged.invalid) {
        say("", "unread", judged);
        judged.invalid[0].focus();
        return;
      }
      tried = true;
      solved = judged.right;
      judged.after = reveal();
      say(judged.right ? "✓ Right." : "✗ Not yet.", judged.right ? "right" : "wrong", judged);
      record(id, (before) => ({ tries: before.tries + 1, solved, hints, revealed: !help[2].hidden }));
      offer();
    }

    function unfold(part) {
      part.hidden = false;
      part.open = true;
      part.querySelector("summary").focus();
      record(id, (before) => ({ hints: Math.max(before.hints, hints), revealed: before.revealed || part === help[2] }));
      offer();
    }

    /** Another round: nothing answered, nothing unfolded. */
    function clear() {
      hints = 0;
      tried = solved = false;
      for (const part of help) part.hidden = true;
      verdict.replaceChildren();
      delete verdict.dataset.verdict;
      offer();
    }

    const actions = {
      hint: () => unfold(help[hints++]),
      solution: () => unfold(help[2]),
      another() {
        const inputs = drawInputs(spec, Math.random, calculate);
        if (!inputs) return say("", "unread", { words: ["No other numbers were found."] });
        values = calculate(inputs);
        form.reset();
        markInvalid();
        clear();
        showNumbers(shown);
        say("", "new", { words: ["Here are new numbers."] });
        fieldset.querySelector("input")?.focus();
      },
    };
    for (const [name, action] of Object.entries(actions)) button[name]?.addEventListener("click", action);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      check();
    });
    for (const move of section.querySelectorAll("[data-move]")) move.addEventListener("click", () => shift(move));

    function shift(move) {
      const item = move.closest("li");
      const list = item.parentElement;
      const items = [...list.children];
      const from = items.indexOf(item);
      const to = from + Number(move.dataset.move);
      if (to < 0 || to >= items.length) return;
      list.insertBefore(item, items[to + (to > from ? 1 : 0)]);
      move.focus();
      say("", "new", { words: [`Now step ${to + 1} of ${items.length}.`] });
    }

    function showState(progress) {
      const { state: name, text } = stateOf(progress[id]);
      state.dataset.state = name;
      state.textContent = name === "new" ? "" : text;
    }

    showNumbers(shown);
    clear();
    fieldset.disabled = button.check.disabled = false;
    if (button.another) button.another.disabled = false;
    section.dataset.live = "";
    section.presentValues = () => ({ ...values }); // for tests and the curious
    return showState;
  }

  // ---------------------------------------------------------------------------------------------
  // Progress on the page.

  const tally = (ids, progress) => ids.filter((id) => progress[id]?.solved).length;

  /** A line above a page's exercises, or else its first question: how many are solved. */
  function mountCount(sections) {
    const line = global.document.createElement("p");
    line.className = "question-progress";
    const heading = global.document.querySelector("section#exercises > h2");
    if (heading) heading.after(line);
    else sections[0].before(line);
    const ids = sections.map((section) => section.dataset.question);
    const root = global.document.documentElement.dataset.content_root;
    return (progress) => {
      const solved = tally(ids, progress);
      line.textContent = `${solved} of ${ids.length} questions on this page solved. `;
      const link = Object.assign(global.document.createElement("a"), { href: `${root}chapters/progress.html`, textContent: "Your progress" });
      line.append(link, ".");
    };
  }

  /** The overview of all chapters, as progress.py writes it. */
  function mountOverview(overview) {
    const status = overview.querySelector(".progress-status");
    const rows = [...overview.querySelectorAll("[data-progress]")];
    const say = (text) => { status.textContent = text; };
    const actions = {
      export() {
        const text = JSON.stringify({ version: VERSION, questions: readProgress() }, null, 1);
        const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
        Object.assign(global.document.createElement("a"), { href: url, download: "backpropagation-progress.json" }).click();
        setTimeout(() => URL.revokeObjectURL(url), 1000);
        say("Exported. Keep the file, or import it in another browser.");
      },
      import: () => overview.querySelector("input[type=file]").click(),
      reset() {
        if (!global.confirm("Forget all progress in this browser? Export it first if you may want it back.")) return;
        writeProgress({});
        say("All progress is forgotten.");
      },
    };
    for (const button of overview.querySelectorAll("button[data-action]")) {
      button.disabled = false;
      button.addEventListener("click", actions[button.dataset.action]);
    }
    overview.querySelector("input[type=file]").addEventListener("change", async (event) => {
      const [file] = event.target.files;
      if (!file) return;
      try {
        const imported = parseProgress(await file.text());
        writeProgress(mergeProgress(readProgress(), imported));
        const n = Object.keys(imported).length;
        say(`Imported ${n} ${n === 1 ? "question" : "questions"}; where this browser was further, it keeps its own.`);
      } catch (error) {
        say(error.message);
      }
      event.target.value = ""; // the same file may be chosen again
    });
    overview.dataset.live = "";
    return (progress) => {
      for (const row of rows) {
        const { state, text } = stateOf(progress[row.dataset.progress]);
        row.dataset.state = state;
        row.textContent = text;
      }
      for (const total of overview.querySelectorAll("[data-total]")) {
        const ids = [...total.closest("[data-group]").querySelectorAll("[data-progress]")].map((row) => row.dataset.progress);
        total.textContent = `${tally(ids, progress)} of ${ids.length} solved`;
      }
      overview.querySelector(".progress-blocked").hidden = !memory.blocked;
    };
  }

  /** Everything of ours below an element; returns how to undo what outlives it. */
  function mountAll(root) {
    // Stored outputs in Jupyter stay still, as figures do; `render` mounts the widgets.
    const here = (element) => root !== global.document || !element.closest(".jp-OutputArea, .jupyter-widgets");
    const fresh = (selector) => [...root.querySelectorAll(`${selector}:not([data-live])`)].filter(here);
    const sections = fresh("section.question");
    const refreshes = sections.map((section) => mount(section));
    if (sections.length && root === global.document) refreshes.push(mountCount(sections));
    refreshes.push(...fresh(".progress-overview").map(mountOverview));
    const refresh = () => {
      const progress = readProgress();
      for (const one of refreshes) one(progress);
    };
    refresh();
    global.document.addEventListener("backprop-progress", refresh);
    const otherTab = (event) => { if (event.key === KEY || event.key === null) refresh(); };
    global.addEventListener("storage", otherTab);
    // A page gone back to may be shown as it was left, and heard of nothing meanwhile.
    const shownAgain = (event) => { if (event.persisted) refresh(); };
    global.addEventListener("pageshow", shownAgain);
    return () => {
      global.document.removeEventListener("backprop-progress", refresh);
      global.removeEventListener("storage", otherTab);
      global.removeEventListener("pageshow", shownAgain);
    };
  }

  /** @param {{model: any, el: HTMLElement}} context  anywidget's render */
  function render({ model: widget, el }) {
    el.innerHTML = widget.get("html");
    const stop = mountAll(el);
    const release = keepKeys(el);
    return () => {
      stop();
      release();
    };
  }

  global.backpropQuestions = { render, calculator, drawInputs, parseNumber, parseShape, mergeProgress };

  // In a page, once the document is there. In Jupyter, `render` mounts them.
  const start = () => mountAll(global.document);
  if (global.document.readyState === "loading") global.document.addEventListener("DOMContentLoaded", start);
  else start();
})(globalThis);
