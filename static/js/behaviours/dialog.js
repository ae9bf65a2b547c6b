// Opens and closes native dialogs. The opener is a link to "#id" (or to a page), which still works without this.
const open = (dialog) => {
  if (!dialog.open) dialog.showModal();
};

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (!dialog || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open(dialog);
    return;
  }
  const closer = event.target.closest("dialog [data-close]");
  const inside = closer && closer.closest("dialog[open]");
  if (inside) {
    event.preventDefault();
    inside.close();
  } else if (event.target.matches("dialog[open]") && outside(event)) {
    event.target.close();
  }
});

// A click on the veil has the dialog as its target but lies beside its box.
function outside(event) {
  const box = event.target.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

// A dialog whose form came back with errors opens again; one that the address names opens as a real dialog.
function openNamed() {
  const named = document.querySelector("dialog:target");
  if (named) open(named);
}
openNamed();
window.addEventListener("hashchange", openNamed);
document.querySelectorAll("dialog [data-errors]").forEach((errors) => open(errors.closest("dialog")));
