// Lamplight UI. Everything here is an extra: each page works without it.
(() => {
  "use strict";
  const root = document.documentElement;
  const $ = (q, at = document) => at.querySelector(q);
  const $$ = (q, at = document) => [...at.querySelectorAll(q)];
  const say = (text) => { const live = $("#say"); if (live) live.textContent = text; };
  const store = {
    get(key) { try { return localStorage.getItem(key); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(key, value); } catch { /* private mode */ } },
  };
  root.dataset.js = "";

  // Theme. The server writes data-theme from the cookie, so that no page flashes; this is the switch.
  const isDark = () => root.dataset.theme
    ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const setTheme = (name) => {
    root.dataset.theme = name;
    document.cookie = `theme=${name};path=/;max-age=31536000;samesite=lax`;
  };

  // Relative times, by the server's clock: data-now is when the page was written.
  const skew = Date.parse(root.dataset.now || new Date().toISOString()) - Date.now();
  const steps = [[60, "s", 1], [3600, "min", 60], [86400, "h", 3600], [Infinity, "d", 86400]];
  const ago = (date) => {
    const seconds = Math.round((Date.now() + skew - date) / 1000);
    const size = Math.abs(seconds);
    const [, unit, per] = steps.find(([limit]) => size < limit);
    const text = `${Math.floor(size / per)} ${unit}`;
    return seconds < 0 ? `in ${text}` : `${text} ago`;
  };
  const tick = () => $$("time[data-rel]").forEach((at) => {
    const text = ago(Date.parse(at.dateTime));
    if (at.textContent !== text) at.textContent = text;
  });
  setInterval(tick, 10_000);

  // JSON fields: say what is wrong, and where, before anything is sent. The server checks again.
  const kind = (value) => Array.isArray(value) ? "array" : value === null ? "null" : typeof value;
  const checkJson = (area) => {
    const hint = document.getElementById(`${area.id}-h`);
    const text = area.value.trim();
    let problem = "";
    if (text) {
      try {
        const found = kind(JSON.parse(text));
        if (area.dataset.json !== "json" && found !== area.dataset.json) {
          problem = `expected ${area.dataset.json}, found JSON of type ${found}`;
        }
      } catch (error) {
        problem = `not valid JSON: ${error.message.replace(/^JSON.parse: /, "")}`;
      }
    }
    area.setAttribute("aria-invalid", String(Boolean(problem)));
    const word = $("[data-word]", hint);
    hint.className = problem ? "hint bad" : text ? "hint ok" : "hint";
    word.textContent = problem || (text ? `valid ${area.dataset.json === "json" ? "JSON" : area.dataset.json}, ${new Blob([text]).size} B` : area.dataset.empty || "");
    $("use", hint).setAttribute("href", problem ? "#s-bad" : text ? "#s-ok" : "#s-pend");
  };

  // Rows: arrows or j and k move, Enter opens. Focus sits on the row's own link, so Tab still works.
  const links = () => $$("table.rows a.main");
  const move = (by) => {
    const all = links();
    if (!all.length) return;
    const at = all.indexOf(document.activeElement);
    all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)].focus();
  };

  document.addEventListener("click", async (event) => {
    const at = event.target.closest("[data-do]");
    if (!at) return;
    const { do: what } = at.dataset;
    if (what === "theme") { event.preventDefault(); setTheme(isDark() ? "light" : "dark"); }
    if (what === "help") $("#help").showModal();
    if (what === "close") at.closest("dialog").close();
    if (what === "wrap") {
      const on = document.getElementById(at.getAttribute("aria-controls")).classList.toggle("wrapped");
      at.setAttribute("aria-pressed", String(on));
    }
    if (what === "copy") {
      const from = document.getElementById(at.dataset.from);
      try {
        await navigator.clipboard.writeText((at.dataset.text || from.textContent).trim());
        say("copied");
        const word = $("[data-word]", at);
        if (word) { word.textContent = "Copied"; setTimeout(() => { word.textContent = at.dataset.text ? "" : "Copy"; }, 1600); }
      } catch {
        getSelection().selectAllChildren(from || at.previousElementSibling);
        say("select and copy by hand");
      }
    }
  });

  // One click, one run: the form carries its own key, and the button rests while the request is away. It rests after
  // the form was read, because a disabled button is not sent.
  document.addEventListener("submit", (event) => {
    const button = $("[data-once]", event.target);
    if (!button) return;
    if (button.getAttribute("aria-disabled")) { event.preventDefault(); return; }
    button.setAttribute("aria-disabled", "true");
  });
  // A page that comes back from the history is as it was left: its button works again, its key is the same.
  addEventListener("pageshow", () => $$("[data-once]").forEach((at) => at.removeAttribute("aria-disabled")));

  // A lost stream says so in words; the browser tries again with the last event's id.
  const live = (on) => $$("[data-live]").forEach((at) => {
    at.classList.toggle("lost", !on);
    $("[data-word]", at).textContent = on ? "Live" : "Not live, trying again";
  });
  addEventListener("htmx:sseOpen", () => live(true));
  addEventListener("htmx:sseError", () => live(false));

  // What somebody reads or types in is not swapped: the latest fragment waits until focus and selection are elsewhere.
  const waiting = new Map();
  const isUsed = (at) => {
    if (at.contains(document.activeElement)) return true;
    const selected = getSelection();
    return Boolean(selected) && !selected.isCollapsed && selected.containsNode(at, true);
  };
  const put = (at, part) => {
    if (typeof part === "string") {
      window.htmx.swap(at, part, { swapStyle: at.getAttribute("hx-swap") || "innerHTML" });
      return;
    }
    const [first] = part.children;
    at.replaceWith(part);
    window.htmx.process(first);
    tick();
  };
  addEventListener("htmx:sseBeforeMessage", (event) => {
    const at = event.target;
    if (!isUsed(at)) { waiting.delete(at); return; }
    event.preventDefault();
    waiting.set(at, event.detail.data);
  });
  addEventListener("htmx:oobBeforeSwap", (event) => {
    const { target, fragment } = event.detail;
    if (!isUsed(target)) { waiting.delete(target); return; }
    event.preventDefault();
    waiting.set(target, fragment);
  });
  const release = () => setTimeout(() => waiting.forEach((part, at) => {
    if (!at.isConnected) waiting.delete(at);
    else if (!isUsed(at)) { waiting.delete(at); put(at, part); }
  }));
  addEventListener("focusout", release);
  document.addEventListener("selectionchange", () => { if (waiting.size) release(); });
  addEventListener("htmx:afterSettle", tick);

  // Single keys can be switched off (WCAG 2.1.4), and never act while somebody types.
  const go = { j: "jobs", r: "runs", f: "functions", c: "connections" };
  let afterG = 0;
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable], dialog[open]");
    if (event.metaKey || event.ctrlKey || event.altKey || typing) return;
    if (event.key === "ArrowDown" && event.target.closest("table.rows")) { move(1); event.preventDefault(); }
    if (event.key === "ArrowUp" && event.target.closest("table.rows")) { move(-1); event.preventDefault(); }
    if (store.get("keys") === "off") return;
    if (afterG && Date.now() - afterG < 900 && go[event.key]) {
      const to = $(`.nav a[data-to="${go[event.key]}"]`);
      if (to) location.href = to.href;
      afterG = 0;
      return;
    }
    afterG = event.key === "g" ? Date.now() : 0;
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "/") { const box = $("[data-search]"); if (box) { box.focus(); event.preventDefault(); } }
    else if (event.key === "?") { const help = $("#help"); if (help) help.showModal(); }
    else { const at = $(`[data-key="${CSS.escape(event.key)}"]`); if (at) { at.closest("details")?.setAttribute("open", ""); at.focus(); } }
  });

  addEventListener("DOMContentLoaded", () => {
    tick();
    $$("textarea[data-json]").forEach((area) => {
      area.addEventListener("input", () => checkJson(area));
      if (!area.matches("[aria-invalid]")) checkJson(area);
    });
    // A form that was refused moves the focus to its summary, which links to each field.
    const refused = $("[role=alert][tabindex]");
    if (refused) refused.focus();
    const keys = $("#keys");
    if (keys) {
      keys.checked = store.get("keys") !== "off";
      keys.addEventListener("change", () => store.set("keys", keys.checked ? "on" : "off"));
    }
    const here = $(".nav [aria-current]");
    if (here) here.parentElement.scrollLeft = here.offsetLeft - 60;
  });
})();
