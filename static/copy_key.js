// Copies the new key. If the browser denies clipboard access, the text stays
// selected for manual copying.

const text = document.querySelector("[data-copy-text]");
const button = document.querySelector("[data-copy]");
const status = document.querySelector("[data-copied]");

button.hidden = false;
button.addEventListener("click", async () => {
  text.select();
  try {
    await navigator.clipboard.writeText(text.value);
    status.textContent = status.dataset.copied;
  } catch (error) {
    console.warn("not copied", error.name);
    status.textContent = status.dataset.selected;
  }
});
