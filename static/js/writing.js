// Shows, while an idea is being written, what neighbours have proposed that is like it.
// Without this the same list comes as a step of its own, after the place.

const PAUSE = 1200; // milliseconds without a key
const place = document.querySelector("[data-similar-to]");
const form = place?.closest("form");
let timer = 0;
let asked = "";

async function look() {
  const title = form.elements.title.value;
  const text = `${title}\n${form.elements.text.value}`.trim();
  if (text === asked) return;
  asked = text;
  const body = new FormData();
  body.set("csrf_token", form.elements.csrf_token.value);
  body.set("text", text);
  const answer = await fetch(place.dataset.similarTo, { method: "POST", body, credentials: "same-origin" });
  if (!answer.ok || text !== asked) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  place.replaceChildren(...page.body.children);
}

form?.addEventListener("input", (event) => {
  if (event.target !== form.elements.text && event.target !== form.elements.title) return;
  clearTimeout(timer);
  timer = setTimeout(() => look().catch(() => {}), PAUSE);
});
