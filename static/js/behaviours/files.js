// File fields: drop a file on them, see its name and size, hear at once when it is too large.
const size = (bytes) => (bytes < 1048576 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1048576).toFixed(1)} MB`);

const inputOf = (zone) => zone.querySelector("input[type=file]");

function show(input) {
  const zone = input.closest("[data-drop]");
  const most = Number(input.dataset.maxBytes || 0);
  const files = [...input.files];
  const large = most ? files.filter((file) => file.size > most) : [];
  input.setAttribute("aria-invalid", large.length ? "true" : "false");
  if (!zone) return large.length === 0;
  const list = zone.querySelector("[data-drop-chosen]");
  list.replaceChildren(...files.map((file) => line(file, large.includes(file), most)));
  return large.length === 0;
}

function line(file, tooLarge, most) {
  const row = document.createElement("p");
  row.textContent = file.name;
  const small = document.createElement("small");
  small.textContent = size(file.size);
  row.append(small);
  if (tooLarge) {
    const words = document.createElement("p");
    words.className = "field__error";
    words.textContent = `文件超过 ${size(most)}，请压缩或拆分后再选。`;
    row.append(words);
  }
  return row;
}

document.addEventListener("change", (event) => {
  if (event.target.matches("input[type=file]")) show(event.target);
});

for (const name of ["dragenter", "dragover"]) {
  document.addEventListener(name, (event) => {
    const zone = event.target.closest && event.target.closest("[data-drop]");
    if (!zone) return;
    event.preventDefault();
    zone.toggleAttribute("data-over", true);
  });
}

document.addEventListener("dragleave", (event) => {
  const zone = event.target.closest && event.target.closest("[data-drop]");
  if (zone && !zone.contains(event.relatedTarget)) zone.removeAttribute("data-over");
});

document.addEventListener("drop", (event) => {
  const zone = event.target.closest && event.target.closest("[data-drop]");
  if (!zone) return;
  event.preventDefault();
  zone.removeAttribute("data-over");
  const input = inputOf(zone);
  const dropped = new DataTransfer();
  [...event.dataTransfer.files].slice(0, input.multiple ? undefined : 1).forEach((file) => dropped.items.add(file));
  input.files = dropped.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
});

// Before the others see the submit: a file that is too large is not worth the wait.
document.addEventListener("submit", (event) => {
  const inputs = [...event.target.querySelectorAll("input[type=file]")];
  const wrong = inputs.filter((input) => !show(input));
  if (!wrong.length) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  wrong[0].focus();
}, true);

document.querySelectorAll("[data-drop-ask]").forEach((words) => (words.hidden = false));
document.addEventListener("htmx:afterSettle", (event) => {
  event.target.querySelectorAll("[data-drop-ask]").forEach((words) => (words.hidden = false));
});
