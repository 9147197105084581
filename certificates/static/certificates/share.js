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

for (const button of document.querySelectorAll("[data-share]")) {
  if (!navigator.share) continue;
  button.hidden = false;
  const byHand = button.closest("[data-pride]")?.querySelector("[data-by-hand]");
  if (byHand) byHand.hidden = true;
  button.addEventListener("click", async () => {
    const { share: url, title, picture } = button.dataset;
    const file = await pictureOf(picture);
    // With a picture many phones drop `url`: it goes in the words too.
    const what = file ? { files: [file], title, text: `${title}: ${url}` } : { title, url };
    navigator.share(what).catch(() => {}); // she closed the sheet: nothing to say
  });
}
