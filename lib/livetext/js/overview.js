/**
 * The reader's progress on a page: how many of its questions are solved; and in all chapters.
 */

/**
 * @param {string[]} ids
 * @param {Progress} progress
 */
const tally = (ids, progress) => ids.filter((id) => progress[id]?.solved).length;

/**
 * A line above a page's exercises, or else its first question: how many are solved.
 * @param {HTMLElement[]} sections
 * @param {ProgressStore} store
 * @returns {(progress: Progress) => void}
 */
function mountCount(sections, store) {
  const heading = document.querySelector("section#exercises > h2");
  // A saved page has the line already.
  const line = document.querySelector(".question-progress") ?? document.createElement("p");
  line.className = "question-progress";
  if (heading) heading.after(line);
  else sections[0].before(line);
  const ids = [...new Set(sections.map((section) => section.dataset.question ?? ""))];
  const { content_root: root } = document.documentElement.dataset;
  return (progress) => {
    const solved = tally(ids, progress);
    const warning = store.unkept ? "This browser does not keep it. " : "";
    const link = document.createElement("a");
    link.href = `${root}chapters/progress.html`;
    link.textContent = "Your progress";
    line.replaceChildren(
      `${solved} of ${ids.length} questions on this page solved. ${warning}`,
      link,
      ".",
    );
  };
}

/**
 * The overview of all chapters, as progress.py writes it.
 * @param {HTMLElement} overview
 * @param {ProgressStore} store
 * @returns {MountedQuestion | null}  null if it is mounted already
 */
function mountOverview(overview, store) {
  const claimed = claim(overview, {});
  if (!claimed) return null;
  const { mounted, signal } = claimed;
  const status = find(overview, ".progress-status");
  const rows = all(overview, "[data-progress]");
  const chooser = /** @type {HTMLInputElement} */ (find(overview, "input[type=file]"));
  /** @param {string} text */
  const report = (text) => {
    status.textContent = text;
  };

  /** @type {Record<string, () => void>} */
  const actions = {
    export() {
      download(JSON.stringify({ version: VERSION, questions: store.read() }, null, 1));
      report("Exported. Keep the file, or import it in another browser.");
    },
    import: () => chooser.click(),
    reset() {
      const sure = "Forget all progress in this browser? Export it first if you may want it back.";
      if (!window.confirm(sure)) return;
      store.forget();
      report("All progress is forgotten.");
    },
  };
  for (const [name, button] of Object.entries(buttonsOf(overview))) {
    button.disabled = false;
    button.addEventListener("click", actions[name], { signal });
  }

  async function importFile() {
    const file = chooser.files?.[0];
    if (!file) return;
    try {
      const imported = importedFrom(await file.text(), rows.map(idOf), renamedIn(overview));
      const none = !Object.keys(imported.progress).length;
      const full =
        "Nothing was imported: this browser's storage is full or blocked. Free some space first.";
      report(none || store.merge(imported.progress) ? importWords(imported) : full);
    } catch (error) {
      report(/** @type {Error} */ (error).message);
    }
    chooser.value = ""; // the same file may be chosen again
  }
  chooser.addEventListener("change", importFile, { signal });

  /** @param {Progress} progress */
  function refresh(progress) {
    for (const row of rows) {
      const { state, text } = stateOf(progress[idOf(row)]);
      row.dataset.state = state;
      row.textContent = text;
    }
    for (const total of all(overview, "[data-total]")) {
      const group = /** @type {Element} */ (total.closest("[data-group]"));
      const ids = all(group, "[data-progress]").map(idOf);
      total.textContent = `${tally(ids, progress)} of ${ids.length} solved`;
    }
    find(overview, ".progress-blocked").hidden = !store.unkept && store.keepsMore();
  }

  overview.dataset.live = "";
  return Object.assign(mounted, { refresh });
}

/** @param {HTMLElement} row */
const idOf = (row) => row.dataset.progress ?? "";

/** @param {string} text */
function download(text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = "backpropagation-progress.json";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
