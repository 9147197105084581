// Zalo's and Facebook's own browsers: they keep things apart from the phone's browser, and often have no voice.
import { queue } from "./queue.js";
import { el, icon } from "./state.js";

const agent = navigator.userAgent;
const name = agent.includes("Zalo") ? "Zalo" : "Facebook";
export const inApp = /Zalo|FB(AN|AV|_IAB)\//.test(agent);
const isAndroid = agent.includes("Android");

// On Android a link leads out by itself; on an iPhone only the app's own menu does, or the link pasted by hand.
export function out(path, carries) {
  const scheme = location.protocol.slice(0, -1);
  if (isAndroid) return el("a", { class: carries ? "btn full" : "btn quiet small", href: `intent://${location.host}${path}#Intent;scheme=${scheme};action=android.intent.action.VIEW;end` }, "Mở bằng trình duyệt");
  return el("span", {}, carries ? "Bấm “Chép đường dẫn”, mở Safari rồi dán vào ô địa chỉ." : "Bấm nút ••• ở góc màn hình, rồi chọn “Mở bằng trình duyệt”.");
}

// What was learned here goes along from /viec-tren-may/.
export async function wayOut(why) {
  const carries = (await queue.unclaimed()).length;
  const link = carries ? el("a", { href: "/viec-tren-may/#mang-theo" }, "Mở bằng trình duyệt, mang theo phần đã học") : out(location.pathname);
  return el("div", { "data-in-app": true }, el("p", {}, icon("info"), ` Bạn đang học trong ${name}. ${why}`), el("p", {}, link));
}
