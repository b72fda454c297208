// A field for a name and a button: the kernel makes the learner's page, and the browser puts it with its downloads.

const PATIENCE = 4000; // milliseconds without an answer before the button says so
const WAITING = "Waiting for the kernel. Is another cell still running?";
const LOST = "This button has lost its kernel. Choose Run → Run All Cells.";

function make(tag, className, parent) {
  const node = document.createElement(tag);
  node.className = className;
  parent.append(node);
  return node;
}

function download(page, file) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([page], { type: "text/html" }));
  link.download = file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function render({ model, el }) {
  const id = `owmu-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;
  const root = make("div", "owmu-save", el);
  const label = make("label", "", root);
  label.textContent = "name (if you like)";
  label.htmlFor = `${id}-name`;
  const field = make("input", "owmu-field", root);
  Object.assign(field, { id: label.htmlFor, maxLength: 60, autocomplete: "name" });
  const button = make("button", "owmu-button owmu-start", root);
  Object.assign(button, { type: "button", textContent: "Save my page" });
  const said = make("output", "owmu-saved", root);

  let [ticket, timer] = [0, null];

  function say(text) {
    clearTimeout(timer);
    said.textContent = text;
  }

  function ask() {
    say("");
    try {
      model.send({ name: field.value, ticket: `${id}/${++ticket}` });
      timer = setTimeout(say, PATIENCE, WAITING);
    } catch {
      say(LOST); // the kernel was shut down or restarted, so no answer will come
    }
  }

  function hear({ ticket: answered, file, page }) {
    root.classList.remove("owmu-asleep");
    if (answered !== `${id}/${ticket}`) return; // another window has asked
    say(`Saved: look for ${file} among the downloads of this browser.`);
    download(page, file);
  }

  // As in a panel: plain keys belong to what has the focus, and those that run a cell or leave it to JupyterLab.
  function claimKeys({ key, target, altKey, ctrlKey, metaKey, shiftKey, isComposing }) {
    if (!root.contains(target)) return;
    const jupyters = ctrlKey || metaKey || key === "Escape" || (key === "Enter" && (shiftKey || altKey));
    target.toggleAttribute("data-lm-suppress-shortcuts", !jupyters);
    if (key === "Escape") root.closest(".jp-Cell")?.focus();
    if (key === "Enter" && target === field && !jupyters && !isComposing) ask();
  }

  button.addEventListener("click", ask);
  model.on("msg:custom", hear);
  // Where no page of Jupyter is around it, a kernel may or may not answer: it is not shown until one has.
  if (document.getElementById("jupyter-config-data") === null) {
    root.classList.add("owmu-asleep");
    model.send({ name: "", ticket: "" });
  }
  window.addEventListener("keydown", claimKeys, true);
  return () => {
    clearTimeout(timer);
    model.off("msg:custom", hear);
    window.removeEventListener("keydown", claimKeys, true);
  };
}

export default { render };
