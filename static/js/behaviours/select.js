// Checkboxes of a table: all at once, a range with Shift, the live count, and the batch bar that appears with it.
let last = null;

const boxes = (table) => [...table.querySelectorAll("tbody input[type=checkbox][data-choose]")];
const barOf = (table) => (table.closest("form") || document).querySelector("[data-batch]");

function show(table) {
  const all = boxes(table);
  const chosen = all.filter((box) => box.checked);
  all.forEach((box) => box.closest("tr").toggleAttribute("data-chosen", box.checked));
  const head = table.querySelector("[data-choose-all]");
  if (head) {
    head.checked = all.length > 0 && chosen.length === all.length;
    head.indeterminate = chosen.length > 0 && chosen.length < all.length;
  }
  const bar = barOf(table);
  if (!bar) return;
  bar.dataset.live = chosen.length;
  const count = bar.querySelector("[data-batch-count]");
  if (count) count.textContent = `已选 ${chosen.length} ${bar.dataset.unit || "项"}`;
}

document.addEventListener("click", (event) => {
  if (!event.target.matches("input[data-choose]")) return;
  const table = event.target.closest("table");
  const all = boxes(table);
  if (event.shiftKey && last && all.includes(last)) {
    const [from, to] = [all.indexOf(last), all.indexOf(event.target)].sort((a, b) => a - b);
    all.slice(from, to + 1).forEach((box) => (box.checked = event.target.checked));
  }
  last = event.target;
  show(table);
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-choose-all]")) return;
  const table = event.target.closest("table");
  boxes(table).forEach((box) => (box.checked = event.target.checked));
  show(table);
});

function begin(root) {
  root.querySelectorAll("[data-choose-all]").forEach((head) => {
    head.closest("label").hidden = false;
    show(head.closest("table"));
  });
}

// The browser restores ticks after its "back"; count them then, not before.
window.addEventListener("pageshow", () => begin(document));
document.addEventListener("htmx:afterSettle", (event) => begin(event.target));
