// Says aloud and in sight what would otherwise go unnoticed: form errors after loading, failed fragment requests.
const region = document.querySelector("[data-live]");

function say(words) {
  region.replaceChildren();
  const note = document.createElement("div");
  note.className = "note note--late";
  const text = document.createElement("p");
  text.textContent = words;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button button--quiet button--small";
  close.textContent = "知道了";
  close.addEventListener("click", () => region.replaceChildren());
  note.append(text, close);
  region.append(note);
}

// An error answer is a page or a sentence of ours; only its text is used.
function sentence(answer) {
  const page = new DOMParser().parseFromString(answer, "text/html");
  const found = page.querySelector(".said") || page.querySelector("[data-message] h1");
  return found ? found.textContent.trim() : "";
}

document.addEventListener("htmx:responseError", (event) => {
  say(sentence(event.detail.xhr.responseText) || "这一步没有办成，请刷新页面后再试。");
});
document.addEventListener("htmx:sendError", () => say("没有连上服务器，请检查网络后再试。"));
document.addEventListener("htmx:timeout", () => say("服务器没有及时回应，请稍后再试。"));

const toErrors = (root) => {
  const errors = root.querySelector && root.querySelector("[data-errors]");
  if (errors && !errors.closest("[data-sample]")) errors.focus();
};
toErrors(document);
document.addEventListener("htmx:afterSettle", (event) => toErrors(event.target));

// The link of an error leads to its field and puts the cursor there.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-errors] a[href^='#']");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.scrollIntoView({ block: "center" });
});
