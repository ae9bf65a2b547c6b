// A form is sent once: the second press does nothing until the answer has come. The server guards too.
const LONGEST = 15000;

const buttons = (form) => [...form.elements].filter((e) => e.type === "submit");

function release(form) {
  delete form.dataset.sent;
  buttons(form).forEach((button) => {
    button.removeAttribute("aria-busy");
    button.disabled = false;
  });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  if (event.defaultPrevented && !form.matches("[hx-post]")) return;
  form.dataset.sent = "1";
  // After the browser has gathered the fields: a disabled button would not be among them.
  setTimeout(() => {
    buttons(form).forEach((button) => (button.disabled = true));
    if (event.submitter) event.submitter.setAttribute("aria-busy", "true");
  });
  // A download leaves the page where it is, so the buttons come back by themselves.
  setTimeout(() => release(form), form.hasAttribute("data-download") ? 2500 : LONGEST);
});

window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest("form[data-sent]");
  if (form) release(form);
});
