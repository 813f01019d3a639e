// Lists of staff: ticks all boxes of the page without loading it anew, and says how many are ticked.

const boxes = () => [...document.querySelectorAll('input[name="pick"][form="bulk"]')];

function tell() {
  const output = document.querySelector("[data-picked]");
  if (!output) return;
  const ticked = boxes().filter((box) => box.checked).length;
  const text = `${output.dataset.text} ${ticked}`;
  output.hidden = false;
  if (output.textContent !== text) output.textContent = text; // or the watcher below would never rest
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-pick-all]")) return;
  event.preventDefault();
  const all = boxes().every((box) => box.checked);
  for (const box of boxes()) box.checked = !all;
  tell();
});

document.addEventListener("change", (event) => {
  if (event.target.name === "pick") tell();
});

// Lines leave the list when they are dealt with, and the browser brings ticks back with a page.
const list = document.querySelector("#list");
if (list) new MutationObserver(tell).observe(list, { childList: true, subtree: true });
window.addEventListener("pageshow", tell);
