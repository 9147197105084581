// Copying the address of a paper, or handing it and its picture to Zalo through the phone's own share sheet.
const said = document.querySelector("[data-said]");

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      said.textContent = "Đã chép. Bạn mở Zalo, bấm giữ ô viết tin rồi chọn Dán.";
    } catch {
      said.textContent = "Máy này không cho chép tự động. Bạn bấm giữ vào đường dẫn ở trên rồi chọn Sao chép.";
    }
  });
}

/** The picture as a file to share, or nothing where the phone takes none or the network is gone. */
async function pictureOf(address) {
  if (!address || !navigator.canShare) return null;
  try {
    const answer = await fetch(address);
    if (!answer.ok) return null;
    const file = new File([await answer.blob()], "giay-ghi-nhan.png", { type: "image/png" });
    return navigator.canShare({ files: [file] }) ? file : null;
  } catch {
    return null;
  }
}

/**
 * One button. A share sheet opens only right after a tap (Chromium: some five seconds), and on a slow network the
 * picture takes longer: it is fetched before the tap where the page says so, else from the finger's first touch, and
 * kept. What came too late waits for the next tap. When nothing opens, the way by hand comes back.
 */
function sharing(button) {
  const { share: url, title, picture } = button.dataset;
  const pride = button.closest("[data-pride]");
  const byHand = pride?.querySelector("[data-by-hand]");
  const note = (pride ?? document).querySelector("[data-said]");
  let file = picture ? undefined : null; // undefined: nobody asked yet
  let coming, busy;
  const ready = () => (coming ??= pictureOf(picture).then((got) => (file = got)));
  const say = (words) => {
    if (note) note.textContent = words;
  };

  async function share() {
    const late = file === undefined;
    if (late) {
      say("Đang lấy ảnh, bạn đợi một chút.");
      await ready();
    }
    say("");
    // With a picture many phones drop `url`: it goes in the words too.
    const what = file ? { files: [file], title, text: `${title}: ${url}` } : { title, url };
    try {
      await navigator.share(what);
    } catch (error) {
      if (error.name === "AbortError") return; // she closed the sheet: nothing to say
      if (late && error.name === "NotAllowedError") say("Ảnh đã sẵn sàng. Bạn bấm nút này lần nữa.");
      else if (byHand) say("Máy này không mở được chỗ gửi. Bạn tải ảnh về, rồi gửi ảnh ấy trong Zalo.");
      else say("Máy này không mở được chỗ gửi. Bạn chép đường dẫn ở trên rồi dán vào Zalo.");
      if (byHand) byHand.hidden = false;
    }
  }

  button.hidden = false;
  if (byHand) byHand.hidden = true;
  if (picture) {
    button.addEventListener("pointerdown", ready);
    if ("early" in button.dataset && !navigator.connection?.saveData) (window.requestIdleCallback ?? setTimeout)(ready);
  }
  button.addEventListener("click", async () => {
    if (busy) return;
    busy = true;
    await share();
    busy = false;
  });
}

if (navigator.share) document.querySelectorAll("[data-share]").forEach(sharing);
