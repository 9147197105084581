// /viec-tren-may/: everything that this phone keeps, in words, and what can be done with it.
import { isSignedIn, queue, REVIEW, whoLearns } from "./queue.js";
import { pack } from "./carried.js";
import { claim, putOut } from "./claiming.js";
import { inApp, out } from "./inapp.js";
import { el, icon, redraw, tools } from "./state.js";
import { dropped, toldAnother, unmark } from "./store.js";

const KINDS = { lesson_done: "Học xong bài", check_answer: "Trả lời câu hỏi trong bài", test_start: "Bắt đầu bài kiểm tra", test_answer: "Trả lời", test_submit: "Nộp bài", feedback: "Góp ý", display: "Chọn cỡ chữ, màu" };
const ADVICE = {
  claimed: "Phần này đã ghi cho người khác, bạn bỏ việc này khỏi máy được.",
  stale: "Bài làm đã thay đổi ở nơi khác. Mở lại bài kiểm tra để xem.",
  closed: "Bài kiểm tra đã hết giờ hoặc đã nộp. Mở trang kết quả để xem.",
  card: "Bạn đang học bằng thẻ. Gõ mã 6 số rồi bấm “Gửi lại”.",
  own_pin: "Bài kiểm tra này cần mã của riêng bạn. Mở bài kiểm tra để gõ mã rồi bấm “Gửi lại”.",
};
const box = document.querySelector("[data-queue]");
const SURE = "Bỏ thì việc này mất hẳn. Bạn chắc chứ?";
const when = new Intl.DateTimeFormat("vi-VN", { day: "2-digit", month: "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit" });
const MOST_LETTERS = 1800; // of a link that a QR code holds, as lms/api_carry.py
const news = el("p", { role: "status", class: "visually-hidden" });
box.before(news);
let drawn = "";
let asked = ""; // which is to be dropped, if she is sure

const isWord = (action) => action.kind === "feedback";
const isOthers = (action) => action.learner && !queue.isMine(action);
const whose = (action) => (isWord(action) ? "không ghi tên" : action.learner ? "của bạn" : "chưa ghi tên ai");

const isNobodys = (action) => Boolean(action.claim && !action.learner);

const kept = (action) => (action.learner || isWord(action) ? "Đã lưu trên máy, chưa gửi." : "Đã lưu trên máy, chưa gửi vì chưa ghi tên ai.");

function row(action) {
  const bad = action.state === REVIEW;
  const words = [el("p", {}, el("strong", {}, KINDS[action.kind] || action.kind), action.label && !isWord(action) ? `: ${action.label}` : "")];
  words.push(el("p", { class: "note" }, `${when.format(new Date(action.at))} · ${whose(action)}`));
  if (bad) words.push(el("p", {}, icon("warning"), ` Cần xem lại: ${action.message}`), el("p", {}, ADVICE[action.code] || "Bạn có thể gửi lại, hoặc bỏ việc này khỏi máy."));
  else words.push(el("p", {}, kept(action)));
  return el("div", { class: "card", role: "listitem" }, ...words, bad || isNobodys(action) ? buttons(action, bad) : null);
}

// What was learned of a lesson in one card: seven acts of a practice are no seven things to read.
const ofLesson = (action) => action.state !== REVIEW && action.label && ["lesson_done", "check_answer"].includes(action.kind);
function lesson(actions) {
  const [first] = actions;
  if (actions.length === 1) return row(first);
  const ids = actions.map(({ uuid }) => uuid).join();
  const answers = actions.filter(({ kind }) => kind === "check_answer").length;
  const did = [answers < actions.length && "học xong bài", answers && `${answers} lần trả lời hoặc thử làm`].filter(Boolean).join(", ");
  const words = [el("p", {}, el("strong", {}, first.label), `: ${did}`), el("p", { class: "note" }, `${when.format(new Date(first.at))} · ${whose(first)}`), el("p", {}, kept(first))];
  return el("div", { class: "card", role: "listitem" }, ...words, isNobodys(first) ? dropping(ids, async () => { for (const action of actions) await dropFor(action); }) : null);
}

function byLesson(actions) {
  const found = new Map();
  for (const action of actions) {
    const name = ofLesson(action) ? `${action.learner} ${action.label}` : String(action.uuid);
    found.set(name, [...(found.get(name) || []), action]);
  }
  return [...found.values()].map(lesson);
}

// Another person of this phone: how much of hers waits, never what.
function others(actions) {
  const name = queue.nameOf(actions[0].learner);
  const bad = actions.filter((action) => action.state === REVIEW);
  const owner = name || (isSignedIn() ? "người khác dùng máy này" : "người đã đăng nhập trên máy này trước đó");
  const line = `${actions.length} việc của ${owner}, chưa gửi${bad.length ? `, ${bad.length} việc cần xem lại` : ""}.`;
  const when = queue.isOurs(actions[0]) ? "Có mạng là máy tự gửi." : isSignedIn() ? "Người ấy đăng nhập trên máy này thì máy gửi." : "Nếu là bạn, hãy đăng nhập để gửi.";
  const again = button("Gửi lại", "quiet", async () => { for (const { uuid } of bad) await queue.retry(uuid); });
  return el("div", { class: "card", role: "listitem" }, el("p", {}, line), el("p", { class: "note" }, when), bad.length ? el("p", { class: "btns" }, again) : null);
}

function byPerson(actions) {
  const found = new Map();
  for (const action of actions) found.set(action.learner, [...(found.get(action.learner) || []), action]);
  return [...found.values()];
}

function button(label, kind, act) {
  const made = el("button", { type: "button", class: `btn ${kind} small` }, label);
  made.addEventListener("click", act);
  return made;
}

const buttons = (action, bad) => dropping(String(action.uuid), () => dropFor(action), bad ? button("Gửi lại", "quiet", () => queue.retry(action.uuid)) : null);

function dropping(what, drop, other = null) {
  if (asked !== what) return el("p", { class: "btns" }, other, button("Bỏ khỏi máy", "plain", () => { asked = what; show().then(() => box.querySelector(".danger").focus()); }));
  return el("p", { class: "btns" }, el("span", {}, SURE), button("Bỏ hẳn", "danger", drop), button("Giữ lại", "quiet", () => { asked = ""; show(); }));
}

// With what nobody learned here its lamp goes, unless the lesson was learned here twice.
async function dropFor(action) {
  await queue.drop(action.uuid);
  const twice = (await queue.unclaimed()).some(({ kind, subject }) => kind === "lesson_done" && subject === action.subject);
  if (isNobodys(action) && action.kind === "lesson_done" && !twice) await putOut([action]);
}

async function show() {
  const actions = await queue.list();
  const { durable, unread } = await queue.store();
  const gone = await dropped();
  // Nothing is drawn anew that says the same: it would take the focus from a button.
  const now = JSON.stringify([actions.map((action) => [action.uuid, action.state, action.learner, action.label, queue.isOurs(action), queue.nameOf(action.learner)]), durable, unread, gone.length, asked, isSignedIn(), whoLearns()]);
  if (now === drawn) return;
  drawn = now;
  const parts = [];
  if (unread) parts.push(el("div", { class: "alert warning" }, icon("warning"), el("div", {}, el("p", {}, "Chưa đọc được những gì máy đã lưu. Việc đã lưu vẫn còn: hãy đóng các trang khác của Học Vụ Số rồi tải lại trang này."))));
  else if (!durable) parts.push(el("div", { class: "alert warning" }, icon("warning"), el("div", {}, el("p", {}, "Trình duyệt này không cho lưu trên máy (đang ở chế độ riêng tư, hoặc máy đã đầy). Việc bạn làm chỉ còn khi trang đang mở. Hãy mở bằng trình duyệt thường, hoặc xóa bớt ảnh, video cũ."))));
  if (gone.length) parts.push(tellDropped(gone));
  if (!actions.length && !unread && !gone.length) parts.push(el("p", { class: "empty" }, icon("check"), " Mọi việc đã gửi hết. Không còn việc nào nằm lại trên máy này."));
  const going = actions.filter((action) => action.state !== REVIEW && (action.learner || isWord(action)));
  if (going.some(queue.isOurs)) parts.push(el("p", {}, button("Gửi ngay", "full", sendNow), said));
  if (going.some((action) => action.learner) && !isSignedIn()) parts.push(el("p", {}, "Bạn chưa đăng nhập trên máy này. ", el("a", { href: "/dang-nhap/?next=/viec-tren-may/" }, "Đăng nhập để gửi")));
  const nameless = actions.filter(isNobodys);
  if (nameless.length) parts.push(nameWhose(nameless));
  if (nameless.length > 1 && canCarry) parts.push(el("p", {}, el("a", { class: "alone", href: "#mang-theo" }, "Mang phần đã học sang máy khác")));
  parts.push(el("div", { role: "list" }, ...byLesson(actions.filter((action) => !isOthers(action))), ...byPerson(actions.filter(isOthers)).map(others)));
  redraw(box, parts);
  const waits = actions.length ? `${actions.length} việc còn trên máy, chưa gửi.` : gone.length ? `Trình duyệt đã tự xóa ${gone.length} việc chưa gửi.` : "Mọi việc đã gửi hết.";
  news.textContent = box.querySelector(".danger") ? SURE : unread ? "" : waits;
  await showCarry(nameless);
}

// A press is always answered in words.
const said = el("span", { role: "status", class: "note" });
async function sendNow({ target }) {
  target.textContent = "Đang gửi…";
  said.textContent = "";
  await queue.sendNow();
  target.textContent = "Gửi ngay";
  const left = (await queue.list()).some((action) => action.state !== REVIEW && queue.isOurs(action));
  if (left) said.textContent = `Thử lúc ${new Date().toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" })} mà chưa gửi được. Có mạng, máy tự gửi.`;
}

// The browser took its space back: of her and of nobody it is said which lessons, of others how much.
function tellDropped(gone) {
  const hers = gone.filter(([, learner]) => !learner || learner === whoLearns());
  const others = gone.filter((one) => !hers.includes(one));
  const owner = isSignedIn() ? "người khác dùng máy này" : "người đã đăng nhập trên máy này trước đó (nếu là bạn, hãy đăng nhập để xem là bài nào)";
  const lessons = [...new Set(hers.filter(([,, kind, label]) => kind === "lesson_done" && label).map(([,,, label]) => label))];
  const words = [el("p", {}, `Trình duyệt đã tự xóa ${gone.length} việc chưa gửi trên máy này để lấy chỗ trống${others.length ? `, trong đó ${others.length} việc của ${owner}` : ""}. Việc đã gửi không mất.`)];
  if (lessons.length) words.push(el("p", {}, `Bài cần học lại, nếu đèn của bài chưa sáng: ${lessons.join("; ")}.`));
  if (hers.some(([,, kind]) => kind.startsWith("test_"))) words.push(el("p", {}, "Bài kiểm tra đang làm dở: mở lại bài, xem câu nào còn trống, rồi chọn lại và nộp."));
  words.push(el("p", {}, "Để không bị xóa nữa: xóa bớt ảnh, video cũ trên máy, và mở trang này khi có mạng để gửi sớm."));
  const ids = (rows) => rows.map(([uuid]) => uuid);
  const known = button("Tôi đã biết", "quiet", () => { unmark(...ids(hers)); toldAnother(...ids(others)); queue.changed(); });
  return el("div", { class: "alert warning" }, icon("warning"), el("div", {}, ...words, el("p", { class: "btns" }, known)));
}

// What nobody's name is on: also what she once said was not hers.
function nameWhose(nameless) {
  const some = `${nameless.length} việc học trên máy này chưa ghi tên ai, nên chưa gửi.`;
  if (!isSignedIn()) return el("div", {}, el("p", {}, some), el("p", {}, el("a", { class: `btn ${inApp ? "quiet " : ""}full`, href: "/dang-ky/?next=/viec-tren-may/" }, "Đăng ký để ghi tên")), el("p", {}, el("a", { class: "alone", href: "/dang-nhap/?next=/viec-tren-may/" }, "Đã có tài khoản: đăng nhập")));
  if (whoLearns() && queue.isHers()) return el("p", {}, `${some} `, button("Tôi đã học, ghi tên tôi", "quiet", () => claim(tools, nameless)));
  return el("p", {}, `${some} Người đã học cần chọn tên mình, hoặc đăng nhập, trên máy này.`);
}

// --- Carrying: a link, a QR code, and on Android the real browser instead of Zalo's ---
const section = document.querySelector("[data-carry]");
const here = document.querySelector("[data-carry-here]");
const canCarry = typeof CompressionStream === "function";
let carried = "";
let comes = location.hash === "#mang-theo"; // it was hidden when the browser looked for it

async function showCarry(actions) {
  section.hidden = !actions.length || !canCarry;
  if (section.hidden) return;
  const { text, left } = await pack(actions);
  section.hidden = !text;
  const link = `${location.origin}/mang-theo/#${text}`;
  if (link === carried) return;
  carried = link;
  const field = el("input", { type: "text", readonly: true, value: link, "aria-label": "Đường dẫn mang phần đã học" });
  const said = el("p", { role: "status", class: "note" });
  const copy = button("Chép đường dẫn", "quiet", async () => {
    try { await navigator.clipboard.writeText(link); said.textContent = "Đã chép. Mở trình duyệt và dán vào ô địa chỉ."; } catch { field.select(); said.textContent = "Giữ ngón tay trên ô chữ để chép."; }
  });
  const parts = [el("p", {}, field), el("p", { class: "btns" }, copy)];
  if (left.length) parts.unshift(el("p", {}, icon("info"), ` Đường dẫn không chở hết được: ${left.length} việc chưa đi theo (${left.some((action) => action.kind === "lesson_done") ? "gồm cả bài đã học" : "các lần trả lời và thử làm; bài đã học thì đủ cả"}). Chúng vẫn nằm trên máy này.`));
  if (inApp) parts.unshift(el("p", {}, out(`/mang-theo/#${text}`, true)));
  here.replaceChildren(...parts, said);
  if (comes) section.scrollIntoView();
  comes = false;
  if (link.length > MOST_LETTERS) return void here.append(el("p", {}, "Phần đã học dài quá một mã QR. Bạn chép đường dẫn rồi gửi sang máy kia."));
  try {
    const response = await fetch("/api/v1/carry/code/", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ link }) });
    if (!response.ok) return;
    const { svg } = await response.json();
    if (carried !== link) return; // it would stand beside the newer one, and carry what was dropped
    const picture = el("img", { alt: "Mã QR: quét bằng máy khác để học tiếp ở đó", width: 320, height: 320, src: `data:image/svg+xml,${encodeURIComponent(svg)}` });
    here.append(el("p", {}, "Hoặc quét mã này bằng máy khác:"), el("p", { class: "center" }, picture));
  } catch { /* without network there is the link */ }
}

queue.subscribe(() => show());
show();
tools.state().then(show); // whose is what is known only then
