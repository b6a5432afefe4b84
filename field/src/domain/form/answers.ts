/* The answers of a form while it is being filled in. Pure. */
import type { PhotoNote } from "../../contract";
import type { Answers, Raw } from "../form";

/** The answers with one place changed: "ten", or "may.0.loai" inside a repeat. */
export function withAnswer(answers: Answers, path: string, value: Raw): Answers {
  const parts = path.split(".");
  const copy: Answers = { ...answers };
  let here: Answers = copy;
  for (let i = 0; i + 2 < parts.length; i += 2) {
    const list = [...((here[parts[i]!] as Answers[] | undefined) ?? [])];
    const at = Number(parts[i + 1]);
    while (list.length <= at) list.push({});
    list[at] = { ...list[at] };
    here[parts[i]!] = list;
    here = list[at]!;
  }
  here[parts.at(-1)!] = value;
  return copy;
}

/** Photos that some answer is: one whose row was taken out, or whose question is hidden, does not go along. */
export function answeredPhotos(answers: Answers, photos: readonly PhotoNote[]): PhotoNote[] {
  const text = JSON.stringify(answers);
  return photos.filter((photo) => text.includes(photo.uid));
}
