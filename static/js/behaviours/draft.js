// Keeps what is typed into a long form until it is safely stored. The draft lives in this tab only and goes with it:
// office machines are shared, and contact data must not stay behind in a browser.
const PREFIX = "draft:";
const SENT = "sent:";
const skipped = /^(password|file|hidden|submit|button|reset)$/;

const fields = (form) => [...form.elements].filter((e) => e.name && !skipped.test(e.type) && !e.disabled && !e.readOnly);
const forms = () => [...document.querySelectorAll("form[data-draft]")];

function values(form) {
  return fields(form).map((e) => [e.name, /^(checkbox|radio)$/.test(e.type) ? [e.value, e.checked] : e.multiple ? [...e.selectedOptions].map((o) => o.value) : e.value]);
}

function fill(form, saved) {
  const waiting = new Map();
  saved.forEach(([name, value]) => waiting.set(name, [...(waiting.get(name) || []), value]));
  fields(form).forEach((e) => {
    const next = (waiting.get(e.name) || []).shift();
    if (next === undefined) return;
    if (/^(checkbox|radio)$/.test(e.type)) e.checked = next[1];
    else if (e.multiple) [...e.options].forEach((o) => (o.selected = next.includes(o.value)));
    else e.value = next;
  });
}

let timer = 0;
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-draft]");
  if (!form) return;
  clearTimeout(timer);
  timer = setTimeout(() => sessionStorage.setItem(PREFIX + form.dataset.draft, JSON.stringify(values(form))), 600);
});

document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-sign-out]")) return sessionStorage.clear();
  const key = event.target.dataset.draft;
  if (!key || event.defaultPrevented) return;
  clearTimeout(timer);
  sessionStorage.setItem(SENT + key, JSON.stringify(values(event.target)));
  sessionStorage.removeItem(PREFIX + key);
});

// The next page tells how a sent form ended: the same form again, or an error page, means that it was not stored.
function settle() {
  const present = new Set(forms().map((form) => form.dataset.draft));
  const failed = document.body.hasAttribute("data-keep-drafts");
  Object.keys(sessionStorage).filter((name) => name.startsWith(SENT)).forEach((name) => {
    const key = name.slice(SENT.length);
    if (failed || present.has(key)) sessionStorage.setItem(PREFIX + key, sessionStorage.getItem(name));
    sessionStorage.removeItem(name);
  });
}

function offer(form) {
  const name = PREFIX + form.dataset.draft;
  const text = sessionStorage.getItem(name);
  if (!text || text === JSON.stringify(values(form))) return;
  if (form.querySelector("[data-errors]")) return;
  const note = document.createElement("div");
  note.className = "note note--warn draft";
  note.setAttribute("role", "status");
  const words = document.createElement("p");
  words.textContent = "这张表单上次填到一半，没有保存的内容还在。";
  const actions = document.createElement("div");
  actions.className = "actions";
  actions.append(button("恢复填写的内容", () => fill(form, JSON.parse(text))), button("丢弃", () => sessionStorage.removeItem(name)));
  note.append(words, actions);
  form.prepend(note);

  function button(label, act) {
    const element = document.createElement("button");
    element.type = "button";
    element.className = "button button--small";
    element.textContent = label;
    element.addEventListener("click", () => {
      act();
      note.remove();
    });
    return element;
  }
}

settle();
forms().forEach(offer);
