// <place-picker>: a text box that becomes a combobox (ARIA pattern "editable combobox with list").
// Without this script the form still works: the server answers with radio cards.
let count = 0;

class PlacePicker extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input:not([type=hidden]):not([type=radio])");
    this.list = Object.assign(document.createElement("ul"), { className: "options", id: `places-${++count}`, hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Xã, phường tìm thấy");
    this.said = Object.assign(document.createElement("p"), { className: "visually-hidden", role: "status" });
    this.input.after(this.list, this.said);
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", this.list.id]]) this.input.setAttribute(name, value);
    this.input.addEventListener("input", () => { this.hold("", ""); clearTimeout(this.timer); this.timer = setTimeout(() => this.search(), 200); });
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => { const option = event.target.closest("li"); if (option) this.choose(option.place); });
    const poster = /(?:^#|&)xa=(\d{5})\b/.exec(location.hash);
    if (poster && !this.input.value) this.ask(poster[1]).then((found) => { if (this.input.value) return; if (found.length === 1) this.choose(found[0]); else this.show(found); });
  }
  async ask(q) {
    try { return (await (await fetch(`${this.dataset.url}?q=${encodeURIComponent(q)}`)).json()).places; } catch { return []; }
  }
  async search() {
    const q = this.input.value.trim();
    const found = q ? await this.ask(q) : [];
    if (q === this.input.value.trim()) this.show(found);
  }
  show(found) {
    this.list.replaceChildren(...found.map((place, n) => {
      const option = Object.assign(document.createElement("li"), { id: `${this.list.id}-${n}`, textContent: place.name, place });
      option.setAttribute("role", "option");
      if (place.detail) option.append(" ", Object.assign(document.createElement("span"), { className: "note", textContent: place.detail }));
      return option;
    }));
    this.list.hidden = !found.length;
    this.input.setAttribute("aria-expanded", String(!!found.length));
    this.said.textContent = found.length ? `Có ${found.length} nơi. Dùng phím mũi tên để chọn.` : this.input.value ? "Không tìm thấy nơi nào." : "";
    this.move(-1);
  }
  move(to) {
    const options = [...this.list.children];
    this.at = options.length ? Math.max(-1, Math.min(to, options.length - 1)) : -1;
    options.forEach((option, n) => option.setAttribute("aria-selected", String(n === this.at)));
    if (this.at < 0) return this.input.removeAttribute("aria-activedescendant");
    this.input.setAttribute("aria-activedescendant", options[this.at].id);
    options[this.at].scrollIntoView({ block: "nearest" });
  }
  key(event) {
    if (this.list.hidden) { if (event.key === "ArrowDown") this.search(); return; }
    const steps = { ArrowDown: this.at + 1, ArrowUp: this.at - 1 };
    if (event.key in steps) this.move(steps[event.key]);
    else if (event.key === "Enter" && this.at >= 0) this.choose(this.list.children[this.at].place);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
  }
  choose(place) { this.input.value = place.name; this.hold(place.code, place.name); this.close(); this.said.textContent = `Đã chọn ${place.name}.`; }
  hold(code, chosenFor) {
    this.querySelector("[data-cards]")?.remove();
    for (const [part, value] of [["code", code], ["for", chosenFor]]) {
      const name = `${this.dataset.name}_${part}`;
      const box = this.querySelector(`input[type=hidden][name="${name}"]`) ?? this.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name }));
      box.value = value;
    }
  }
  close() { this.list.hidden = true; this.input.setAttribute("aria-expanded", "false"); this.move(-1); }
}
customElements.define("place-picker", PlacePicker);
