// The final test: each answer is kept on the phone at once and sent when it can be, with words that say where
// it is. Begun with network, it goes on without. The form works without this.
import { AnotherLearns, isSignedIn, onLeave, queue, reached, REVIEW, whoLearns } from "./queue.js";
import { DAY, serverClock } from "./server-clock.js";
import { beside, isAnothers, isKept } from "./sheet.js";

const form = document.getElementById("bai-lam");
const SAVED = { stored: "Đã lưu trên máy, đang gửi…", waiting: "Đã lưu trên máy. Chưa có mạng, máy sẽ tự gửi.", sent: "Đã gửi" };
const OUT = "Đã lưu trên máy. Bạn đã bị thoát: đăng nhập lại là máy gửi.";
const FLEETING = "Trình duyệt này không cho lưu trên máy: xin giữ trang mở đến khi gửi xong.";
const FLEETING_OUT = "Bạn đã bị thoát, và trình duyệt này không cho lưu trên máy: xin giữ trang này mở và đăng nhập ở một trang khác.";
const SETTLED = 600;
const LOOK = 15000; // between looks whether the phone still has what it was given
const GONE = 300;
const [SAY, BY_FORM] = [3000, 7000]; // a disk that does not answer is said, and then waited for no longer
const PATIENCE = 2000; // for what the phone keeps, before the questions left empty are counted
const WARN = [10, 5, 1]; // minutes left that are said aloud

const pause = (ms) => new Promise((go) => setTimeout(go, ms));

function start() {
  let handingIn = false;
  let presses = 0;
  let latest = null; // ends once every answer so far is kept, or known not to be
  const unkept = new Map(); // field → why its answer is not even on the phone: tried again at the handing in
  let mute = null; // the press of which `orByForm` tells: nothing else is said in its place
  let again = false; // handed in, and an answer is to be looked at
  const timers = new Map(); // field → what will keep it
  const saving = new Map(); // field → what ends once it is kept
  const owed = new Map(); // field, or none for the handing in → what the phone was given and the server does not have yet
  const attempt = form.dataset.attempt;
  const questions = [...form.querySelectorAll("fieldset[data-question]")];
  const total = document.getElementById("tinh-hinh");
  const byKey = (key) => questions.find((one) => one.dataset.question === key);
  const inputs = (field) => [...field.querySelectorAll("input")];
  const values = (some) => some.map((input) => input.value);
  const chosen = (field) => values(inputs(field).filter((input) => input.checked));
  const check = (field, ids) => { for (const input of inputs(field)) input.checked = ids.includes(input.value); };
  const text = (ids) => [...ids].sort().join();
  // field → the choices that the server or the phone has. A choice may come without `change`: tapped before this
  // script ran, or put back by the browser.
  const known = new Map(questions.map((field) => [field, text(values(inputs(field).filter((input) => input.defaultChecked)))]));
  const differs = (field) => text(chosen(field)) !== known.get(field);
  const posted = new Set(questions.filter((field) => "unsaved" in field.dataset)); // sent as a form, and not taken yet
  const isUnsaved = (field) => timers.has(field) || unkept.has(field) || posted.has(field) || differs(field);
  // Put back by the browser, since nobody tapped yet: it counts where nothing else is known.
  const restored = new Map(navigator.userActivation && !navigator.userActivation.hasBeenActive ? questions.filter(differs).map((field) => [field, chosen(field)]) : []);
  for (const field of restored.keys()) for (const input of inputs(field)) input.checked = input.defaultChecked;

  // Shows what was chosen before, but not over what she chose meanwhile; true when that is shown.
  function choose(field, ids) {
    if ((isUnsaved(field) || saving.has(field)) && text(chosen(field)) !== text(ids)) return false;
    check(field, ids);
    known.set(field, text(ids));
    return true;
  }
  const remember = (field, ids) => sheet.remember(field.dataset.question, ids).catch(() => {});
  const say = (field, words, asks = false) => { const note = field.querySelector("[data-saved]"); note.textContent = words; note.classList.toggle("asks", asks); };
  const UNTIL = `. Bài cần được gửi trước ${form.dataset.until}.`;
  const link = (href, textContent, target = "") => Object.assign(document.createElement("a"), { href, textContent, target });
  const signIn = (words, target) => link(`/dang-nhap/?next=${encodeURIComponent(location.pathname)}`, words, target);
  const where = (what, { fleeting = false } = {}) => (what === "sent" ? SAVED.sent : isSignedIn() ? (fleeting ? FLEETING : SAVED[what]) : fleeting ? FLEETING_OUT : OUT);
  const ours = (action) => action.subject === attempt && action.kind.startsWith("test_");
  const sheet = beside(form.dataset.learner);
  const unsent = async () => (await queue.list()).filter((action) => ours(action) && action.state === "waiting");

  // Another person of the phone was chosen in another tab: this sheet is not hers.
  queue.bind(form.dataset.learner);
  if (whoLearns() && !queue.isHers()) {
    for (const field of questions) field.disabled = true;
    form.querySelector("button[value=submit]").disabled = true;
    return total.replaceChildren(`${new AnotherLearns().message} `, link(location.pathname, "Tải lại trang"));
  }
  queue.know({ csrf: form.elements.csrfmiddlewaretoken.value, learners: [form.dataset.learner] });

  // The page may be older than what this phone did since: the later step counts, and what is not sent is shown.
  async function catchUp() {
    const recalled = sheet.recall().catch(() => ({})); // asked first: what is remembered from now on stays
    for (const field of questions) if (differs(field)) changed(field); // tapped before this script ran
    await queue.stands(attempt, Number(form.dataset.seq));
    const before = await recalled;
    // What waited for her own PIN goes now that it was typed.
    for (const action of await queue.list()) if (ours(action) && action.state === REVIEW && ["own_pin", "card"].includes(action.code)) await queue.retry(action.uuid);
    const mine = (await queue.list()).filter((action) => ours(action) && byKey(action.data.question));
    const here = Object.fromEntries(mine.map((action) => [action.data.question, action.data.choices]));
    for (const [question, ids] of Object.entries({ ...before, ...here })) {
      const field = byKey(question);
      if (field && choose(field, ids) && here[question]) remember(field, ids);
    }
    for (const action of mine) {
      const field = byKey(action.data.question);
      if (isUnsaved(field)) continue;
      say(field, action.state === REVIEW ? `Chưa gửi được: ${action.message}` : where("waiting", action));
      if (action.state !== REVIEW) owed.set(field, text(action.data.choices));
    }
    if ((await unsent()).some((action) => action.kind === "test_submit")) owed.set(undefined, "");
    count();
    await sayHandedIn();
    for (const [field, ids] of restored) if (!chosen(field).length && !isUnsaved(field)) check(field, ids);
    for (const field of questions) if (differs(field) && !timers.has(field)) changed(field);
  }

  function count() {
    const answered = questions.filter((field) => chosen(field).length).length;
    total.textContent = `${answered} trong ${questions.length} câu đã trả lời`;
  }

  queue.subscribe((news) => {
    const { what, action } = news;
    if (what === "waiting" || what === "signedout") return sayWaiting();
    if (what === "changed") return sayHandedIn();
    if (!action || !ours(action)) return undefined;
    const field = byKey(action.data.question);
    if (["sent", "refused"].includes(what) && owed.get(field) === text(action.data.choices || [])) owed.delete(field);
    if (field && what === "stored" && !saving.has(field)) elsewhere(field, action.data.choices);
    if (field && SAVED[what] && !timers.has(field)) say(field, where(what, { fleeting: news.durable === false }));
    if (what === "renamed") merge(action, news.data);
    if (what === "refused") refused(action, field, news);
    if (what === "sent" && action.kind === "test_submit") { handingIn = true; location.assign(news.answer.data.url); }
    return undefined;
  });

  // Chosen in another tab, later than what this one gave: that counts, so this page gives its own no more, and shows
  // what will be judged. News that such a choice was sent says nothing: it may be this page's own earlier one.
  function elsewhere(field, ids) {
    if (owed.get(field) !== text(ids)) owed.delete(field);
    choose(field, ids);
    count();
  }

  async function sayWaiting() {
    await keepAgain();
    for (const action of await unsent()) {
      const field = byKey(action.data.question);
      if (field && !timers.has(field)) say(field, where("waiting", action));
    }
    sayHandedIn();
  }

  // The test went on elsewhere: what was answered there is shown, what is chosen here stays and is sent after it.
  async function merge(sent, { answers = {} }) {
    const mine = new Set([...(await unsent()).map((action) => action.data.question), sent.data.question]);
    for (const field of questions) {
      const kept = answers[field.dataset.question];
      if (!kept || mine.has(field.dataset.question) || owed.has(field) || !choose(field, kept)) continue;
      remember(field, kept);
      say(field, "Đã gửi từ nơi khác");
    }
    count();
  }

  function refused(action, field, { uuid, message, data }) {
    if (data.code === "closed") { // judged meanwhile: the page then shows the result
      handingIn = true;
      queue.drop(uuid).then(() => location.reload());
    } else if (data.code === "own_pin") { handingIn = true; location.assign(data.url); }
    else if (field) { say(field, `Chưa gửi được: ${message}`); sayHandedIn(); }
    else { total.textContent = `Chưa nộp được: ${message}`; release(); }
  }

  // A browser short of space may empty its disk under an open page: what this page gave it is kept once more.
  async function keepLost() {
    const gone = async () => {
      if (!owed.size || handingIn) return [];
      const here = new Set((await queue.list()).filter(ours).map((action) => byKey(action.data.question)));
      return (await queue.store()).unread ? [] : [...owed.keys()].filter((field) => !here.has(field) && !saving.has(field) && !timers.has(field));
    };
    if (!(await gone()).length) return;
    await pause(GONE); // the news that it was sent may be on its way
    const lost = await gone();
    for (const field of lost) if (field) save(field);
    await latest;
    if (lost.includes(undefined)) await handIn();
  }
  let turn = Promise.resolve();
  const keepAgain = () => { turn = turn.then(keepLost).catch(() => {}); return turn; };

  async function handIn() {
    await queue.add("test_submit", attempt, {}, { label: "Nộp bài kiểm tra", latest: `${attempt}:submit` });
    owed.set(undefined, "");
  }

  function save(field, hurry = false) {
    clearTimeout(timers.get(field));
    timers.delete(field);
    const question = field.dataset.question;
    const choices = chosen(field);
    known.set(field, text(choices));
    posted.delete(field);
    remember(field, choices);
    owed.set(field, text(choices));
    const label = `Bài kiểm tra, câu ${questions.indexOf(field) + 1}`;
    const kept = queue.add("test_answer", attempt, { question, choices }, { latest: `${attempt}:${question}`, label, hurry }).then(() => { unkept.delete(field); if (!hurry) keepAgain(); }, (error) => {
      unkept.set(field, error);
      owed.delete(field);
      say(field, `${error.message} Câu này chưa được lưu.`);
    }).finally(() => { if (saving.get(field) === kept) saving.delete(field); });
    saving.set(field, kept);
    latest = Promise.all([latest, kept]);
  }

  function changed(field) {
    say(field, again ? "Bấm Nộp bài để gửi." : "Đang lưu…");
    count();
    clearTimeout(timers.get(field));
    timers.set(field, again ? 0 : setTimeout(save, SETTLED, field));
  }

  form.addEventListener("change", (event) => {
    const field = event.target.closest("fieldset[data-question]");
    if (field) changed(field);
  });

  // Questions left empty are asked about by the form's own page, which needs the network; without it, here.
  form.addEventListener("submit", async (event) => {
    const button = event.submitter || form.querySelector("button[value=submit]");
    if (handingIn || button.value !== "submit") return;
    event.preventDefault();
    const { confirmed } = form.elements; // before she pressed
    const saveAll = () => { for (const field of questions.filter(isUnsaved)) save(field); };
    saveAll();
    button.classList.add("busy");
    orByForm(button, ++presses);
    await Promise.race([caughtUp.catch(() => {}), pause(PATIENCE)]);
    saveAll();
    const left = questions.filter((field) => !chosen(field).length);
    if (left.length && !confirmed) return askAbout(left, button);
    try {
      await latest;
      await keepAgain();
      await latest;
      for (const error of unkept.values()) throw error;
      await handIn();
    } catch (error) {
      total.textContent = error.message;
      return release();
    }
    total.textContent = "Đang nộp bài…";
    setTimeout(sayHandedIn, SAY);
  });

  // A disk that cannot be read, or never answers, does not hold the test: the form itself goes, with every choice.
  async function orByForm(button, press) {
    const kept = async () => (await queue.list()).some((action) => ours(action) && action.kind === "test_submit") && !(await queue.store()).unread;
    const ended = async () => handingIn || press !== presses || (await Promise.race([kept(), pause(1000)]).catch(() => false));
    await pause(SAY);
    while (!(await ended())) {
      mute = press;
      if (isSignedIn()) sayAll(`Bài chưa nộp được: máy không đọc được chỗ lưu của trình duyệt, nên có mạng là bài được nộp thẳng. Xin giữ trang này mở${UNTIL}`);
      else sayAll("Bài chưa nộp được: bạn đã bị thoát, và máy không đọc được chỗ lưu của trình duyệt. Xin giữ trang này mở và ", signIn("đăng nhập ở một trang khác", "_blank"), `, rồi bài được nộp thẳng${UNTIL}`);
      await pause(BY_FORM);
      await Promise.race([queue.sendNow(), pause(SAY)]); // what can go goes before it
      if ((await ended()) || !isSignedIn() || !(await reached())) continue;
      for (const field of questions) field.disabled = false;
      button.disabled = false;
      handingIn = true;
      form.elements.seq.value = queue.standing(attempt);
      return form.requestSubmit(button);
    }
    if (mute === press) mute = null;
    return handingIn ? undefined : sayHandedIn();
  }

  function askAbout(left, button) {
    presses++;
    button.classList.remove("busy");
    if (!form.elements.confirmed) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "confirmed", value: "1" }));
    const first = left[0];
    total.textContent = `Còn ${left.length} câu chưa trả lời.`;
    say(first, `Còn ${left.length} câu chưa trả lời, từ câu này; câu để trống tính là chưa đúng. Bạn trả lời nốt, hoặc xuống cuối trang bấm “Nộp bài” lần nữa để nộp luôn.`, true);
    first.scrollIntoView({ block: "center" });
    first.querySelector("[data-saved]").scrollIntoView({ block: "nearest" });
    const input = first.querySelector("input");
    if (input) input.focus({ preventScroll: true });
  }

  // Handed in on this phone and not sent yet: nothing is lost, and nothing more can be changed but an answer
  // that the server did not take: it holds the sheet, and goes when she hands in again.
  // The same words again would take the focus from a link and be read aloud anew.
  function sayAll(...parts) {
    const made = document.createElement("p");
    made.append(...parts);
    if (made.textContent !== total.textContent) total.replaceChildren(...made.childNodes);
  }

  async function handedIn() {
    const bad = (await queue.list()).filter((action) => ours(action) && action.state === REVIEW && action.kind === "test_answer").map((action) => byKey(action.data.question));
    again = bad.length > 0;
    for (const field of questions) field.disabled = !bad.includes(field);
    const button = form.querySelector("button[value=submit]");
    button.disabled = !again;
    button.classList.remove("busy");
    if (mute === presses) return;
    const which = bad.filter(Boolean).flatMap((field, n) => [n ? ", " : ": ", link(`#${field.id}`, `câu ${questions.indexOf(field) + 1}`)]);
    const loose = (await unsent()).some((action) => action.fleeting);
    const tab = loose ? "_blank" : "";
    if (again) sayAll(`Bạn đã nộp bài trên máy này, nhưng ${bad.length} câu cần xem lại nên bài chưa gửi được`, ...which, ". Bạn chọn lại rồi bấm Nộp bài, hoặc ", link("/viec-tren-may/", "xem việc trên máy", tab), loose ? ". Xin giữ trang này mở" : "", UNTIL);
    else if (loose) sayAll("Bạn đã bấm Nộp bài, nhưng bài chưa gửi được và trình duyệt này không cho lưu trên máy: xin giữ trang này mở, ", ...(isSignedIn() ? ["có mạng là máy tự gửi"] : ["và ", signIn("đăng nhập ở một trang khác", tab)]), UNTIL);
    else if (isSignedIn()) sayAll(`Bạn đã nộp bài trên máy này. Bài chưa gửi được vì chưa có mạng: máy tự gửi khi có mạng, rồi hiện kết quả${UNTIL}`);
    else sayAll("Bạn đã nộp bài trên máy này. Bài chưa gửi được vì bạn đã bị thoát. ", signIn("Đăng nhập lại", tab), UNTIL);
  }

  async function sayHandedIn() {
    if ((await unsent()).some((action) => action.kind === "test_submit")) handedIn();
  }

  function release() {
    presses++;
    again = false;
    const button = form.querySelector("button[value=submit]");
    button.classList.remove("busy");
    button.disabled = false;
    for (const field of questions) field.disabled = false;
  }

  onLeave(() => { for (const field of questions) if (timers.has(field) || differs(field)) save(field, true); });

  addEventListener("online", keepAgain);
  setInterval(keepAgain, LOOK);

  const caughtUp = catchUp();
  clock();
}

// The time left: seen all the time, said aloud only a few times. The page's hour is the server's when it came
// from there; one that was kept on the phone tells an old hour.
async function clock() {
  const left = document.getElementById("con-lai");
  const aloud = document.getElementById("nhac-gio");
  const [rendered, deadline] = [Date.parse(form.dataset.now), Date.parse(form.dataset.deadline)];
  const [visit] = performance.getEntriesByType("navigation");
  const came = visit && visit.responseStart ? performance.now() - visit.responseStart : 0;
  const fresh = rendered + came - Date.now();
  const store = await queue.store();
  const name = `offset:${form.dataset.attempt}`;
  const keep = (offset) => { store.change(name, () => offset).catch(() => {}); }; // a full disk
  const server = serverClock({ offset: isKept() ? (await store.get(name).catch(() => null)) ?? null : fresh, sure: !isKept(), keep });
  if (isKept()) server.measure();
  else keep(fresh);
  const said = new Set();
  const tick = () => {
    setTimeout(tick, 5000);
    const now = server.now();
    if (now === null || now < rendered - 60000 || now > deadline + DAY) { left.textContent = "Máy không rõ còn bao nhiêu phút."; return; }
    const minutes = Math.ceil((deadline - now) / 60000);
    const by = server.isSure() ? "" : " theo đồng hồ của máy";
    left.textContent = minutes > 1 ? `Còn ${minutes} phút${by}.` : minutes === 1 ? `Còn chưa đến 1 phút${by}.` : `Đã hết giờ${by}. Bạn bấm Nộp bài để xem kết quả.`;
    const due = minutes <= 0 ? 0 : WARN.find((mark) => minutes === mark);
    if (due !== undefined && !said.has(due)) {
      said.add(due);
      aloud.textContent = left.textContent;
    }
  };
  tick();
}

const notice = document.getElementById("bao");
if (notice) notice.focus();
if (form && isAnothers(form.dataset.learner)) location.replace("/ngoai-tuyen/");
else if (form) start();
