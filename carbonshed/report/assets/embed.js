// A chart on another page: what its marks say, beside the pointer.
"use strict";
(() => {
  const tip = document.getElementById("tip");
  const marks = ".role-mark [aria-label]";
  const show = ({ target, clientX, clientY }) => {
    const mark = target.closest(marks);
    tip.hidden = mark === null;
    if (mark === null) return;
    tip.textContent = mark.getAttribute("aria-label");
    const { width, height } = tip.getBoundingClientRect();
    tip.style.left = `${Math.max(0, Math.min(clientX + 12, window.innerWidth - width - 4))}px`;
    tip.style.top = `${Math.max(0, Math.min(clientY + 12, window.innerHeight - height - 4))}px`;
  };
  document.querySelector(".drawn").addEventListener("pointermove", show);
  document.querySelector(".drawn").addEventListener("pointerdown", show);
  document.querySelector(".drawn").addEventListener("pointerleave", () => {
    tip.hidden = true;
  });
})();
