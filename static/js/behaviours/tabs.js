// On a phone the tabs of a record are wider than the window: the present one is brought into sight.
document.querySelectorAll(".tabs [aria-current]").forEach((tab) => {
  const bar = tab.parentElement;
  const [inner, outer] = [tab, bar].map((element) => element.getBoundingClientRect());
  bar.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
});
