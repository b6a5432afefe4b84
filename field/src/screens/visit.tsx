// Ghi lượt: one hand, four taps. Everything but what was done and how it went waits behind one press.
import { useState } from "preact/hooks";
import { app } from "../app";
import type { AnswerResult, PhotoNote, Proof, Result, VisitBody } from "../contract";
import { addDays, longDay, shownDay, type PlainDay } from "../domain/day";
import { correctedBy, type Kept } from "../domain/outbox";
import { isFrom, isRunning } from "../domain/plan";
import { draftOf, emptyVisit, faultsOf, filledCount, isTouched, LONGEST_NOTE, visitBody, type VisitDraft, type VisitFault } from "../domain/visit";
import { RESULTS, weekday, words } from "../words";
import { safely, useDraft } from "./draft";
import { Field, Frame, Many, One, described, Icon, useFirstFault } from "./parts";
import { Photos, Signature } from "./photo";
import { href, onward } from "./route";
import { Scripts } from "./learn";
import { openRequests } from "./today";

const ANSWER_OF: Record<Result, AnswerResult> = { able: "done", more: "more", not_yet: "cannot" };

const draftFrom = (old: Kept): VisitDraft => {
  const body = old.body as VisitBody;
  const shown = (day: PlainDay): PlainDay => shownDay(day, old.made_at, old.skew);
  return draftOf(body, correctedBy(old), shown(body.on), body.next_on && shown(body.next_on));
};

/** `of`: the record that is corrected. One the house refused is written anew, for it never counted. */
export function Visit({ household, of }: { household: string; of?: string }) {
  const s = app.session!;
  const w = words.visit;
  const old = of ? s.items.find((i) => i.uid === of) : undefined;
  const name = of ? `visit:${of}` : `visit:${household}`;
  const today = s.today();
  const start = (): VisitDraft =>
    old ? draftFrom(old) : emptyVisit(household);
  const [draft, change, latest] = useDraft<VisitDraft>(name, start);
  const [shown, showFaults] = useState(false);
  const [asking, ask] = useState(false);
  const [saving, setSaving] = useState(false);
  const first = useFirstFault();
  const house = s.households().get(draft.household);
  const request = !old && house && openRequests().find((r) => isFrom(r, house));
  const answer = draft.answers && request && draft.result ? ANSWER_OF[draft.result] : null;
  const faults = shown ? faultsOf(draft, answer === "cannot") : [];
  const back = old ? href("luot", old.uid) : href("ho");
  const running = s.window.campaigns.filter((c) => isRunning(c, today) && c.topics.some((t) => draft.topics.includes(t)));
  const says = (fault: VisitFault) => faults.includes(fault) && w.fault[fault];

  const save = async (event: Event) => {
    event.preventDefault();
    const wrong = faultsOf(draft, answer === "cannot");
    if (wrong[0]) {
      showFaults(true);
      return first({ topics: "viec", result: "kq", code: "ma", sign: "xn", note: "gc" }[wrong[0]]);
    }
    setSaving(true);
    const next = onward();
    const campaign = draft.campaign ?? running[0]?.uid ?? null;
    const kept = await safely(async () => {
      const asked = answer && request ? { request: request.uid, result: answer, note: draft.note.trim() } : null;
      const whole = { ...latest(), campaign, ...(old ? { corrects: correctedBy(old) } : {}) };
      await s.write("visit", (on, noted) => visitBody(whole, on, noted), { day: whole.on, draft: name, answer: asked, anew: old?.uid });
    });
    setSaving(false);
    if (kept) next(old ? "gui" : "ho");
  };
  const leave = () => (isTouched(draft) && (!old || s.drafts.has(name)) ? ask(true) : void drop()); // a correction is a draft from its first stroke
  const drop = async () => {
    await s.throwAway(name);
    location.assign(back);
  };
  const prove = (proof: Proof) => {
    const isProof = (photo: PhotoNote): boolean => photo.uid === draft.proof.photo;
    change({ proof, photos: draft.photos.filter((p) => !isProof(p)) });
    void s.dropPhotos(draft.photos.filter(isProof));
  };

  return (
    <Frame title={old ? w.correct : w.title} back={back} side={<button type="button" class="side" onClick={leave}>{w.drop}</button>}
      foot={<div class="act"><button form="luot" class="btn wide big" aria-disabled={saving}>{w.save}</button></div>}>
      {asking && (
        <div class="note soil stack" role="alertdialog" aria-label={w.drop}>
          <p>{w.dropSure(filledCount(draft))}</p>
          <div class="two"><button type="button" class="btn" onClick={() => void drop()}>{w.dropYes}</button><button type="button" class="btn quiet" onClick={() => ask(false)}>{w.keep}</button></div>
        </div>
      )}
      <p><b>{house?.head}</b><br /><span class="soft">{house && s.village(house.village)}. <span class="nowrap">{draft.on && draft.on !== today ? longDay(draft.on) : w.todayIs(longDay(today))}</span></span></p>
      {request && (
        <div class="note gold stack">
          <p><b>{w.asks}</b> {[s.topic(request.topic ?? ""), request.text].filter(Boolean).join(". ")}</p>
          <Many name="tra-loi" legend={w.answerToo} look="one" choices={[["x", w.answerYes]]} chosen={draft.answers ? ["x"] : []} onChange={(c) => change({ answers: c.length > 0 })} />
        </div>
      )}
      <form id="luot" onSubmit={save} class="body-in" noValidate>
        <Many name="viec" legend={w.topics} error={says("topics")} choices={s.window.topics.map((t) => [t.code, t.label])} chosen={draft.topics} onChange={(topics) => change({ topics })} />
        <One<Result> name="kq" legend={w.result} error={says("result")} choices={Object.entries(RESULTS) as [Result, string][]} chosen={draft.result} onChange={(result) => change({ result })} />
        <Field id="gc" label={w.note} error={says("note") || ""}>
          <textarea class="in" {...described("gc", "", says("note"))} rows={2} maxLength={LONGEST_NOTE} value={draft.note} onInput={(e) => change({ note: e.currentTarget.value })} />
        </Field>
        <details open={draft.next_on !== null || draft.next !== "" || draft.photos.length > 0 || draft.proof.kind !== "none"}>
          <summary>{w.more}</summary>
          <div class="body-in">
            <NextDay today={today} day={draft.next_on} onChange={(next_on) => change({ next_on })} />
            {draft.next_on && (
              <Field id="hen" label={w.next} hint={w.nextHint}><input class="in" {...described("hen", 1)} maxLength={120} value={draft.next} onInput={(e) => change({ next: e.currentTarget.value })} /></Field>
            )}
            <div><span class="q">{w.photos}</span><Photos photos={draft.photos.filter((p) => p.uid !== draft.proof.photo)} onChange={(of) => change((now) => ({ photos: of(now.photos) }))} /></div>
            <One name="xn" legend={w.proof} error={says("sign")} look="row3 bare" choices={[["none", w.none], ["code", w.code], ["signature", w.sign]]} chosen={draft.proof.kind === "photo" ? "none" : draft.proof.kind} onChange={(kind) => prove({ kind })} />
            {draft.proof.kind === "code" && (
              <Field id="ma" label={w.codeLabel} error={says("code") || ""}>
                <input class="in short code" {...described("ma", "", says("code"))} autoComplete="off" maxLength={20} value={draft.proof.code ?? ""} onInput={(e) => change({ proof: { kind: "code", code: e.currentTarget.value } })} />
              </Field>
            )}
            {draft.proof.kind === "signature" && (draft.proof.photo
              ? <p class="v"><Icon shape="met" />{w.signKept} <button type="button" class="link" onClick={() => prove({ kind: "signature" })}>{w.signAgain}</button></p>
              : <Signature onDone={(note) => change((now) => ({ proof: { kind: "signature", photo: note.uid }, photos: [...now.photos, note] }))} />)}
          </div>
        </details>
      </form>
      {running.some((c) => c.scripts.length > 0) && (
        <details><summary>{w.script}</summary>{running.map((c) => <Scripts key={c.uid} campaign={c} level={2} />)}</details>
      )}
    </Frame>
  );
}

function NextDay({ today, day, onChange }: { today: PlainDay; day: PlainDay | null; onChange: (day: PlainDay | null) => void }) {
  const w = words.visit;
  const quick: Record<string, PlainDay | null> = { none: null, d3: addDays(today, 3), w1: addDays(today, 7), m1: addDays(today, 30) };
  const found = Object.entries(quick).find(([, d]) => d === day)?.[0];
  const [other, setOther] = useState(day !== null && !found);
  return (
    <div class="stack">
      <One name="ngay" legend={w.nextDay} look="chips bare" choices={Object.entries(w.quick).map(([k, label]) => [k, label])} chosen={other ? "other" : (found ?? "none")}
        onChange={(k) => { setOther(k === "other"); onChange(k === "other" ? (day ?? addDays(today, 1)) : quick[k] ?? null); }} />
      {other && <label><span class="vh">{w.quick.other}</span><input class="in short" type="date" min={addDays(today, 1)} max={addDays(today, 366)} value={day ?? ""} onInput={(e) => onChange(e.currentTarget.value || null)} /></label>}
      {day && <span class="hint">{weekday(day)}, {longDay(day)}</span>}
    </div>
  );
}
