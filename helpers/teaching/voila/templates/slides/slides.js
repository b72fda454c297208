// Slides: one is on the screen. A panel opens when its question is answered; the explanation is a step of its own.

const slides = [...document.querySelectorAll(".slide")];
const stations = slides.map((slide) => JSON.parse(slide.dataset.station));
const ends = stations.map((_, place) => stations.slice(0, place + 1).reduce((sum, { minutes }) => sum + minutes, 0));
const root = document.documentElement;
const [bar, where, line, clock] = ["bar", "where", "line", "clock"].map((id) => document.getElementById(id));
let now = 0;
let begun = null; // when the first slide was left, which is when the opening has taken its minutes
let warned = null; // the slide whose question would be passed over

function make(tag, parent, text = "") {
  const node = document.createElement(tag);
  node.textContent = text;
  parent.append(node);
  return node;
}

const panelOf = (slide) => slide.querySelector(".owmu-panel");
const isClosed = (slide) => panelOf(slide)?.classList.contains("owmu-closed") ?? false;
const groupsOf = (slide) => [...slide.querySelectorAll(".owmu-predict")];
const isGiven = (group) => group.querySelector("button").ariaDisabled === "true";

// Panels come some time after the slides.

function prepare(slide) {
  for (const canvas of slide.querySelectorAll("canvas:not([style*='--aspect'])"))
    canvas.style.setProperty("--aspect", canvas.style.aspectRatio);
  for (const image of slide.querySelectorAll("img[width]"))
    image.style.setProperty("--aspect", image.getAttribute("width") / image.getAttribute("height"));
  stress(slide);
  const groups = groupsOf(slide);
  slide.classList.toggle("several", groups.length > 1);
  if (groups.length > 0 && !slide.querySelector(".now")) groups[0].classList.add("now");
  for (const button of slide.querySelectorAll(".owmu-answers > button:not(.owmu-skip)")) {
    const counted = document.createElement("span");
    counted.className = "counted";
    button.replaceWith(counted);
    const hands = document.createElement("input");
    Object.assign(hands, { inputMode: "numeric", maxLength: 3, className: "hands", placeholder: "hands" });
    hands.ariaLabel = `hands for ${button.textContent}`;
    counted.append(button, hands);
    hands.value = sessionStorage.getItem(nameOf(hands)) ?? "";
    hands.addEventListener("input", () => {
      hands.value = hands.value.replace(/\D/g, "");
      sessionStorage.setItem(nameOf(hands), hands.value); // a page that is loaded again has them
      showParts(counted.parentElement);
    });
    showParts(counted.parentElement);
  }
}

function nameOf(hands) {
  const [slide, group] = [hands.closest(".slide"), hands.closest(".owmu-predict")];
  return `${document.title}, ${slide.ariaLabel}, ${group.ariaLabel}, ${hands.ariaLabel}`;
}

// The truth stands out of what is said.
function stress(slide) {
  for (const verdict of slide.querySelectorAll(".owmu-verdict:not(:has(b))")) {
    const [, before, truth, after] = verdict.textContent.match(/^(.*?)(It is: .*?\.|So it is\.)(.*)$/) ?? [];
    if (!truth) continue;
    verdict.replaceChildren(before);
    make("b", verdict, truth);
    verdict.append(after);
  }
}

function showParts(answers) {
  const fields = [...answers.querySelectorAll(".hands")];
  const all = fields.reduce((sum, field) => sum + Number(field.value), 0);
  for (const field of fields) field.style.setProperty("--part", all ? `${(100 * field.value) / all}%` : "0%");
}

// Turning.

function show(place) {
  now = place;
  slides.forEach((slide, number) => slide.classList.toggle("current", number === place));
  if (slides[place].id === "summary") fillSummary();
  if (place > 0) begun ??= Date.now();
  bar.hidden = place === 0;
  where.textContent = stations[place].title;
  tick();
}

function step(way) {
  const slide = slides[now];
  const groups = groupsOf(slide);
  const asked = groups.findIndex((group) => group.classList.contains("now"));
  if (isClosed(slide) && groups[asked + way] && (way < 0 || isGiven(groups[asked]))) {
    groups.forEach((group, number) => group.classList.toggle("now", number === asked + way));
    return;
  }
  if (isClosed(slide) && way > 0 && !isGiven(groups[asked]) && answerAsMost(groups[asked])) return;
  if (isClosed(slide) && way > 0 && warned !== slide) {
    warned = slide;
    line.textContent = "No answer yet. Once more to go on without one.";
    return;
  }
  const run = slide.querySelector(".owmu-start");
  if (run && !isClosed(slide) && way > 0 && !slide.classList.contains("ran")) {
    slide.classList.add("ran");
    run.click();
    return;
  }
  const tells = slide.querySelector(".explanation") && !isClosed(slide);
  if (tells && slide.classList.contains("told") !== way > 0) {
    slide.classList.toggle("told", way > 0);
    send(slide, way > 0 ? "owmu-answer" : "owmu-return"); // the picture shows what is explained
  } else if (slides[now + way]) show(now + way);
}

// Where hands were counted, a step on gives the answer that most have given.
function answerAsMost(group) {
  const counted = [...group.querySelectorAll(".hands")].filter(({ value }) => Number(value) > 0);
  const most = counted.sort((one, other) => other.value - one.value)[0];
  most?.previousElementSibling.click();
  return most !== undefined;
}

function tick() {
  const last = ends.at(-1);
  if (!last || begun === null) return;
  const minute = ends[0] + Math.floor((Date.now() - begun) / 60000);
  clock.textContent = `minute ${minute} · until ${ends[now]}`;
  clock.classList.toggle("late", minute >= ends[now]);
}

// Each move of the plan answers something that a class may have said.

let moved = null;

function makeMove() {
  const slide = slides[now];
  if (!panelOf(slide) || isClosed(slide)) return;
  slide.classList.remove("told");
  if (moved?.slide !== slide) {
    const said = slide.querySelector(".owmu-answers [aria-pressed='true']")?.textContent;
    const first = stations[now].moves.filter(({ answer }) => answer === said); // what the class has said
    moved = { slide, moves: [...first, ...stations[now].moves.filter((move) => !first.includes(move))] };
  }
  const { answer, values } = moved.moves.shift() ?? {};
  if (answer) send(slide, "owmu-move", values);
  const set = Object.entries(values ?? {}).map((pair) => pair.join(" = "));
  const isAnswer = [...slide.querySelectorAll(".counted button")].some(({ textContent }) => textContent === answer);
  const why = isAnswer ? `For “${answer}”` : `More, ${answer}`;
  line.textContent = answer ? `${why}: ${set.join(", ")}` : "The plan has no more moves here.";
}

function send(slide, event, detail) {
  panelOf(slide)?.parentElement.dispatchEvent(new CustomEvent(event, { detail }));
}

// What the class has said, question by question.

function listAnswers() {
  return slides.flatMap((slide, place) =>
    groupsOf(slide).map((group) => ({
      question: group.querySelector(".owmu-question")?.textContent ?? stations[place].title,
      answers: [...group.querySelectorAll(".counted")].map(({ children: [button, hands] }) => ({
        answer: button.textContent,
        right: button.classList.contains("owmu-right"),
        hands: Number(hands.value),
      })),
    })),
  ).filter(({ answers }) => answers.some(({ hands }) => hands > 0));
}

function fillSummary() {
  const box = document.querySelector("#summary .said-by-all");
  box.replaceChildren();
  const said = listAnswers();
  if (said.length === 0) make("p", box, "No hands were counted.");
  const table = make("table", box);
  for (const { question, answers } of said) {
    const row = make("tr", table);
    make("th", row, question);
    const cell = make("td", row);
    for (const { answer, right, hands } of answers) make("span", cell, `${right ? "✔ " : ""}${answer}: ${hands}`);
    const all = answers.reduce((sum, { hands }) => sum + hands, 0);
    const right = answers.find((one) => one.right);
    row.dataset.share = right ? right.hands / all : 1;
    make("td", row, right ? `${right.hands} of ${all}` : "");
  }
  const shares = [...table.rows].map(({ dataset }) => Number(dataset.share));
  const [least, most] = [Math.min(...shares), Math.max(...shares)];
  for (const row of table.rows) row.classList.toggle("fewest", Number(row.dataset.share) === least && least < most);
  table.classList.toggle("short", said.length < 10);
  if (said.length === 0) return;
  make("button", box, "Save as a table").addEventListener("click", save);
}

function save() {
  const quote = (text) => `"${String(text).replaceAll('"', '""')}"`;
  const rows = listAnswers().flatMap(({ question, answers }) =>
    answers.map(({ answer, right, hands }) => [question, answer, right ? "right" : "", hands]),
  );
  const table = [["question", "answer", "", "hands"], ...rows].map((row) => row.map(quote).join(",")).join("\n");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([table], { type: "text/csv" }));
  link.download = `hands-${new Date().toISOString().slice(0, 16).replace(":", ".")}.csv`;
  link.click();
}

function beginAgain() {
  if (!confirm("Empty all hands, and close all panels?")) return;
  for (const field of document.querySelectorAll(".hands")) {
    field.value = "";
    sessionStorage.removeItem(nameOf(field));
  }
  document.querySelectorAll(".owmu-answers").forEach(showParts);
  slides.forEach(askAgain);
  begun = null;
  clock.textContent = "";
  show(0);
}

function askAgain(slide) {
  slide.classList.remove("told", "ran");
  groupsOf(slide).forEach((group, number) => group.classList.toggle("now", number === 0));
  send(slide, "owmu-reset");
  moved = warned = null;
}

// The overview has all slides, and says what the keys do.

const KEYS = {
  "Space, →, Page Down": "on",
  "Shift+Space, ←, Page Up": "back",
  M: "the plan's next move",
  A: "ask this question again",
  C: "the code of this cell, and away with it",
  B: "a black screen, and back",
  F: "full screen",
  "Esc, L": "this list, and back to the slide",
};

const overview = make("dialog", document.body);
overview.ariaLabel = "all slides";

function look() {
  overview.replaceChildren();
  const list = make("ol", overview);
  slides.forEach((slide, place) => {
    const button = make("button", make("li", list));
    const until = ends.at(-1) ? `until minute ${ends[place]}: ` : "";
    button.textContent = until + stations[place].title;
    button.ariaCurrent = place === now;
    button.autofocus = place === now;
    button.addEventListener("click", () => {
      overview.close();
      show(place);
    });
  });
  const keys = make("p", overview);
  for (const [key, what] of Object.entries(KEYS)) {
    make("kbd", keys, key);
    keys.append(` ${what}`, document.createElement("br"));
  }
  make("button", overview, "Begin again with another group").addEventListener("click", () => {
    overview.close();
    beginAgain();
  });
  overview.showModal();
}

// Keys turn the slides wherever the focus is. Only what was reached with Tab keeps the keys that it needs.

let tabbed = false;

function keeps(target, key) {
  const turns = key === "ArrowLeft" || key === "ArrowRight";
  return tabbed && ((turns && target.matches(".owmu-range")) || (key === " " && target.matches("button")));
}

function showCode() {
  if (isClosed(slides[now])) line.textContent = "The code comes after the question: it may tell the answer.";
  else root.classList.toggle("show-code");
}

const ACTIONS = {
  PageDown: () => step(1),
  ArrowRight: () => step(1),
  PageUp: () => step(-1),
  ArrowLeft: () => step(-1),
  " ": (event) => step(event.shiftKey ? -1 : 1),
  b: () => root.classList.toggle("blank"),
  ".": () => root.classList.toggle("blank"),
  c: showCode,
  f: () => (document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen()),
  m: makeMove,
  a: () => askAgain(slides[now]),
  l: look,
  Escape: look,
};

window.addEventListener(
  "keydown",
  (event) => {
    if (event.key === "Tab") tabbed = true;
    if (overview.open || event.ctrlKey || event.metaKey || event.altKey) return;
    const blank = root.classList.contains("blank");
    const act = ACTIONS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    const field = ["Tab", "Enter"].includes(event.key) && !event.shiftKey && nextHands(event.target);
    if (!blank && !field && (!act || keeps(event.target, event.key))) return;
    event.preventDefault();
    event.stopPropagation();
    line.textContent = "";
    if (blank) root.classList.remove("blank");
    else if (field) field.focus();
    else act(event);
  },
  true,
);

// From one number of hands to the next, past the answers, which would open the panel.
function nextHands(target) {
  const fields = [...target.closest?.(".owmu-answers")?.querySelectorAll(".hands") ?? []];
  return target.matches(".hands") && fields[fields.indexOf(target) + 1];
}

window.addEventListener("pointerdown", () => (tabbed = false), true);
window.addEventListener("input", ({ target }) => target.matches(".hands") || (line.textContent = ""));
document.addEventListener("click", ({ target }) => {
  if (target.matches(".owmu-start")) target.closest(".slide").classList.add("ran");
});

function begin() {
  slides.forEach((slide, place) => slide.classList.toggle("words", !stations[place].cell));
  const last = slides.at(-1);
  last.id = "summary";
  const box = make("div", last);
  box.className = "said-by-all";
  for (const slide of slides) {
    prepare(slide);
    new MutationObserver(() => prepare(slide)).observe(slide, { childList: true, subtree: true });
  }
  setInterval(tick, 1000);
  // Who closes the page by mistake would lose what the class said.
  window.addEventListener("beforeunload", (event) => listAnswers().length > 0 && event.preventDefault());
  show(0);
}

begin();
