// What waited for the proof is sent off by itself; without a script by its button.
const form = document.querySelector("form[data-go-on]");
// Coming back to this page must not send it twice.
const [entry] = performance.getEntriesByType("navigation");
if (form && (!entry || entry.type === "navigate")) form.requestSubmit();
