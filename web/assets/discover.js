// Search as you type. Without this script the same form asks the server.
"use strict";
(() => {
  const form = document.getElementById("find");
  const input = document.getElementById("q");
  const hits = document.getElementById("hits");
  const browse = document.getElementById("browse");
  const said = document.getElementById("said");
  if (!form || !input || !hits || !browse || !said) return;

  // A line that gives no answer for so long is given up.
  const PATIENCE_MS = 4000;
  // The count is spoken when the reader pauses, not at every key.
  const PAUSE_MS = 400;

  let options = [];
  let active = -1;
  let asking = null;
  let answered = "";
  let saying = 0;

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", "hits");
  input.setAttribute("aria-expanded", "false");

  const piece = (tag, cls, text) => {
    const node = document.createElement(tag);
    if (cls) node.className = cls;
    if (text) node.textContent = text;
    return node;
  };

  const line = (tag, parts) => {
    const node = document.createElement(tag);
    for (const [text, marked] of parts) node.append(marked ? piece("mark", "", text) : text);
    return node;
  };

  const rowOf = (item, place) => {
    const open = !item.closed;
    const row = piece(open ? "a" : "div", open ? "row" : "row off");
    if (open) row.href = form.dataset.choose + encodeURIComponent(item.id);
    else row.setAttribute("aria-disabled", "true");
    row.id = "hit-" + place;
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", "false");
    const tile = piece("span", open ? "tile" : "tile off", item.tile);
    tile.setAttribute("aria-hidden", "true");
    const words = piece("span", "t");
    words.append(line("b", item.name), line("span", item.sub));
    row.append(tile, words);
    if (item.chip) row.append(piece("span", "chip " + item.tone, item.chip));
    const holder = document.createElement("li");
    holder.setAttribute("role", "presentation");
    holder.append(row);
    return [holder, row];
  };

  const point = (place) => {
    if (options[active]) options[active].setAttribute("aria-selected", "false");
    active = place;
    const row = options[active];
    if (!row) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    row.setAttribute("aria-selected", "true");
    row.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", row.id);
  };

  const say = (text) => {
    clearTimeout(saying);
    if (text) saying = setTimeout(() => { said.textContent = text; }, PAUSE_MS);
    else said.textContent = "";
  };

  const clear = () => {
    answered = "";
    hits.replaceChildren();
    hits.hidden = true;
    browse.hidden = false;
    say("");
    options = [];
    point(-1);
    input.setAttribute("aria-expanded", "false");
  };

  const show = (found) => {
    // A later answer keeps the row that an arrow already points at.
    const pointed = options[active] && options[active].href;
    const lines = found.items.map(rowOf);
    // From now on arrows choose from it; what the server found is a list of links.
    hits.setAttribute("role", "listbox");
    hits.setAttribute("aria-label", input.getAttribute("aria-label"));
    hits.replaceChildren(...lines.map(([holder]) => holder));
    options = lines.map(([, row]) => row);
    hits.hidden = options.length === 0;
    browse.hidden = options.length > 0;
    input.setAttribute("aria-expanded", String(options.length > 0));
    say(found.said);
    active = -1;
    point(pointed ? options.findIndex((row) => row.href === pointed) : -1);
  };

  // At once, and one question at a time: who types faster than the line answers sees the
  // answers that come, and the last one is always asked for.
  const ask = async () => {
    const query = input.value.trim();
    if (asking || query === answered) return;
    if (!query) return clear();
    asking = new AbortController();
    const over = setTimeout(() => asking.abort(), PATIENCE_MS);
    try {
      const answer = await fetch(form.dataset.search + encodeURIComponent(query), {
        signal: asking.signal,
        headers: { accept: "application/json" },
        credentials: "same-origin",
      });
      if (!answer.ok) throw new Error(answer.status);
      const found = await answer.json();
      if (input.value.trim()) show(found);
    } catch (fault) {
      clear();
    }
    clearTimeout(over);
    asking = null;
    answered = query;
    ask();
  };

  input.addEventListener("input", (event) => {
    if (!event.isComposing) ask();
  });
  input.addEventListener("compositionend", ask);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const last = options.length - 1;
    if (event.key === "ArrowDown" && last >= 0) point(active >= last ? 0 : active + 1);
    else if (event.key === "ArrowUp" && last >= 0) point(active <= 0 ? last : active - 1);
    else if (event.key === "Escape" && input.value) {
      input.value = "";
      clear();
    } else if (event.key === "Enter" && options[active]) {
      if (options[active].href) location.assign(options[active].href);
    } else return;
    event.preventDefault();
  });
  if (input.value && document.activeElement === input) ask();
})();
