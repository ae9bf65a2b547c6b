// Fields left empty stay out of the address of a list, so that it can be read and sent to a colleague.
document.addEventListener("formdata", (event) => {
  if (event.target.method !== "get") return;
  [...event.formData].filter(([, value]) => value === "").forEach(([name]) => event.formData.delete(name));
});
