// Puts the text of a reply template into the form at once; without this the page is loaded again with it.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-use-template]");
  if (!button) return;
  const chosen = button.form.querySelector("select[name=template]").selectedOptions[0];
  const words = button.form.querySelector("textarea");
  if (!chosen || !words) return;
  event.preventDefault();
  words.value = [words.value.trim(), chosen.dataset.text].filter(Boolean).join("\n\n");
  words.dispatchEvent(new Event("input", { bubbles: true }));
  words.focus();
});
