// Lists of staff: ticks all boxes of the page without loading it anew, and says how many are ticked.

const boxes = () => [...document.querySelectorAll('input[name="pick"][form="bulk"]')];

function tell() {
  const output = document.querySelector("[data-picked]");
  if (!output) return;
  const ticked = boxes().filter((box) => box.checked).length;
  output.hidden = false;
  output.textContent = `${output.dataset.text} ${ticked}`;
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

tell();
