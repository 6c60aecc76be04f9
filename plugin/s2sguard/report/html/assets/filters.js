const filters = (() => {
  const form = document.getElementById("filters");
  if (!form) return { clear() {}, hides: () => false };
  const text = document.getElementById("filter-text");
  const selects = [...form.querySelectorAll("select")];
  const status = document.getElementById("filter-count");
  const before = status.textContent;
  const groups = [...document.querySelectorAll("#findings .control")].map((section) => ({
    section,
    more: section.querySelector(".more"),
    findings: [...section.querySelectorAll(".finding")].map((element) => ({ element, words: "" })),
  }));
  const total = groups.reduce((sum, group) => sum + group.findings.length, 0);
  const matches = (finding, wanted, words) => {
    for (const [name, value] of wanted) if (finding.element.dataset[name] !== value) return false;
    if (!words.length) return true;
    const { control, severity } = finding.element.dataset;
    finding.words ||= `${control} ${severity} ${finding.element.textContent}`.toLowerCase();
    return words.every((word) => finding.words.includes(word));
  };
  const apply = () => {
    const wanted = selects.filter((select) => select.value).map((select) => [select.dataset.filter, select.value]);
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const group of groups) {
      let here = 0;
      for (const finding of group.findings) {
        const fits = matches(finding, wanted, words);
        finding.element.hidden = !fits;
        here += fits;
      }
      group.section.hidden = !here && (wanted.length || words.length) > 0;
      shown += here;
    }
    const filtered = wanted.length || words.length;
    status.textContent = filtered ? `${shown} of ${total} listed findings match.` : before;
  };
  let timer = 0;
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", apply);
  form.addEventListener("reset", () => setTimeout(apply));
  text.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(apply, 120); });
  return {
    clear() { form.reset(); apply(); },
    hides: (element) => element.closest("[hidden]") !== null,
  };
})();
