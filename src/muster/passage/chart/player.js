// Plays one run over a chart drawn by muster.passage.chart.draw_strait. No dependencies, no requests, no eval.
//
//   <figure data-strait-player>
//     <svg ...>…</svg>
//     <script type="application/json" data-strait-run>…animation_frames as JSON…</script>
//   </figure>
//   <script type="module" src="player.js"></script>
//
// Keys, while the player has the focus: space plays and pauses; left and right step an hour; Home and End jump.
// With prefers-reduced-motion nothing moves by itself: play advances by whole steps of six hours, one a second.

const SVG = "http://www.w3.org/2000/svg";
const SPEEDS = [1, 3, 6, 12, 24]; // hours of the run per second
const ACT_SHOWN_H = 6;

function svg(name, attributes, parent) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (parent) parent.append(node);
  return node;
}

function html(name, attributes, parent, text) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  if (parent) parent.append(node);
  return node;
}

// A line with its running length, so that a share of the way is found by one search.
function measure(points) {
  const sums = [0];
  for (let i = 1; i < points.length; i += 1) {
    sums.push(sums[i - 1] + Math.hypot(points[i][0] - points[i - 1][0], points[i][1] - points[i - 1][1]));
  }
  return { points, sums, length: sums[sums.length - 1] };
}

function along(line, share) {
  const wanted = Math.min(Math.max(share, 0), 1) * line.length;
  let i = 1;
  while (i < line.sums.length - 1 && line.sums[i] < wanted) i += 1;
  const [ax, ay] = line.points[i - 1];
  const [bx, by] = line.points[i];
  const part = (wanted - line.sums[i - 1]) / (line.sums[i] - line.sums[i - 1] || 1);
  return { x: ax + part * (bx - ax), y: ay + part * (by - ay), angle: (Math.atan2(by - ay, bx - ax) * 180) / Math.PI };
}

export function stateAt(run, hour) {
  // What is to be seen at an hour: pure, so that it can be tested without a page.
  const ships = [];
  for (const [sail, end, lane, inbound, n, escorts] of run.moves) {
    if (sail > hour) break;
    if (hour < end) ships.push({ lane, inbound: inbound === 1, share: (hour - sail) / (end - sail), n, escorts });
  }
  const acts = run.acts.filter(([at]) => at <= hour && hour < at + ACT_SHOWN_H);
  let regime = "";
  for (const [from, name] of run.regimes) if (from <= hour) regime = name;
  const whole = Math.min(Math.floor(hour), run.hours);
  return {
    ships,
    acts: acts.map(([at, lane, share, kind]) => ({ at, lane, share, kind })),
    regime,
    waitingIn: run.waiting.in.ships[whole],
    waitingOut: run.waiting.out.ships[whole],
    underWay: ships.reduce((sum, ship) => sum + ship.n, 0),
    convoys: ships.filter((ship) => ship.escorts > 0).length,
  };
}

export function dateAt(run, hour) {
  const day = new Date(`${run.start}T00:00:00Z`);
  day.setUTCHours(Math.floor(hour));
  return `${day.toISOString().slice(0, 10)} ${day.toISOString().slice(11, 13)}:00 UTC`;
}

export function sentenceAt(run, hour) {
  const now = stateAt(run, hour);
  const regime = now.regime ? `, coast ${now.regime}` : "";
  const convoys = now.convoys === 1 ? "1 convoy" : `${now.convoys} convoys`;
  const acts = now.acts.length ? ` Last hours: ${now.acts.map((act) => act.kind).join(", ")}.` : "";
  return (
    `${dateAt(run, hour)}${regime}: ${now.underWay} ships under way (${convoys}), ` +
    `${now.waitingIn} waiting to go in, ${now.waitingOut} to come out.${acts}`
  );
}

function drawWaiting(layer, spot, ships, label, colours) {
  const [x, y] = spot;
  const text = svg(
    "text",
    {
      x, y, "text-anchor": "middle", "font-size": 19, "font-weight": 700, fill: colours.ink, stroke: colours.halo,
      "stroke-width": 5, "stroke-linejoin": "round", "paint-order": "stroke",
    },
    layer,
  );
  text.textContent = `${ships} ${label}`;
}

function draw(run, lines, layer, hour, colours) {
  const now = stateAt(run, hour);
  layer.replaceChildren();
  drawWaiting(layer, run.waiting.in.at, now.waitingIn, "waiting", colours);
  drawWaiting(layer, run.waiting.out.at, now.waitingOut, "waiting", colours);
  for (const ship of now.ships) {
    const place = along(lines[ship.lane], ship.inbound ? ship.share : 1 - ship.share);
    const angle = ship.inbound ? place.angle : place.angle + 180;
    if (ship.escorts > 0) {
      svg("circle", { cx: place.x, cy: place.y, r: 17, fill: colours.halo, stroke: colours.ink, "stroke-width": 2.5 }, layer);
      const count = svg(
        "text",
        { x: place.x, y: place.y + 6, "text-anchor": "middle", "font-size": 18, "font-weight": 700, fill: colours.ink },
        layer,
      );
      count.textContent = String(ship.n);
    } else {
      svg(
        "path",
        {
          transform: `translate(${place.x.toFixed(1)} ${place.y.toFixed(1)}) rotate(${angle.toFixed(0)})`,
          d: "M12 0L2.4 6H-12V-6H2.4Z", fill: colours.ink, stroke: colours.halo, "stroke-width": 2,
          "stroke-linejoin": "round",
        },
        layer,
      );
    }
  }
  for (const act of now.acts) {
    const place = along(lines[act.lane], act.share);
    const mark = svg(
      "path",
      {
        transform: `translate(${place.x.toFixed(1)} ${place.y.toFixed(1)})`, d: "M-10 -10L10 10M-10 10L10 -10",
        stroke: colours.act, "stroke-width": 5, "stroke-linecap": "round",
      },
      layer,
    );
    svg("title", {}, mark).textContent = act.kind;
  }
}

export function mount(root) {
  // Build the controls under a chart and return { seek, play, pause } for scripts.
  const picture = root.querySelector("svg");
  const data = root.querySelector("script[data-strait-run]");
  if (!picture || !data || root.dataset.straitReady) return null;
  root.dataset.straitReady = "yes";
  const run = JSON.parse(data.textContent);
  const layer = picture.querySelector('g[id$="-ships"]');
  const colours = { ink: layer.dataset.ink, halo: layer.dataset.halo, act: layer.dataset.act };
  const lines = run.lanes.map((lane) => measure(lane.points));
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");

  const bar = html("div", { class: "strait-controls", role: "group", "aria-label": "Play this run" }, root);
  const back = html("button", { type: "button", "aria-label": "One hour back" }, bar, "◀ 1 h");
  const play = html("button", { type: "button", "aria-pressed": "false" }, bar, "Play");
  const step = html("button", { type: "button", "aria-label": "One hour on" }, bar, "1 h ▶");
  const slider = html(
    "input",
    { type: "range", min: 0, max: run.hours, step: 1, value: 0, "aria-label": "Hour of the run" },
    bar,
  );
  const speed = html("select", { "aria-label": "Speed" }, bar);
  for (const hours of SPEEDS) html("option", { value: hours }, speed, `${hours} h/s`);
  speed.value = "6";
  const status = html("p", { class: "strait-status", "aria-live": "off" }, root);

  let hour = 0;
  let isPlaying = false;
  let last = 0;

  function show() {
    draw(run, lines, layer, hour, colours);
    slider.value = String(Math.floor(hour));
    slider.setAttribute("aria-valuetext", dateAt(run, hour));
    status.textContent = sentenceAt(run, hour);
  }
  function seek(to) {
    hour = Math.min(Math.max(to, 0), run.hours);
    show();
  }
  function pause() {
    isPlaying = false;
    play.textContent = "Play";
    play.setAttribute("aria-pressed", "false");
    status.setAttribute("aria-live", "polite");
  }
  function tick(now) {
    if (!isPlaying) return;
    const seconds = Math.min((now - last) / 1000, 0.1);
    last = now;
    seek(hour + seconds * Number(speed.value));
    if (hour >= run.hours) pause();
    else window.requestAnimationFrame(tick);
  }
  function calmTick() {
    if (!isPlaying) return;
    seek(Math.floor(hour / 6) * 6 + 6);
    if (hour >= run.hours) pause();
    else window.setTimeout(calmTick, 1000);
  }
  function start() {
    if (hour >= run.hours) hour = 0;
    isPlaying = true;
    play.textContent = "Pause";
    play.setAttribute("aria-pressed", "true");
    status.setAttribute("aria-live", "off");
    if (calm.matches) {
      calmTick();
    } else {
      last = window.performance.now();
      window.requestAnimationFrame(tick);
    }
  }
  function toggle() {
    if (isPlaying) pause();
    else start();
  }
  function jump(to) {
    pause();
    seek(to);
  }

  play.addEventListener("click", toggle);
  back.addEventListener("click", () => jump(Math.ceil(hour) - 1));
  step.addEventListener("click", () => jump(Math.floor(hour) + 1));
  slider.addEventListener("input", () => jump(Number(slider.value)));
  root.addEventListener("keydown", (event) => {
    const isOnControl = event.target instanceof HTMLSelectElement || event.target === slider;
    const isOnButton = event.target instanceof HTMLButtonElement;
    const actions = {
      ArrowLeft: () => jump(Math.ceil(hour) - 1),
      ArrowRight: () => jump(Math.floor(hour) + 1),
      Home: () => jump(0),
      End: () => jump(run.hours),
    };
    if (event.key === " " && !isOnButton && !(event.target instanceof HTMLSelectElement)) {
      event.preventDefault();
      toggle();
    } else if (actions[event.key] && !isOnControl) {
      event.preventDefault();
      actions[event.key]();
    }
  });
  if (!root.hasAttribute("tabindex")) root.setAttribute("tabindex", "0");
  show();
  return { seek: jump, play: start, pause };
}

if (typeof document !== "undefined") {
  for (const root of document.querySelectorAll("[data-strait-player]")) mount(root);
}
