// [data-drop]: files dropped on it, or chosen with the field in it, are handed to `take`.
export function dropping(place, take) {
  const field = place.querySelector("input[type=file]");
  field.addEventListener("change", () => {
    take([...field.files]);
    field.value = "";
  });
  for (const name of ["dragenter", "dragover"])
    place.addEventListener(name, (event) => {
      event.preventDefault();
      place.classList.add("over");
    });
  place.addEventListener("dragleave", (event) => {
    if (!place.contains(event.relatedTarget)) place.classList.remove("over");
  });
  place.addEventListener("drop", async (event) => {
    event.preventDefault();
    place.classList.remove("over");
    take(await filesOf(event.dataTransfer));
  });
}

// The files, and those in folders that were dropped.
async function filesOf(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return [...transfer.files];
  const found = [];
  const walk = async (entry) => {
    if (entry.isFile) return found.push(await new Promise((done, failed) => entry.file(done, failed)));
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise((done, failed) => reader.readEntries(done, failed));
      if (!some.length) return;
      for (const one of some) await walk(one);
    }
  };
  for (const entry of entries) await walk(entry);
  return found;
}
