// A lesson: check questions answer at once in words, and "Tôi đã hiểu, đi tiếp" keeps what was learned.
import { createQueue, SignedOut } from "./queue.js";
import { el, icon, lamps, showLamps, signedIn, state } from "./state.js";

const article = document.querySelector("article[data-lesson]");
const SETTLED = 800; // arrow keys pass over choices: only the one stayed on is kept

let queue = null;
const ready = state.then((said) => {
  if (said && said.learner) queue = createQueue({ csrf: said.csrf, learner: said.learner, tell });
  return said;
});

// A practice answer that cannot be kept is no trouble: the words are on the page.
const keep = (key, ids) => queue && queue.add("check_answer", key, { choices: ids }).catch(() => {});

// --- Check questions ---------------------------------------------------------

function checkQuestion(section) {
  const details = section.querySelector("details");
  const inputs = [...section.querySelectorAll("input[type=radio], input[type=checkbox]")];
  if (!details || !inputs.length) return;
  const right = new Set([...details.querySelectorAll("[data-correct=true]")].map((row) => row.dataset.choice));
  const box = el("div", { role: "status" });
  details.before(box);
  let timer = 0;

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
    clearTimeout(timer);
    timer = setTimeout(() => keep(section.dataset.question, ids), SETTLED);
  }

  if (section.dataset.kind === "multiple") {
    const button = el("button", { type: "button", class: "btn quiet small" }, "Kiểm tra câu trả lời");
    button.addEventListener("click", () => (chosen().length ? answer() : box.replaceChildren(el("p", { class: "note" }, "Bạn hãy chọn ít nhất một câu trả lời."))));
    section.querySelector(".choices").after(el("p", { class: "btns" }, button));
  } else section.addEventListener("change", answer);

  ready.then((said) => {
    const before = said && said.state && said.state.answers[section.dataset.question];
    if (!before || !before.length || chosen().length) return;
    for (const input of inputs) input.checked = before.includes(input.value);
    judge(before);
  });
}

// --- Done, and on ------------------------------------------------------------

const button = document.querySelector("[data-done]");
const note = el("div", { role: "status", class: "bar-in" });
let pending = null;

function tell(what, action) {
  // An answer given before waits in front of it: the button is then stuck behind that one.
  if (what === "waiting" && (pending || action.kind === "lesson_done")) sayWaiting();
}

function sayWaiting() {
  say("Chưa gửi được vì mạng yếu. Việc của bạn vẫn còn trên trang này: xin giữ trang mở, trang sẽ tự gửi lại.", "warning");
}

function say(words, kind, ...more) {
  note.replaceChildren(el("div", { class: `alert ${kind}` }, icon(kind === "success" ? "check" : "warning"), el("div", {}, el("p", {}, words), ...more)));
}

// Where to go on: the next lesson, else the final test, else the course.
function following() {
  const test = document.querySelector('main a[href^="/kiem-tra/"]');
  return article.dataset.next || (test ? test.getAttribute("href") : `/khoa-hoc/${article.dataset.course}/`);
}

async function finish() {
  const said = await ready;
  if (!queue) return goWithout();
  button.classList.add("busy");
  button.setAttribute("aria-disabled", "true");
  pending = pending || queue.add("lesson_done", article.dataset.item);
  if (!navigator.onLine) sayWaiting();
  try {
    const { data } = await pending;
    light(said);
    const next = data.finished ? `/hoc-tap/${article.dataset.course}/hoan-thanh/` : following();
    setTimeout(() => location.assign(next), 1000);
  } catch (error) {
    pending = null;
    const link = error instanceof SignedOut ? el("a", { href: `/dang-nhap/?next=${encodeURIComponent(location.pathname)}` }, "Đăng nhập lại") : el("a", { href: following() }, "Đi tiếp");
    say(`${error.message} Bạn có thể bấm nút để thử lại.`, "error", el("p", {}, link));
    button.classList.remove("busy");
    button.removeAttribute("aria-disabled");
  }
}

function light(said) {
  const standing = said.state.progress;
  const fresh = standing.done.includes(article.dataset.item) ? 0 : 1;
  const lit = standing.lit + fresh;
  showLamps(article.dataset.course, { ...standing, lit }, fresh);
  say(fresh ? "Đã ghi: bạn học xong bài này." : "Bài này bạn đã học xong từ trước.", "success", lamps(standing.lessons, lit, fresh));
}

// Nobody is signed in: told once a visit on the page of the link, afterwards simply on.
function goWithout() {
  let told = false;
  try { told = sessionStorage.getItem("told") === "1"; sessionStorage.setItem("told", "1"); } catch { /* told again */ }
  location.assign(told && !signedIn() ? following() : button.href);
}

if (article) {
  for (const section of article.querySelectorAll("section[data-question]")) checkQuestion(section);
  const practices = article.querySelectorAll("[data-practice]");
  if (practices.length) import("./practice.js").then(({ play }) => practices.forEach((one) => play(one, keep)));
  if (button) {
    (button.closest(".bar") || article).prepend(note);
    button.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      if (!button.classList.contains("busy")) finish();
    });
  }
}
