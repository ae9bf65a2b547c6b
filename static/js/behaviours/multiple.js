// In a list that takes several choices a plain click adds or takes away one; nobody has to know of Ctrl.
document.addEventListener("mousedown", (event) => {
  const option = event.target.closest("select[multiple] option");
  if (!option || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const list = option.closest("select");
  if (option.disabled || list.disabled) return;
  event.preventDefault();
  const place = list.scrollTop;
  option.selected = !option.selected;
  list.focus({ preventScroll: true });
  // Chromium scrolls the list to its first choice on focus.
  requestAnimationFrame(() => (list.scrollTop = place));
  list.dispatchEvent(new Event("input", { bubbles: true }));
  list.dispatchEvent(new Event("change", { bubbles: true }));
});
