// Leaving a form with unsaved changes asks first; sending it does not.
const changed = new Set();

const guarded = (element) => element && element.closest && element.closest("form[data-guard]");

document.addEventListener("input", (event) => {
  const form = guarded(event.target);
  if (form) changed.add(form);
});

document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) changed.delete(event.target);
});

document.addEventListener("reset", (event) => changed.delete(event.target));

window.addEventListener("beforeunload", (event) => {
  const waiting = [...changed].some((form) => form.isConnected);
  if (waiting) event.preventDefault();
});
