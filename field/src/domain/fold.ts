/** Vietnamese without marks and case, so that „vang thi din“ finds Vàng Thị Dín however it was typed. */
export const fold = (text: string): string =>
  text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/\u0111/g, "d").replace(/\u0110/g, "D").toLowerCase().replace(/\s+/g, " ").trim();

/** Every word of the question begins a word of the text. */
export const matches = (text: string, question: string): boolean => {
  const words = fold(text).split(" ");
  return fold(question).split(" ").every((asked) => words.some((word) => word.startsWith(asked)));
};
