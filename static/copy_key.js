// Copies the key that a page shows. Without it, or where a browser does not
// allow it, the text is selected and is copied by hand.

const text = document.querySelector("[data-copy-text]");
const button = document.querySelector("[data-copy]");
const told = document.querySelector("[data-copied]");

button.hidden = false;
button.addEventListener("click", async () => {
  text.select();
  try {
    await navigator.clipboard.writeText(text.value);
    told.textContent = "Copied.";
  } catch (error) {
    console.warn("not copied", error.name);
    told.textContent = "Selected: copy it with your keyboard.";
  }
});
