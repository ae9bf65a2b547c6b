// A table with more columns than the window holds scrolls in its own frame, so that the page never scrolls sideways.
const WIDE = "table-region--wide";
const desk = window.matchMedia("(min-width: 48.01em)");

function fit(region) {
  if (region.dataset.fixed === undefined) region.dataset.fixed = region.matches(`.${WIDE}, .table-region--scroll`) ? "1" : "";
  if (region.dataset.fixed) return;
  region.classList.remove(WIDE);
  const wide = desk.matches && region.scrollWidth > region.clientWidth + 1;
  region.classList.toggle(WIDE, wide);
  if (wide) {
    const caption = region.querySelector("caption");
    region.setAttribute("role", "region");
    region.setAttribute("tabindex", "0");
    region.setAttribute("aria-label", caption ? caption.textContent : "表格");
  } else {
    ["role", "tabindex", "aria-label"].forEach((name) => region.removeAttribute(name));
  }
}

// Only a change of width counts: the frame itself changes the height.
const widths = new WeakMap();
const observer = new ResizeObserver((entries) => {
  entries.forEach(({ target, contentRect }) => {
    if (widths.get(target) === contentRect.width) return;
    widths.set(target, contentRect.width);
    fit(target);
  });
});

const watch = (root) => root.querySelectorAll(".table-region").forEach((region) => observer.observe(region));
watch(document);
document.addEventListener("htmx:afterSettle", (event) => watch(event.target.parentElement || document));
