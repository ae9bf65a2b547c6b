// A click anywhere on a row opens its record; selecting text to copy it, and the row's own controls, stay as they are.
const busy = "a, button, input, select, textarea, label, summary, details";

document.addEventListener("click", (event) => {
  const row = event.target.closest("tr[data-row]");
  if (!row || event.target.closest(busy) || event.defaultPrevented) return;
  if (String(window.getSelection())) return;
  const link = row.querySelector(".name a[href]");
  if (!link) return;
  if (event.ctrlKey || event.metaKey) window.open(link.href, "_blank", "noopener");
  else link.click();
});
