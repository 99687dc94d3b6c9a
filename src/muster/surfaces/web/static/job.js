// Follows a job by server-sent events; a reload picks it up again. Without it the page refreshes itself.
const place = document.getElementById("job");
const step = document.getElementById("step");
const source = new EventSource(place.dataset.events);
source.addEventListener("message", (event) => {
  const now = JSON.parse(event.data);
  step.textContent = now.step;
  place.firstElementChild.textContent = now.state;
  if (["done", "failed", "cancelled"].includes(now.state)) {
    source.close();
    location.reload();
  }
});
