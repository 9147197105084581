// "Cỡ chữ, màu": seen at once, kept on the phone, and with the learner for her other phones (looks.js).
import { AnotherLearns, queue } from "./queue.js";
import { put, send } from "./looks.js";
import { state } from "./state.js";

const form = document.querySelector("[data-look]");
const said = form.querySelector("[role=status]");
const look = document.documentElement.dataset;
const NOT_HERE = "Trình duyệt này không cho lưu trên máy. Mở trang khác là trở lại như cũ.";

// The form says what the page looks like now.
function fill() {
  for (const input of form.querySelectorAll("input")) input.checked = input.value === (look[input.name] || "");
}

let turn = 0;
function choose(chosen) {
  const mine = (turn += 1);
  const say = (words) => { if (mine === turn) said.textContent = words; };
  const who = queue.learner();
  if (who && !queue.isHers()) return say(new AnotherLearns().message);
  const kept = put(who || "", chosen);
  if (!who) return say(kept ? "Đã lưu trên máy này." : NOT_HERE);
  return tell(who, kept, chosen, say).catch((why) => say(why.message));
}

async function tell(who, kept, chosen, say) {
  const hers = () => `Đã lưu cho ${queue.nameOf(who) || "bạn"}`;
  const { uuid } = await send(chosen);
  say(kept ? `${hers()} trên máy này. Có mạng là máy khác của bạn cũng theo.` : NOT_HERE);
  const { message, data } = await queue.outcome(uuid);
  say(data.kept ? `${hers()}, ở mọi máy bạn đăng nhập.` : message);
}

form.addEventListener("change", () => {
  const chosen = {};
  for (const input of form.querySelectorAll("input:checked")) if (input.value) chosen[input.name] = input.value;
  choose(chosen);
  document.activeElement.scrollIntoView({ block: "nearest" }); // larger letters push it away
});
form.addEventListener("submit", (event) => event.preventDefault());
form.querySelector("[data-reset]").addEventListener("click", () => { choose(null); fill(); });

// Back to the lesson she came from.
const from = document.referrer && new URL(document.referrer);
if (from && from.origin === location.origin && from.pathname !== location.pathname) {
  const back = document.querySelector("[data-back]");
  back.href = from.pathname + from.search;
  back.textContent = "Xong, quay lại trang vừa xem";
}
fill();
state.then(fill); // of another phone of hers
