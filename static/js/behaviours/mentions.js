// textarea[data-mentions="address"]: "@" and a letter offer colleagues; arrows choose, Enter or Tab takes, Escape leaves.
const BEFORE = /(?:^|[\s(])@([\p{L}\p{M}'’.-]+(?: [\p{L}\p{M}'’.-]*)?)$/u;

export function mentions() {
  let list, field, people = [], chosen = 0, asked = 0, timer;

  const close = () => {
    list?.remove();
    list = undefined;
    field?.removeAttribute("aria-activedescendant");
    field?.removeAttribute("aria-controls");
  };

  const mark = () => {
    [...list.children].forEach((item, at) => item.setAttribute("aria-selected", at === chosen));
    field.setAttribute("aria-activedescendant", `mention-${chosen}`);
    list.children[chosen].scrollIntoView({ block: "nearest" });
  };

  const take = (at) => {
    const person = people[at];
    const upTo = field.selectionStart;
    const start = field.value.slice(0, upTo).lastIndexOf("@");
    field.setRangeText(`@${person.name} `, start, upTo, "end");
    const picked = document.createElement("input");
    Object.assign(picked, { type: "hidden", name: "picked", value: person.id });
    field.form.append(picked);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    close();
    field.focus();
  };

  const show = () => {
    close();
    if (!people.length) return;
    list = document.createElement("ul");
    list.className = "mention-list";
    list.id = "mention-list";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Colleagues");
    people.forEach((person, at) => {
      const item = document.createElement("li");
      item.id = `mention-${at}`;
      item.setAttribute("role", "option");
      const name = document.createElement("strong");
      name.textContent = person.name;
      const title = document.createElement("span");
      title.className = "muted small";
      title.textContent = person.title;
      item.append(name, " ", title);
      item.addEventListener("mousedown", (event) => { event.preventDefault(); take(at); });
      list.append(item);
    });
    field.after(list);
    field.setAttribute("aria-controls", list.id);
    chosen = 0;
    mark();
  };

  const ask = async (start) => {
    const mine = ++asked;
    const answer = await fetch(`${field.dataset.mentions}?q=${encodeURIComponent(start)}`, { headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) return;
    const found = (await answer.json()).people;
    if (mine !== asked) return; // a later letter was quicker
    people = found;
    show();
  };

  document.addEventListener("input", (event) => {
    if (!event.target.matches("textarea[data-mentions]")) return;
    field = event.target;
    clearTimeout(timer);
    asked++;
    const found = BEFORE.exec(field.value.slice(0, field.selectionStart));
    if (!found) return close();
    timer = setTimeout(() => ask(found[1]).catch(close), 150);
  });
  document.addEventListener("keydown", (event) => {
    if (!list || event.target !== field) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      chosen = (chosen + (event.key === "ArrowDown" ? 1 : -1) + people.length) % people.length;
      mark();
    } else if (event.key === "Enter" || event.key === "Tab") take(chosen);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
  document.addEventListener("focusout", (event) => { if (event.target === field) close(); });
}
