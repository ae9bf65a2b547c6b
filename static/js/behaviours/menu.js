// Pop-up menus close on Escape, on a click elsewhere and when focus leaves; the phone menu closes on Escape.
const opened = () => document.querySelectorAll("details[data-popmenu][open]");

document.addEventListener("click", (event) => {
  opened().forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});

document.addEventListener("focusin", (event) => {
  opened().forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  opened().forEach((menu) => {
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  if (location.hash === "#menu") location.hash = "#main";
});
