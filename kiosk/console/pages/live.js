"use strict";

const $ = (id) => document.getElementById(id);
const picture = $("picture");

const say = (text) => { $("message").textContent = text; };

async function get(path) {
  const answer = await fetch(path);
  const document = await answer.json();
  if (!answer.ok) throw new Error(document.error);
  return document;
}

async function post(path, body, button) {
  if (button) button.disabled = true;
  try {
    const answer = await fetch(path, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
    say(answer.ok ? "" : (await answer.json()).error);
  } catch {
    say("The kiosk does not answer.");
  } finally {
    if (button) button.disabled = false;
  }
}

// The screen: the next picture is asked for when the last one has arrived, so a slow kiosk is not asked faster.
function nextPicture(delay) {
  setTimeout(() => { picture.src = `api/screen.png?${Date.now()}`; }, delay);
}
picture.addEventListener("load", () => {
  picture.hidden = false;
  $("no-picture").hidden = true;
  nextPicture(document.hidden ? 2000 : 300);
});
picture.addEventListener("error", () => {
  picture.hidden = true;
  $("no-picture").hidden = false;
  nextPicture(3000);
});
picture.addEventListener("click", (event) => {
  const scale = picture.naturalWidth / picture.clientWidth;
  const at = (value, most) => Math.max(0, Math.min(most - 1, Math.round(value * scale)));
  post("api/bench/touch", {
    x: at(event.offsetX, picture.naturalWidth), y: at(event.offsetY, picture.naturalHeight),
  });
});

$("tap").addEventListener("submit", (event) => {
  event.preventDefault();
  post("api/bench/tap", { uid: $("uid").value }, event.submitter);
});
$("coins").addEventListener("click", (event) => {
  const value = Number(event.target.dataset.coin);
  if (value) post("api/bench/coin", { value }, event.target);
});
$("cup").addEventListener("click", (event) => {
  const size = event.target.dataset.size;
  if (size === undefined) return;
  post("api/bench/cup", size ? { present: true, size_ml: Number(size) } : { present: false }, event.target);
});
$("fault").addEventListener("submit", (event) => { event.preventDefault(); setFault(true, event.submitter); });
$("mend").addEventListener("click", (event) => setFault(false, event.target));
function setFault(on, button) {
  const [device, kind] = $("fault-kind").value.split(" ");
  post("api/bench/fault", { device, kind, on }, button);
}

function makeSlot(name, phones) {
  const card = $("slot").content.firstElementChild.cloneNode(true);
  card.id = `slot-${name}`;
  card.querySelector("h3").textContent = name;
  card.querySelector(".phone").replaceChildren(...phones.map((phone) => new Option(phone)));
  card.addEventListener("click", (event) => {
    const verb = event.target.dataset.verb;
    const slot = `api/bench/slots/${encodeURIComponent(name)}`;
    const phone = card.querySelector(".phone").value;
    const acts = {
      plug: () => post(`${slot}/plug`, { phone }, event.target),
      unplug: () => post(`${slot}/unplug`, {}, event.target),
      cable: () => post(`${slot}/unplug`, { cable: true }, event.target),
      door: () => post(`${slot}/door`, { open: card.dataset.door !== "open" }, event.target),
    };
    if (verb) acts[verb]();
  });
  return card;
}

function showBench(bench) {
  $("bench").hidden = false;
  if (!$("slots").childElementCount) {
    $("slots").append(...Object.keys(bench.slots).map((name) => makeSlot(name, bench.phones)));
    const kinds = Object.entries(bench.fault_kinds).flatMap(([device, all]) => all.map((kind) => `${device} ${kind}`));
    $("fault-kind").replaceChildren(...kinds.map((kind) => new Option(kind)));
  }
  for (const [name, slot] of Object.entries(bench.slots)) {
    const card = $(`slot-${name}`);
    card.dataset.door = slot.door ?? "";
    card.querySelector(".display").textContent = slot.display ?? "";
    card.querySelector("[data-verb=door]").textContent = slot.door === "open" ? "Shut door" : "Open door";
    card.querySelector("[data-verb=door]").hidden = slot.door === null;
    card.querySelector(".facts").textContent = [
      slot.phone ?? "no phone", `${Math.round(slot.mA)} mA`, slot.relay ? "power on" : "power off",
      slot.lock, slot.door && `door ${slot.door}`,
    ].filter(Boolean).join(" · ");
  }
  showWater(bench.water);
  $("broken").textContent = bench.faults.map((fault) => `${fault.device} ${fault.kind}`).join(", ");
}

function showWater(water) {
  $("cup").hidden = water === null;
  if (water === null) return;
  const cup = water.cup_ml === null ? "no cup" : `${Math.round(water.cup_ml)} ml in the cup`;
  $("in-cup").textContent = `${cup}, pump ${water.pump ? "on" : "off"}`;
}

// As `sessions.amounts` says it.
const span = (s) => s >= 3600 ? `${Math.floor(s / 3600)} h ${String(Math.floor(s / 60) % 60).padStart(2, "0")} min`
  : [s >= 60 && `${Math.floor(s / 60)} min`, (s % 60 || !s) && `${s % 60} s`].filter(Boolean).join(" ");
const told = (session, what) => session.service === "water" ? `${session[`${what}_ml`]} ml` : span(session[`${what}_s`]);

function showSessions(sessions) {
  $("sessions").replaceChildren(...sessions.map((session) => {
    const row = document.createElement("tr");
    const cells = [session.slot, session.state, `${session.card.slice(0, 11)}…`, told(session, "granted"),
      told(session, "used"), told(session, "returned"), session.why ?? ""];
    row.append(...cells.map((text) => {
      const cell = document.createElement("td");
      cell.textContent = text;
      return cell;
    }));
    return row;
  }));
}

async function refresh() {
  try {
    const { data } = await get("api/session");
    $("name").textContent = data.kiosk.name;
    const visit = data.visit ? `signed in with ${span(data.visit.charge_s)}` : "nobody signed in";
    const coins = data.held_coins_s ? ` · coins worth ${span(data.held_coins_s)} wait for a card` : "";
    $("state").textContent = [`${data.mode} · ${visit}${coins}`, ...data.faults].join(" · ");
    showSessions((await get("api/sessions?limit=12")).sessions);
    showBench(await get("api/bench"));
  } catch (error) {
    $("state").textContent = error instanceof TypeError ? "The kiosk does not answer." : error.message;
  }
  setTimeout(refresh, document.hidden ? 5000 : 700);
}

nextPicture(0);
refresh();
