// Films stay with the network: beside one that cannot be had stands what to do.
import { reached } from "./queue.js";
import { el, icon } from "./state.js";

export function watch(film) {
  const told = el("div", { class: "alert info no-print", role: "status", hidden: true }, icon("info"), el("p", {}, "Phim này không nằm trong máy: cần có mạng mới xem được. Lúc này bạn đọc lời trong phim ở bên dưới."));
  film.before(told);
  const away = (yes) => { told.hidden = !yes; };
  film.addEventListener("play", () => { film.textTracks[0].mode = "showing"; }, { once: true }); // captions come with it, not with the page
  film.addEventListener("playing", () => away(false));
  film.addEventListener("error", () => { // dead until it begins anew, from where it was
    const at = film.currentTime;
    film.load();
    film.currentTime = at;
    away(true);
  });
  addEventListener("online", () => away(false));
  const look = async () => away(!navigator.onLine && !(await reached()));
  addEventListener("offline", look);
  look();
}
