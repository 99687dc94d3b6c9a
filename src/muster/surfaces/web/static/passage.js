// Runs the model again when a control changes, and puts the new figures in place. Without it the Run button does.
const form = document.getElementById("controls");
const figures = document.getElementById("figures");
const running = document.getElementById("running");
let asked = 0;
async function run() {
  const mine = ++asked;
  const query = new URLSearchParams(new FormData(form)).toString();
  running.textContent = "running…";
  try {
    const answer = await fetch(`${form.getAttribute("action")}/figures?${query}`, { headers: { Accept: "text/html" } });
    const text = await answer.text();
    if (mine !== asked) return;
    if (!answer.ok) throw new Error(String(answer.status));
    figures.innerHTML = text;
    running.textContent = "";
    history.replaceState(null, "", `?${query}`);
  } catch (error) {
    if (mine === asked) running.textContent = `The run failed (${error.message}); try again.`;
  }
}
form.addEventListener("change", run);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
