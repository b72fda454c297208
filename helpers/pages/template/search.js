// A search over all pages: the words are in a file that is asked for once somebody searches.
{
  const [field, list] = ["find", "found"].map((id) => document.getElementById(id));
  let sections = null;
  const plain = (text) => text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");

  function show() {
    const words = plain(field.value).split(/\s+/).filter(Boolean);
    list.replaceChildren();
    if (!sections || !words.length) return;
    const score = ({ title, text }) => {
      const [head, body] = [plain(title), plain(text)];
      if (!words.every((word) => head.includes(word) || body.includes(word))) return 0;
      return words.reduce((sum, word) => sum + 10 * head.includes(word) + body.split(word).length - 1, 1);
    };
    const found = sections.map((section) => [score(section), section]).filter(([points]) => points);
    found.sort(([one], [other]) => other - one);
    for (const [, { page, id, title, text }] of found.slice(0, 8)) {
      const link = document.createElement("a");
      link.href = `${page}.html#${encodeURIComponent(id)}`;
      link.textContent = title;
      link.addEventListener("click", () => (field.value = "") || show());
      const at = Math.max(0, plain(text).indexOf(words[0]) - 40);
      const item = document.createElement("li");
      item.append(link, ` ${at ? "…" : ""}${text.slice(at, at + 110)}…`);
      list.append(item);
    }
    if (!found.length) list.append(Object.assign(document.createElement("li"), { textContent: "Nothing found." }));
  }

  globalThis.owmuFind = (words) => {
    sections = words;
    show();
  };
  field.parentElement.hidden = false; // without JavaScript there is no search
  field.addEventListener("focus", () => {
    const script = Object.assign(document.createElement("script"), { src: "search-index.js" });
    document.head.append(script);
  }, { once: true });
  field.addEventListener("input", show);
  field.parentElement.addEventListener("keydown", ({ key }) => key === "Escape" && ((field.value = ""), show()));
}
