(() => {
  const open = () => {
    let id = "";
    try { id = decodeURIComponent(location.hash.slice(1)); } catch { return; }
    const target = id && document.getElementById(id);
    if (!target) return;
    if (filters.hides(target)) filters.clear();
    for (let element = target; element; element = element.parentElement) {
      if (element.tagName === "DETAILS") element.open = true;
    }
    target.scrollIntoView();
    if (target.tagName === "DETAILS") target.querySelector("summary").focus({ preventScroll: true });
  };
  window.addEventListener("hashchange", open);
  // The same link twice changes no hash, and still asks for the same place.
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest('a[href^="#"]');
    if (link && link.getAttribute("href") === location.hash) open();
  });
  // The browser itself goes to the fragment while it loads, and takes the focus away again.
  window.addEventListener("load", open);

  // The last line of the file is read after this script.
  document.addEventListener("DOMContentLoaded", () => {
    const last = [...document.childNodes].reverse().find((node) => node.nodeType === Node.COMMENT_NODE);
    const place = document.getElementById("own-digest");
    const digest = last && /: ([0-9a-f]{64}) $/.exec(last.data);
    if (!digest) return;
    place.querySelector("code").textContent = digest[1];
    place.hidden = false;
  });
})();
