// Questions of a form that are asked only after a certain answer, or of those who take part in a certain way.
// Without this script all of them stand there with the condition in words, and the server leaves out what does not apply.
const given = (form, name) =>
  [...form.querySelectorAll(`[name="${name}"]`)].flatMap((box) =>
    box.type === "radio" || box.type === "checkbox" ? (box.checked ? [box.value] : []) : [box.value],
  );

function show(form) {
  for (const part of form.querySelectorAll("[data-asked-after], [data-asked-mode]")) {
    const { askedAfter, askedWhen, askedMode } = part.dataset;
    const earlier = askedAfter && form.querySelector(`[name="${askedAfter}"]`)?.closest("[data-asked-after], [data-asked-mode]");
    const follows = !askedAfter || (given(form, askedAfter).includes(askedWhen) && !earlier?.hidden);
    const fits = !askedMode || given(form, "mode").includes(askedMode);
    part.hidden = !(follows && fits);
  }
}

const forms = () => new Set([...document.querySelectorAll("[data-asked-after], [data-asked-mode]")].map((part) => part.closest("form")));

document.addEventListener("change", (event) => {
  const form = event.target.closest("form");
  if (form && form.querySelector("[data-asked-after], [data-asked-mode]")) show(form);
});
document.addEventListener("htmx:load", () => forms().forEach(show));
forms().forEach(show);
