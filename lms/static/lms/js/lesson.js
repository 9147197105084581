// A lesson: check questions answer at once in words, and "Tôi đã hiểu, đi tiếp" keeps what was learned.
import { AnotherLearns, onLeave, queue, Refused, SignedOut } from "./queue.js";
import { el, icon, keepLit, lamps, lit, showLamps, signedIn, state } from "./state.js";

const article = document.querySelector("article[data-lesson]");
const SETTLED = 800; // arrow keys pass over choices: only the one stayed on is kept
const SEEN = 2500; // then the next page comes by itself
const PATIENCE = 2500; // then she goes on: what is kept on the phone is sent when it can be

// Of answers to one question the last one counts; every act of a practice does.
const title = () => document.querySelector("h1").textContent;
const isDraft = (key) => /^nhap(-thu)?(-\d+)?$/.test(key); // not in the bank yet: an editor tries it
const keepAct = (key, ids) => isDraft(key) || queue.add("check_answer", key, { choices: ids }, { label: title() }).catch(notKept);
const unkept = new Map(); // check question → its timer and what is chosen
function keep(key, hurry = false) {
  const { timer, ids } = unkept.get(key);
  clearTimeout(timer);
  unkept.delete(key);
  queue.add("check_answer", key, { choices: ids }, { latest: key, label: title(), hurry }).catch(notKept); // its words are on the page
}
function keepSoon(key, ids) {
  if (unkept.has(key)) clearTimeout(unkept.get(key).timer);
  unkept.set(key, { ids, timer: setTimeout(keep, SETTLED, key) });
}
onLeave(() => { for (const key of [...unkept.keys()]) keep(key, true); });

// --- Check questions ---------------------------------------------------------

function checkQuestion(section) {
  const details = section.querySelector("details");
  const inputs = [...section.querySelectorAll("input[type=radio], input[type=checkbox]")];
  if (!details || !inputs.length) return;
  const right = new Set([...details.querySelectorAll("[data-correct=true]")].map((row) => row.dataset.choice));
  const box = el("div", { role: "status" });
  details.before(box);

  const chosen = () => inputs.filter((input) => input.checked).map((input) => input.value);
  const words = (id) => {
    const feedback = details.querySelector(`[data-choice="${CSS.escape(id)}"] [data-feedback]`);
    return feedback ? feedback.textContent : "";
  };

  function judge(ids) {
    const good = ids.length === right.size && ids.every((id) => right.has(id));
    for (const input of inputs) {
      const card = input.closest(".choice");
      card.classList.toggle("right", input.checked && right.has(input.value));
      card.classList.toggle("wrong", input.checked && !right.has(input.value));
    }
    const verdict = el("p", { class: `verdict ${good ? "right" : "wrong"}` }, icon(good ? "check" : "cross"), good ? "Đúng rồi" : "Chưa đúng, bạn chọn lại nhé");
    const said = ids.map(words).filter(Boolean).map((text) => el("p", {}, text.replace(/^(Đúng|Chưa đúng)\.\s*/, "")));
    const why = details.querySelector("[data-explanation]");
    const more = why ? [...why.children].map((paragraph) => el("p", {}, paragraph.textContent)) : [];
    box.replaceChildren(el("div", { class: `feedback ${good ? "right" : "wrong"}` }, verdict, ...said, ...more));
    details.hidden = true;
  }

  function answer() {
    const ids = chosen();
    if (!ids.length) return;
    judge(ids);
    if (!isDraft(section.dataset.question)) keepSoon(section.dataset.question, ids);
  }

  if (section.dataset.kind === "multiple") {
    const button = el("button", { type: "button", class: "btn quiet small" }, "Kiểm tra câu trả lời");
    button.addEventListener("click", () => (chosen().length ? answer() : box.replaceChildren(el("p", { class: "note" }, "Bạn hãy chọn ít nhất một câu trả lời."))));
    section.querySelector(".choices").after(el("p", { class: "btns" }, button));
  } else section.addEventListener("change", answer);

  state.then(async (said) => {
    const kept = (await queue.list()).reverse().find((action) => action.kind === "check_answer" && action.subject === section.dataset.question && queue.isMine(action));
    const before = kept ? kept.data.choices : said && said.state && said.state.answers[section.dataset.question];
    if (!before || !before.length || chosen().length) return;
    for (const input of inputs) input.checked = before.includes(input.value);
    judge(before);
  });
}

const notKept = (error) => button && failed(error);

// --- Done, and on ------------------------------------------------------------

const button = document.querySelector("[data-done]");
const note = el("div", { role: "status", class: "bar-in" });

// Said where she is; once she scrolls on it lies at the end of the lesson, off what she reads. A `scroll` comes
// also where something above it grows.
const loosen = ({ key = "PageUp" }) => { if (/^(Arrow|Page|Home|End)/.test(key)) (note.closest(".bar") || note).classList.add("loose"); };
function say(words, kind, ...more) {
  for (const what of ["wheel", "touchmove", "keydown"]) addEventListener(what, loosen, { passive: true });
  note.replaceChildren(el("div", { class: `alert ${kind}` }, icon(kind === "success" ? "check" : kind === "error" ? "warning" : "info"), el("div", {}, el("p", {}, words), ...more)));
  const on = button.hidden && note.querySelector("a.btn"); // instead of the button that she pressed
  if (note.offsetHeight > innerHeight * .6) { // large letters: it would hide its own beginning
    loosen({});
    note.tabIndex = -1;
    note.focus();
    note.scrollIntoView();
  } else if (on) on.focus({ preventScroll: true });
}

// Where to go on: the next lesson, else the final test, else the course.
function following() {
  const test = document.querySelector('main a[href^="/kiem-tra/"]');
  return article.dataset.next || (test ? test.getAttribute("href") : `/khoa-hoc/${article.dataset.course}/`);
}

const waitFor = (ms) => new Promise((go) => setTimeout(go, ms, null));

async function finish() {
  busy(true);
  for (const key of [...unkept.keys()]) keep(key); // what was chosen just now comes before it
  let kept;
  try { kept = await queue.add("lesson_done", article.dataset.item, {}, { label: title(), course: article.dataset.course }); } catch (error) { return failed(error); }
  await light();
  if (!kept.named) return signedIn() ? goOnUnnamed(kept) : goOnWithout(kept);
  try {
    const answer = await Promise.race([queue.outcome(kept.uuid), waitFor(navigator.onLine ? PATIENCE : 0)]);
    if (!answer) return goOnWaiting(kept);
    const next = answer.data.finished ? `/hoc-tap/${article.dataset.course}/hoan-thanh/` : following();
    say("Đã gửi: bạn học xong bài này.", "success", await row(), goOn("Đi tiếp", next));
    setTimeout(() => location.assign(next), SEEN);
  } catch (error) { failed(error); }
}

async function light() {
  const course = article.dataset.course;
  const before = (await lit(course)).includes(article.dataset.item);
  await keepLit(course, article.dataset.item);
  await showLamps(course, before ? 0 : 1);
}
const row = async () => { const slot = document.querySelector("[data-lamps] .lamps"); return slot ? lamps(Number(slot.dataset.total), (await lit(article.dataset.course)).length, 1) : null; };

// Says where to go on instead of the button that was pressed.
const goOn = (words = "Đi tiếp", href = following()) => {
  button.hidden = true;
  return el("p", { class: "btns" }, el("a", { class: "btn", href }, words));
};
const VANISHES = "Trình duyệt này không cho lưu trên máy: đóng trang là mất. Xin giữ trang mở đến khi gửi xong.";

// No answer yet: on the phone it is safe, and it goes by itself.
async function goOnWaiting({ durable }) {
  if (!durable) { busy(false); return say(VANISHES, "warning"); }
  say("Đã lưu trên máy. Khi có mạng, máy sẽ tự gửi.", "success", await row(), goOn());
}

// Somebody is signed in and the page is nobody's: the machine sends it once it is said whose it is.
async function goOnUnnamed({ durable }) {
  const said = await state;
  const words = "Đã lưu trên máy này: bạn học xong bài. Việc này chưa ghi tên ai nên máy chưa gửi.";
  const todo = said && !said.learner && !said.choose
    ? el("p", {}, "Tài khoản cán bộ không ghi kết quả học. Người đã học đăng nhập trên máy này thì máy gửi.")
    : el("p", {}, el("a", { href: `/ai-dang-hoc/?next=${encodeURIComponent(location.pathname)}` }, "Chọn người học"));
  if (durable) say(words, "info", todo, goOn("Học tiếp"));
  else say(`Bạn đã học xong bài này. ${VANISHES}`, "warning", todo, goOn("Học tiếp"));
}

// Nobody is signed in: kept on this phone until somebody claims it.
async function goOnWithout({ durable }) {
  const door = el("p", {}, el("a", { href: `/dang-ky/?next=${encodeURIComponent(following())}` }, "Đăng ký để giữ lâu dài"));
  if (!durable) return say("Bạn đã học xong bài này. Trình duyệt này không cho lưu trên máy, nên muốn giữ kết quả thì hãy đăng ký.", "warning", door, goOn("Học tiếp"));
  say("Đã lưu trên máy này: bạn học xong bài.", "success", await row(), goOn("Học tiếp"), door);
  if ((await lit(article.dataset.course)).length < 2) wayOut("Phần đã học chỉ nằm trong ứng dụng này, dọn ứng dụng là mất.", note.querySelector(".alert > div"));
}

// Zalo's own browser, and Facebook's: a better one is on the same phone.
const inApp = /Zalo|FB(AN|AV|_IAB)\//.test(navigator.userAgent);
const wayOut = (why, slot) => inApp && import("./inapp.js").then(async (app) => slot.append(await app.wayOut(why))).catch(() => {});

function busy(yes) {
  button.classList.toggle("busy", yes);
  if (yes) button.setAttribute("aria-disabled", "true");
  else button.removeAttribute("aria-disabled");
}

function failed(error) {
  busy(false);
  if (error instanceof SignedOut) return say(error.message, "error", el("p", {}, el("a", { href: `/dang-nhap/?next=${encodeURIComponent(location.pathname)}` }, "Đăng nhập lại")), goOn());
  if (error instanceof AnotherLearns) return say(error.message, "error", el("p", { class: "btns" }, el("a", { class: "btn", href: location.pathname }, "Tải lại trang")));
  const what = error instanceof Refused ? "Việc này nằm trong mục cần xem lại." : "";
  say(`${error.message} ${what}`, "error", el("p", {}, el("a", { href: "/viec-tren-may/" }, "Xem việc trên máy")), goOn());
}

// --- Read aloud: offered once a recording or a Vietnamese voice is certain; voices may come late ---

function offerListening(row) {
  const opener = row.firstElementChild;
  const speech = window.speechSynthesis;
  const voices = () => (speech ? speech.getVoices().filter(({ lang }) => /^vi([-_]|$)/i.test(lang)) : []);
  const hint = el("div", { class: "no-print" });
  const offer = () => {
    row.hidden = !opener.dataset.audio && !voices().length;
    hint.hidden = !row.hidden;
  };
  if (inApp) row.after(hint);
  setTimeout(() => hint.hidden || wayOut("Ở đây chưa có giọng đọc để nghe bài.", hint), 2 * PATIENCE);
  if (speech) speech.onvoiceschanged = offer;
  offer();
  opener.addEventListener("click", () => import("./aloud.js").then(({ listen }) => listen(opener, article, voices())).catch(() => say("Chưa mở được phần nghe: cần có mạng.", "warning")));
}

// The script of a pretend screen did not come: its steps are there in words.
function readInstead(practice) {
  const written = practice.querySelector(".written");
  written.open = true;
  written.before(el("p", { class: "note", role: "status" }, "Chưa mở được phần tập bấm: cần có mạng. Bạn đọc từng bước bằng chữ dưới đây."));
}

if (article) {
  article.querySelectorAll("[data-listen]").forEach(offerListening);
  for (const section of article.querySelectorAll("section[data-question]")) checkQuestion(section);
  const practices = article.querySelectorAll("[data-practice]");
  const films = article.querySelectorAll(".film video");
  if (films.length) import("./film.js").then(({ watch }) => films.forEach(watch), () => {});
  if (practices.length) import("./practice.js").then(({ play }) => practices.forEach((one) => play(one, keepAct))).catch(() => practices.forEach(readInstead));
  if (button && document.documentElement.dataset.simple) import("./steps.js").then(({ steps }) => steps(article, button)).catch(() => say("Chưa mở được từng bước một: cần có mạng. Cả bài vẫn ở đây.", "warning"));
  if (button) {
    (button.closest(".bar") || article).prepend(note);
    button.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      if (!button.classList.contains("busy")) finish();
    });
  }
}
