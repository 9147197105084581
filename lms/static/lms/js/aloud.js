// "Nghe bài": the sentences that cms/aloud/marking.py marked, by the lesson's recording or the phone's voice.
import { el, icon } from "./state.js";

// Both say(n) from a sentence on, stop(), pace(n) and leave() for good; they tell at(n), over() and failed().
function spoken(voices, words, { at, speed, next, over, failed }) {
  let turn = 0;
  const stop = () => { turn++; speechSynthesis.cancel(); }; // on Android a pause is an end as well
  function say(n) {
    stop();
    const mine = turn;
    const said = new SpeechSynthesisUtterance(words(n));
    said.voice = voices.find((voice) => voice.localService) || voices[0];
    said.lang = "vi-VN";
    said.rate = speed();
    const then = (act) => () => { clearTimeout(silence); if (mine === turn) act(); };
    const silence = setTimeout(then(failed), 8000);
    said.onstart = then(() => {});
    said.onend = then(() => (next(n) > n ? say(next(n)) : over()));
    said.onerror = then(failed);
    at(n);
    speechSynthesis.speak(said);
  }
  return { say, stop, pace: say, leave: stop };
}

function recorded({ audio: src, marks }, title, { at, speed, next, over, failed, looks }) {
  const starts = marks.split(" ").map((tenths) => tenths / 10);
  const audio = new Audio();
  audio.src = src;
  let now;
  const pace = () => { audio.defaultPlaybackRate = audio.playbackRate = speed(); };
  function say(n) {
    pace();
    if (n !== now || audio.ended) audio.currentTime = starts[n];
    at(now = n);
    // On a slow network her tap may be too old by now. What cannot be fetched is told by onerror.
    audio.play().catch(({ name }) => name === "NotAllowedError" && looks(false, "Bấm nút đọc tiếp để nghe."));
  }
  audio.ontimeupdate = () => {
    const n = starts.filter((start) => start <= audio.currentTime + 0.05).length - 1;
    if (audio.paused || n <= now) return;
    if (next(now) === n) at(now = n);
    else if (next(now) > n) say(next(now));
    else over();
  };
  audio.onplay = audio.onpause = () => looks(!audio.paused); // the lock screen has buttons too
  audio.onended = over;
  audio.onerror = failed;
  if (navigator.mediaSession) navigator.mediaSession.metadata = new MediaMetadata({ title, artist: "Học Vụ Số" });
  // A player without its file stops fetching it.
  const leave = () => { audio.pause(); audio.onerror = null; audio.removeAttribute("src"); audio.load(); };
  return { say, stop: () => audio.pause(), pace, leave };
}

export function listen(opener, article, voices) {
  const list = [];
  for (const one of article.querySelectorAll("[data-s],[data-c]")) one.matches("[data-s]") ? list.push([one]) : list[list.length - 1].push(one);
  // One step a screen (steps.js): what is read of another step brings that step.
  const away = (to) => list[to] && list[to][0].closest(".step-off");
  const near = (from, step = 1) => { let to = from + step; while (list[to] && !away(to) && !list[to][0].getClientRects().length) to += step; return list[to] ? to : from; };
  const begin = () => { const first = near(-1); let to = first; while (list[to] && !away(to)) to++; while (away(to)) to++; return list[to] ? to : first; };
  const words = (n) => list[n].map((one) => (one.alt ? `Hình: ${one.alt}` : one.textContent)).join("");
  const light = (on) => list[n].forEach((one) => one.classList.toggle("said", on));
  const press = (label, sign, act) => { const made = el("button", { type: "button", class: "btn quiet small", "aria-label": label }, icon(sign)); made.onclick = act; return made; };
  let n = begin();
  let going;
  let rate = "1";
  try { rate = localStorage.hvs_speed || rate; } catch { /* nothing is kept here */ }
  const main = press("", "play", () => (going ? stop() : play(n)));
  const pace = el("select", { "aria-label": "Tốc độ đọc" }, ...["0.75 Chậm", "1 Vừa", "1.25 Nhanh", "1.5 Rất nhanh"].map((one) => { const [value, ...name] = one.split(" "); return el("option", { value, selected: value === rate }, name.join(" ")); }));
  const told = el("p", { role: "status" });
  const bar = document.querySelector(".bar") || article;
  const player = el("div", { class: "bar-in aloud", role: "group", "aria-label": "Nghe bài" }, press("Câu trước", "back", () => play(near(n, -1))), main, press("Câu sau", "next", () => play(near(n))), pace, press("Thôi nghe", "cross", close), told);

  function looks(on, what = "") {
    if (on === going && !what) return;
    going = on;
    told.textContent = what;
    main.setAttribute("aria-label", on ? "Dừng đọc" : "Đọc tiếp");
    main.replaceChildren(icon(on ? "pause" : "play"));
  }
  const play = (to) => { looks(true); voice.say(to); };
  const stop = (what) => { voice.stop(); looks(false, what); };
  const told_by = {
    looks,
    speed: () => Number(pace.value),
    next: near,
    at(to) {
      light(false);
      n = to;
      if (away(n)) article.dispatchEvent(new CustomEvent("follow", { detail: list[n][0] }));
      light(true);
      const { top, bottom } = list[n][0].getBoundingClientRect();
      if (top < 60 || bottom > player.getBoundingClientRect().top - 20) list[n][0].scrollIntoView({ block: "center" });
    },
    over() { stop("Đã đọc hết."); light(false); n = begin(); },
    failed() {
      const other = voice.pace !== voice.say && voices.length;
      stop("Chưa nghe được: máy không đọc được bài này, hoặc đang không có mạng.");
      if (other) { voice.leave(); voice = spoken(voices, words, told_by); play(n); }
    },
  };
  let voice = opener.dataset.audio ? recorded(opener.dataset, words(0), told_by) : spoken(voices, words, told_by);
  function tapped({ target }) {
    const one = target.closest("[data-s],[data-c]");
    if (one && !target.closest("a,label") && !String(getSelection())) play(list.findIndex((shown) => shown.includes(one)));
  }
  const hush = () => voice.stop();
  const turned = () => { if (!away(n)) return; light(false); n = begin(); if (going) play(n); }; // she went to another step
  function close() {
    stop();
    voice.leave();
    removeEventListener("pagehide", hush);
    light(false);
    article.classList.remove("listening");
    article.removeEventListener("click", tapped);
    article.removeEventListener("turned", turned);
    document.body.classList.remove("aloud-below");
    player.remove();
    opener.hidden = false;
    opener.focus();
  }
  pace.onchange = () => {
    try { localStorage.hvs_speed = pace.value; } catch { /* nothing is kept here */ }
    if (going) voice.pace(n);
  };
  article.addEventListener("click", tapped);
  article.addEventListener("turned", turned);
  document.body.classList.add("aloud-below");
  article.classList.add("listening");
  addEventListener("pagehide", hush);
  bar.prepend(player, el("link", { rel: "stylesheet", href: opener.dataset.look }));
  opener.hidden = true;
  main.focus({ preventScroll: true });
  play(n);
}
