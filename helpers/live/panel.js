// A panel: a question to answer first, presets, one labelled slider or choice per control, Run and Stop where the
// function takes its time, the picture, and the sentence that says what it shows.
// At most one move is on its way to the kernel; whatever the sliders pass over meanwhile is dropped but for the last.

const LINE = 1.5; // height of a line of the sentence, in em
const PATIENCE = 4000; // milliseconds without an answer before the panel says so and may ask again
const WAITING = "Waiting for the kernel. Is another cell still running?";
const LOST = "This panel has lost its kernel. Choose Run → Run All Cells.";
const GONE =
  "The Jupyter server has gone; this picture is the last one. Start the server again (on Binder, by the link that " +
  "brought you here), open this notebook and choose Run → Run All Cells.";
const UNLOADED = "The picture could not be loaded; this one is the last.";

// JupyterLab, Notebook and Voila say here how to reach their server. Where they do not, a kernel may or may not answer.
const page = document.getElementById("jupyter-config-data");

function make(tag, className, parent) {
  const node = document.createElement(tag);
  node.className = className;
  parent.append(node);
  return node;
}

function labelledRow(control, panelId, parent, tag, className) {
  const row = make("div", "owmu-row", parent);
  const label = make("label", "owmu-name", row);
  const input = make(tag, className, row);
  input.id = `${panelId}-${control.name}`;
  label.htmlFor = input.id;
  label.textContent = control.name;
  return { row, input };
}

function sliderRow(control, panelId, parent, onMove) {
  const { row, input } = labelledRow(control, panelId, parent, "input", "owmu-range");
  const value = make("output", "owmu-value", row);
  input.type = "range";
  value.htmlFor = input.id;
  let stops = null; // where a page has some settings only, the slider counts them
  const number = () => Number(stops ? stops[input.value] : input.value);
  const show = () => {
    const text = stops ? number() : input.value;
    value.textContent = text;
    input.setAttribute("aria-valuetext", text);
  };
  input.addEventListener("input", () => {
    show();
    onMove();
  });
  return {
    name: control.name,
    value: number,
    set({ first, last, step, value, ...given }) {
      stops = given.stops ?? null;
      if (stops) [first, last, step, value] = [0, stops.length - 1, 1, stops.indexOf(value)];
      Object.assign(input, { min: first, max: last, step, value });
      show();
    },
  };
}

// What moves with presets alone.
function fixedRow(control, panelId, parent) {
  const row = make("div", "owmu-row owmu-fixed", parent);
  make("span", "owmu-name", row).textContent = control.name;
  const shown = make("span", "owmu-value", row);
  let value = null;
  return { name: control.name, value: () => value, set: (given) => (shown.textContent = value = given.value) };
}

function choiceRow(control, panelId, parent, onMove) {
  const { input } = labelledRow(control, panelId, parent, "select", "owmu-choice");
  control.choices.forEach((choice) => input.add(new Option(choice)));
  input.addEventListener("input", onMove);
  return { name: control.name, value: () => input.value, set: ({ value }) => (input.value = value) };
}

function pressButton(text, className, parent, onPress) {
  const button = make("button", className, parent);
  button.type = "button";
  button.textContent = text;
  button.addEventListener("click", onPress);
  return button;
}

function runRow(parent, onRun, onStop) {
  const row = make("div", "owmu-run", parent);
  pressButton("▶ Run", "owmu-button owmu-start", row, onRun);
  const stop = pressButton("■ Stop", "owmu-button", row, onStop);
  const bar = make("progress", "owmu-progress", row);
  bar.setAttribute("aria-label", "progress of the run");
  return (running, progress) => {
    stop.setAttribute("aria-disabled", !running); // not disabled: a button that has the focus would lose it
    bar.value = progress;
  };
}

async function serverIsGone({ kernel }) {
  if (!page || !kernel) return false;
  try {
    const answer = await fetch(`${JSON.parse(page.textContent).baseUrl}api/kernels/${kernel.id}`, { cache: "no-store" });
    const json = answer.headers.get("content-type")?.includes("json");
    return !json || answer.status >= 500 || answer.status === 424; // with which a hub says that it has stopped a server
  } catch {
    return true;
  }
}

// Whether each cell begins a section. JupyterLab knows it also of cells that it leaves out of the page.
function sections({ context }) {
  const begins = ({ type, sharedModel }) =>
    type === "markdown" && /^#{1,2} /m.test(sharedModel.source.replace(/^```[^]*?^```/gm, ""));
  return Array.from(context?.model?.cells ?? [], begins);
}

// The cells after a closed panel's own, up to the next heading, explain what the panel will show.
function hideExplanations(cells, begins) {
  let [closed, next] = [false, 0];
  for (const cell of cells) {
    const place = Number(cell.dataset.windowedListIndex);
    if (cell.querySelector("h1, h2") || begins.slice(next, place + 1).includes(true)) closed = false;
    next = place + 1;
    cell.classList.toggle("owmu-hidden", closed);
    closed ||= cell.querySelector(".owmu-closed:not(.owmu-asleep)") !== null;
  }
}

const ASK_ONE = "Predict first; then the panel opens, and what it shows is explained.";
const ASK_ALL = "Answer all; then the panel opens, and what it shows is explained.";

function predictRow({ question, answers, longest }, unanswered, panel, onPredict) {
  const group = make("div", "owmu-predict", panel);
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", question || "your prediction");
  if (question) make("div", "owmu-question", group).textContent = question;
  const row = make("div", "owmu-answers", group);
  const buttons = answers.map((answer) => pressButton(answer, "owmu-button", row, () => onPredict(answer)));
  const skip = pressButton("skip", "owmu-button owmu-skip", row, () => onPredict(null));
  const said = make("div", "owmu-said", group);
  said.setAttribute("aria-live", "polite");
  said.dataset.longest = longest;
  const verdict = make("span", "owmu-verdict", said);
  return ({ open, chosen, right, said: words }) => {
    buttons.forEach((button) => {
      button.setAttribute("aria-pressed", button.textContent === chosen);
      button.classList.toggle("owmu-right", button.textContent === right);
    });
    [...buttons, skip].forEach((button) => button.setAttribute("aria-disabled", open));
    const text = open ? words : unanswered;
    if (verdict.textContent !== text) verdict.textContent = text;
  };
}

function render({ model, el }) {
  const id = `owmu-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;
  const panel = make("div", "owmu-panel", el);
  const manager = model.widget_manager ?? {};

  const questions = model.get("predictions");
  const several = questions.length > 1;
  const showPredictions = questions.map((asked, question) =>
    predictRow(asked, several ? "" : ASK_ONE, panel, (answer) => {
      if (!model.get("predictions")[question].open) ask({ predict: { [question]: answer } });
    }),
  );
  if (several) make("div", "owmu-said owmu-all", panel).textContent = ASK_ALL;
  const presets = make("div", "owmu-presets", panel);
  const controls = make("div", "owmu-controls", panel);
  const rows = model.get("controls").map((control) => {
    const row = control.fixed ? fixedRow : "choices" in control ? choiceRow : sliderRow;
    return row(control, id, controls, () => move(control.name));
  });
  for (const { name, values } of model.get("presets")) {
    pressButton(name, "owmu-button", presets, () => {
      chosen = { ...values };
      ask({ values });
    });
  }
  const runs = model.get("running") !== undefined;
  const showRun = runs && runRow(panel, () => ask({ ...moved(), run: true }), () => ask({ ...moved(), stop: true }));
  const frame = make("div", "owmu-frame", panel);
  const canvas = make("canvas", "owmu-picture", frame);
  const problem = make("div", "owmu-problem", frame);
  const sentence = make("p", "owmu-sentence", panel);
  const printed = make("pre", "owmu-printed", panel);
  printed.tabIndex = 0; // for who scrolls by keyboard
  printed.setAttribute("aria-label", "printed");
  const [width, height] = model.get("size");
  canvas.style.aspectRatio = `${width} / ${height}`;
  canvas.style.width = `${width}px`;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-labelledby", `${id}-sentence`);
  problem.setAttribute("role", "alert");
  sentence.id = `${id}-sentence`;
  sentence.style.minHeight = `${LINE * model.get("lines")}em`; // so that the cell keeps its height

  // Plain keys move the control that has the focus, not JupyterLab's cell cursor; Ctrl+S and the like stay JupyterLab's,
  // and so do the keys that run a cell or leave it.
  const claimKeys = ({ key, target, altKey, ctrlKey, metaKey, shiftKey }) => {
    if (!panel.contains(target)) return;
    const runs = key === "Enter" && (shiftKey || altKey);
    const jupyters = ctrlKey || metaKey || runs || key === "Escape";
    target.toggleAttribute("data-lm-suppress-shortcuts", !jupyters);
    if (key === "Escape") panel.closest(".jp-Cell")?.focus();
  };
  window.addEventListener("keydown", claimKeys, true);

  let chosen = {}; // values of a preset that the controls do not show yet
  let answer = {}; // values with which the panel opened
  let ticket = 0;
  let sent = null; // the ticket that waits for its answer
  let next = null; // the newest move that has not been sent
  let timer = null;
  let gone = false;
  panel.classList.toggle("owmu-asleep", page === null); // not shown until a kernel has answered

  // Pixels of the screen to a pixel of the picture, which a slide shows larger.
  const density = () => (window.devicePixelRatio || 1) * Math.max(1, canvas.clientWidth / width);

  function ask(content) {
    const run = next?.run && !content.stop; // a move right after Run does not undo it
    const predict = { ...next?.predict, ...content.predict }; // nor does an answer undo the one before
    if (!next?.reset) next = { ...content, predict, ...(run && { run }) };
    if (sent === null) send();
    else if (timer === null) timer = setTimeout(complain, PATIENCE);
  }

  function send(patient = PATIENCE) {
    clearTimeout(timer);
    timer = null;
    sent = `${id}/${++ticket}`;
    try {
      model.send({ ...next, density: density(), ticket: sent });
      if (patient !== null) timer = setTimeout(complain, patient);
    } catch {
      sent = null; // the kernel was shut down or restarted, so no answer will come
      say(LOST);
    }
    next = null;
  }

  async function complain() {
    say(WAITING);
    sent = null;
    if (next !== null) send();
    if ((await serverIsGone(manager)) && problem.textContent === WAITING) say(GONE);
  }

  function moved() {
    return { values: { ...Object.fromEntries(rows.map((row) => [row.name, row.value()])), ...chosen } };
  }

  function move(name) {
    delete chosen[name];
    ask(moved());
  }

  const newcomers = new MutationObserver(openOrClose); // JupyterLab adds cells to the page as they come into view

  function openOrClose() {
    const closed = !gone && model.get("predictions").some(({ open }) => !open);
    if (!closed && !panel.classList.contains("owmu-closed")) return; // as it was, at every move
    panel.classList.toggle("owmu-closed", closed);
    if (!closed) answer = Object.fromEntries(model.get("controls").map(({ name, value }) => [name, value]));
    const notebook = panel.closest(".jp-Cell")?.parentElement;
    newcomers.disconnect();
    if (notebook) hideExplanations(notebook.children, sections(manager));
    if (notebook && closed) newcomers.observe(notebook, { childList: true });
  }

  function whenPlaced(act) {
    if (panel.isConnected) act();
    else if (!gone) requestAnimationFrame(() => whenPlaced(act));
  }

  function say(text) {
    problem.textContent = text;
    panel.classList.toggle("owmu-has-problem", text !== "");
  }

  // A kernel sends the picture; a page without one has a model that loads it by its name.
  async function paint() {
    const png = model.get("png");
    const load = model.load ?? ((bytes) => createImageBitmap(new Blob([bytes], { type: "image/png" })));
    const picture = await load(png).catch(() => null);
    if (png !== model.get("png")) return; // a newer picture came while this one was decoded
    if (!picture) return say(UNLOADED);
    canvas.width = picture.width;
    canvas.height = picture.height;
    canvas.getContext("2d").drawImage(picture, 0, 0);
    picture.close?.();
  }

  function update() {
    const answersUs = model.get("answered") === sent;
    if (answersUs) {
      sent = null;
      clearTimeout(timer);
      timer = null;
      panel.classList.remove("owmu-asleep");
    }
    if (next === null && sent === null) {
      chosen = {};
      model.get("controls").forEach((control, index) => rows[index].set(control));
    }
    model.get("predictions").forEach((state, question) => showPredictions[question](state));
    openOrClose();
    if (runs) showRun(model.get("running"), model.get("progress"));
    sentence.setAttribute("aria-live", model.get("running") ? "off" : "polite"); // the end of a run is news enough
    if (sentence.textContent !== model.get("sentence")) sentence.textContent = model.get("sentence");
    printed.textContent = model.get("printed");
    say(model.get("problem"));
    paint();
    if (answersUs && next !== null) send();
  }

  if (model.get("pointable")) {
    canvas.classList.add("owmu-pointable");
    const point = (event) => {
      const box = canvas.getBoundingClientRect();
      ask({ point: [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height] });
    };
    // A finger that moves scrolls the page; a tap points.
    let touched = false;
    canvas.addEventListener("click", (event) => touched && point(event));
    canvas.addEventListener("pointerdown", (event) => {
      touched = event.pointerType === "touch";
      if (touched || event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      point(event);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (event.buttons === 1 && !touched) point(event);
    });
  }

  model.on("change", update);
  update();
  whenPlaced(openOrClose);
  if (density() !== 1 || page === null) {
    // The kernel drew the first picture before it knew this screen. It may be busy with other cells: nobody waits.
    next = { values: {} };
    send(null);
  }
  let drawnAt = density();
  const sharpen = () => {
    if (density() === drawnAt) return; // another size of the window, not of a pixel
    drawnAt = density();
    ask(moved());
  };
  const room = new ResizeObserver(sharpen);
  room.observe(canvas);
  window.addEventListener("resize", sharpen);
  // For who presents: a move of a plan away from what shows the answer, which is kept; back to where the controls were;
  // and a panel as it was for the next class.
  const go = (values) => {
    chosen = { ...values };
    ask({ values });
  };
  let left = null; // where the controls were before a look at the answer
  el.addEventListener("owmu-move", ({ detail }) => go({ ...answer, ...detail }));
  el.addEventListener("owmu-answer", () => {
    left ??= moved().values;
    go(answer);
  });
  el.addEventListener("owmu-return", () => {
    if (left) go(left);
    left = null;
  });
  el.addEventListener("owmu-reset", () => {
    left = null;
    ask({ reset: true });
  });
  return () => {
    room.disconnect();
    window.removeEventListener("resize", sharpen);
    clearTimeout(timer);
    gone = true;
    openOrClose();
    window.removeEventListener("keydown", claimKeys, true);
    model.off("change", update);
  };
}

export default { render };
