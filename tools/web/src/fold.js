// What is typed, and what it is compared with, without case and accents.

/** Return a text as it is compared: "Åland" and "aland" are equal. */
export const fold = (text) =>
  text
    .normalize("NFD")
    .replace(/\p{Diacritic}/gu, "")
    .toLocaleLowerCase();
