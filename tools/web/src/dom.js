// Elements of the page, made and found in a few letters.

export const QUIET = 400; // ms without a change, after which levers rest

export const byId = (id) => document.getElementById(id);

/** Return a text in which no line ends between a number and its unit. */
const unbroken = (text) =>
  text.replace(
    /\d (?:%|(?:[GMk]?t|k?g|(?:(?:m|b|tr)illion )?people)\b(?: per person\b)?)/g,
    (found) => found.replaceAll(" ", "\u00a0"),
  );

/** Make an element of HTML with attributes and children; `null` children are left out. */
export const element = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(
    ...children
      .filter((child) => child != null)
      .map((child) => (typeof child === "string" ? unbroken(child) : child)),
  );
  return made;
};

/** Say a text in a live region, and only if it is another one. */
export const say = (place, text) => {
  const whole = unbroken(text);
  if (place.textContent !== whole) place.textContent = whole;
};

/** Call a function once before the next frame, however often it is asked for. */
export const oncePerFrame = (action) => {
  let isWaiting = false;
  return () => {
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(() => {
      isWaiting = false;
      action();
    });
  };
};

/** Save a text or a blob as a file. */
export const save = (name, content, type) => {
  const blob = content instanceof Blob ? content : new Blob([content], { type });
  const link = element("a", { download: name, href: URL.createObjectURL(blob) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
};
