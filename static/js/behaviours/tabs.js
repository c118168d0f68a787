// Where tabs do not fit beside each other, the one that is open is scrolled into sight.
export function tabs() {
  for (const row of document.querySelectorAll("nav.tabs")) {
    const here = row.querySelector("[aria-current]");
    if (here && row.scrollWidth > row.clientWidth) row.scrollLeft = here.offsetLeft - row.offsetLeft - 24;
  }
}
