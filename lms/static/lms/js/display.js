// "Cỡ chữ, màu": what somebody chose to see, kept on this phone for each learner apart; look.js puts it on
// <html> before the first paint of every page. localStorage `hvs_look`:
//   { "": {…nobody's}, "<public id of a learner>": { text, theme, contrast, motion, simple, words } }
// Who has chosen nothing yet sees what nobody chose, so that letters do not shrink when she signs up.
import { whoLearns } from "./queue.js";
import { state } from "./state.js";

const form = document.querySelector("[data-look]");
const said = form.querySelector("[role=status]");
const look = document.documentElement.dataset;
const NAMES = ["text", "theme", "contrast", "motion", "simple", "words"];

const read = () => { try { return JSON.parse(localStorage.getItem("hvs_look")) || {}; } catch { return {}; } };

function keep(chosen) {
  const all = read();
  const mine = whoLearns() || "";
  if (chosen) all[mine] = chosen;
  else delete all[mine];
  try {
    localStorage.setItem("hvs_look", JSON.stringify(all));
    return true;
  } catch { return false; }
}

function show(chosen) {
  for (const name of NAMES) {
    if (chosen[name]) look[name] = chosen[name];
    else delete look[name];
  }
}

// The form says what the page looks like now.
function fill() {
  for (const input of form.querySelectorAll("input")) input.checked = input.value === (look[input.name] || "");
}

async function say(kept) {
  const who = await state;
  const whose = who && who.name && !who.choose ? ` cho ${who.name.trim().split(/\s+/).pop()}` : "";
  said.textContent = kept ? `Đã lưu${whose} trên máy này.` : "Trình duyệt này không cho lưu trên máy. Mở trang khác là trở lại như cũ.";
}

form.addEventListener("change", () => {
  const chosen = {};
  for (const input of form.querySelectorAll("input:checked")) if (input.value) chosen[input.name] = input.value;
  show(chosen);
  document.activeElement.scrollIntoView({ block: "nearest" }); // larger letters push it away
  say(keep(chosen));
});
form.addEventListener("submit", (event) => event.preventDefault());
form.querySelector("[data-reset]").addEventListener("click", () => {
  const kept = keep(null);
  show(read()[""] && whoLearns() ? read()[""] : {});
  fill();
  say(kept);
});

// Back to the lesson she came from.
const from = document.referrer && new URL(document.referrer);
if (from && from.origin === location.origin && from.pathname !== location.pathname) {
  const back = document.querySelector("[data-back]");
  back.href = from.pathname + from.search;
  back.textContent = "Xong, quay lại trang vừa xem";
}
fill();
