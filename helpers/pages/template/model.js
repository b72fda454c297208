// The model of a panel on a page without a kernel: it answers from a table that was made when the page was built.

const AHEAD = 60; // pictures that are kept for when they are needed

const pictures = new Map();

function load(name) {
  if (!pictures.has(name)) {
    const image = new Image();
    image.src = `pictures/${name}`;
    const loaded = image.decode().then(() => image);
    loaded.catch(() => pictures.delete(name)); // the next move asks again
    pictures.set(name, loaded);
    if (pictures.size > AHEAD) pictures.delete(pictures.keys().next().value);
  }
  return pictures.get(name);
}

function nearest(stops, value) {
  if (typeof stops[0] !== "number") return Math.max(0, stops.indexOf(value));
  const off = stops.map((stop) => Math.abs(stop - value));
  return off.indexOf(Math.min(...off));
}

function makeModel(table) {
  const heard = new Set();
  const fixed = new Set(table.fixed);
  const runs = table.runs.length > 0;
  let values = table.starts;
  let answers = []; // to each question
  let place = 0; // of what is shown, among the rows
  let ran = null; // the values of the last run, their place, and what it showed last
  let before = null;
  let last = null;
  let timer = null;
  const closed = () => table.questions.map((question) => question.closed);
  const state = { ...table.state, predictions: closed(), problem: "", printed: "", answered: "" };
  if (runs) Object.assign(state, { running: false, progress: 0 });
  const tell = () => heard.forEach((hear) => hear());

  function find(wanted) {
    const [found, stops] = [{}, {}];
    let node = table.tree;
    for (const name of table.names) {
      const at = nearest(node[0], wanted[name]);
      [found[name], stops[name], node] = [node[0][at], node[0], node[1][at]];
    }
    table.marks.forEach((kinds, question) => (node = node[1][node[0].indexOf(kinds[answers[question] ?? ""])]));
    return { found, stops, row: node };
  }

  function show([sentence, picture, problem, printed]) {
    state.problem = table.texts[problem] ?? "";
    state.printed = table.texts[printed] ?? "";
    if (state.problem && state.png) return; // the last good picture stays
    Object.assign(state, { sentence: table.texts[sentence], png: table.pictures[picture] });
  }

  function move(wanted) {
    const { found, stops, row } = find({ ...values, ...wanted });
    [values, place] = [found, row];
    state.controls = table.state.controls.map((control) => {
      return { ...control, stops: stops[control.name], value: found[control.name] };
    });
    show(last ?? table.rows[row]);
    if (ran && table.names.some((name) => ran[name] !== values[name])) state.sentence = table.moved + state.sentence;
    lookAhead();
  }

  function lookAhead() {
    const next = [];
    const open = state.predictions.every((question) => question.open);
    if (!open) next.push(Object.assign({}, ...table.questions.map((question) => question.reveal)));
    for (const { name, stops, value, choices } of open ? state.controls : []) {
      const at = stops.indexOf(value);
      if (choices) next.push(...stops.map((stop) => ({ [name]: stop })));
      else next.push(...[at - 1, at + 1].filter((stop) => stop in stops).map((stop) => ({ [name]: stops[stop] })));
    }
    for (const each of next) load(table.pictures[table.rows[find({ ...values, ...each }).row][1]]).catch(() => {});
  }

  function predict(question, answer) {
    const { closed, said, reveal } = table.questions[question];
    answers[question] = answer ?? "";
    const told = { ...closed, ...said[answers[question]] };
    state.predictions = state.predictions.map((asked, number) => (number === question ? told : asked));
    move(reveal);
  }

  function stop() {
    clearTimeout(timer);
    if (state.running) before = null; // what a run leaves behind is recorded of whole runs only
    if (runs) state.running = false;
  }

  function run() {
    const { pause, after, frames: alone } = table.runs[place];
    const frames = (ran && after?.[before]) ?? alone;
    frames.forEach(([, , picture]) => load(table.pictures[picture]).catch(() => {}));
    [ran, before] = [values, place];
    state.running = true;
    const step = (number) => {
      const [progress, ...shown] = frames[number];
      [last, state.progress] = [shown, progress];
      move({});
      if (number + 1 < frames.length) timer = setTimeout(step, pause, number + 1);
      else finish();
      tell();
    };
    step(0);
  }

  function finish() {
    state.running = false;
    if (table.names.some((name) => ran[name] !== table.starts[name])) return;
    state.predictions = state.predictions.map((said, number) => {
      return said.open ? { ...said, ...table.questions[number].shown[answers[number]] } : said;
    });
  }

  function reset() {
    stop();
    [ran, last, answers] = [null, null, []];
    if (runs) state.progress = 0;
    state.predictions = closed();
    move(table.starts);
  }

  function point([x, y]) {
    const { across, down, targets, grids, of } = table.pointing;
    const grid = grids[of[place]];
    let left = Math.floor(y * down) * across + Math.floor(x * across);
    let at = 0;
    while (at < grid.length && left >= grid[at]) (left -= grid[at]), (at += 2);
    const target = targets[grid[at + 1] - 1];
    if (target) move(target);
  }

  function answer(message) {
    if (message.stop) stop();
    if (message.reset) reset();
    for (const [question, chosen] of Object.entries(message.predict ?? {})) predict(Number(question), chosen);
    if (message.point) point(message.point);
    else if (message.values) move(message.values);
    state.answered = message.ticket;
    if (message.run) stop(), run();
    else tell();
  }

  move({});
  return {
    get: (name) => state[name],
    on: (_, hear) => heard.add(hear),
    off: (_, hear) => heard.delete(hear),
    send: (message) => queueMicrotask(() => answer(message)),
    load,
  };
}

// A script of each table calls this once the page stands.
globalThis.owmu = (name, table) => {
  for (const place of document.querySelectorAll(`[data-panel="${name}"]`)) {
    if ("open" in place.dataset) table = { ...table, questions: [] };
    render({ model: makeModel(table), el: place });
    if (table.note) make("p", "note", place).textContent = table.note;
  }
};
