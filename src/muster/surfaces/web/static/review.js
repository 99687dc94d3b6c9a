// Keyboard for the review queue: j and k move, a accepts, r and c go to the reason or the correction.
const items = [...document.querySelectorAll(".item")];
let current = -1;
const go = (step) => {
  current = Math.max(0, Math.min(items.length - 1, current + step));
  items[current]?.focus();
  items[current]?.scrollIntoView({ block: "center" });
};
document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "j") go(1);
  else if (event.key === "k") go(-1);
  else if (current >= 0) {
    const control = items[current].querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!control) return;
    event.preventDefault();
    if (control.tagName === "BUTTON") control.click();
    else control.focus();
  }
});
