/* The shared cases of forms (tests/questionnaires/vectors), and what only a screen asks of the engine. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { check, clean, view, type Answers, type Definition, type Problem } from "../src/domain/form";
import { answeredPhotos, withAnswer } from "../src/domain/form/answers";
import { numberText } from "../src/domain/form/written";

type Case = { answers: Answers; check: Problem[]; clean: Answers };
type Vector = { name: string; definition: Definition; today: string; cases: Case[] };

// Beside the bundle (field/.tests).
const vectors = (): Vector[] => {
  const here = new URL("../../tests/questionnaires/vectors/forms.json", import.meta.url);
  return JSON.parse(readFileSync(here, "utf8")) as Vector[];
};

for (const { name, definition, today, cases } of vectors()) {
  test(`a form does as the shared cases say: ${name}`, () => {
    for (const one of cases) {
      assert.deepEqual(check(definition, one.answers, today), one.check, JSON.stringify(one.answers));
      assert.deepEqual(clean(definition, one.answers, today), one.clean, JSON.stringify(one.answers));
    }
  });
}

test("a question that a condition hides is not shown, and what was written stays as it was", () => {
  const definition = vectors()[0]!.definition;
  const answers: Answers = { may: "khong", so: "3" };

  assert.deepEqual(view(definition, answers, "2026-11-29").map((place) => place.name), ["may", "vi"]);
  assert.deepEqual(answers, { may: "khong", so: "3" });
});

test("a label carries the answer it names, a choice by its words", () => {
  const definition = vectors()[4]!.definition;
  const shown = view(definition, { tinh: "tq", nhieu: "cb" }, "2026-11-29");
  const group = shown.find((place) => place.name === "g");

  assert.equal(group?.items.find((place) => place.name === "loi")?.label, "Đã chọn Cát Bà ở Tuyên Quang");
});

test("a repeat grows by pushing an empty time, up to a hundred", () => {
  const definition = vectors()[3]!.definition;
  const times = (count: number) => view(definition, { nguoi: Array.from({ length: count }, () => ({})) }, "2026-11-29")[2]!;

  assert.equal(times(1).instances.length, 1);
  assert.equal(times(99).canAdd, true);
  assert.equal(times(100).canAdd, false);
  assert.equal(times(101).code, "TooMany");
  assert.equal(times(2).instances[1]![0]!.path, "nguoi.1.ten");
});

test("numbers are written without an exponent", () => {
  assert.equal(numberText(1e21), "1" + "0".repeat(21));
  assert.equal(numberText(1.5e-9), "0.0000000015");
});

test("one answer is changed and the others stay as they were, inside a repeat too", () => {
  const before: Answers = { ten: "A", may: [{ loai: "tv", so: "2" }] };

  assert.deepEqual(withAnswer(before, "ten", "B"), { ten: "B", may: [{ loai: "tv", so: "2" }] });
  assert.deepEqual(withAnswer(before, "may.0.loai", "phone"), { ten: "A", may: [{ loai: "phone", so: "2" }] });
  assert.deepEqual(withAnswer(before, "may.2.loai", "tv"), { ten: "A", may: [{ loai: "tv", so: "2" }, {}, { loai: "tv" }] });
  assert.deepEqual(before, { ten: "A", may: [{ loai: "tv", so: "2" }] });
});

test("only the photos that are answers go along, not one whose row was taken out", () => {
  const [one, two, out] = ["p-1", "p-2", "p-3"].map((uid) => ({ uid, sha256: "", size: 1, type: "image/jpeg" }));

  assert.deepEqual(answeredPhotos({ nha: "p-1", may: [{ anh: "p-2" }] }, [one!, two!, out!]), [one, two]);
});
