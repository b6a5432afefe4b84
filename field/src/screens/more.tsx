// Buổi hướng dẫn, trả lời yêu cầu giúp, cài đặt.
import { useEffect, useState } from "preact/hooks";
import { app } from "../app";
import type { AnswerResult, GatheringBody, PhotoNote } from "../contract";
import { longDay, shownDay, type PlainDay } from "../domain/day";
import { isAnyLeft, leftHere, type Left } from "../domain/leaving";
import { correctedBy } from "../domain/outbox";
import { isFrom } from "../domain/plan";
import { LONGEST_NOTE } from "../domain/visit";
import { ANSWERS, words } from "../words";
import { call } from "../sync/call";
import { safely, useDraft } from "./draft";
import { described, Field, Frame, Many, One, Sure, useFirstFault } from "./parts";
import { Photos } from "./photo";
import { href, onward } from "./route";

interface GatheringDraft { village: string; place: string; topics: string[]; attended: number; note: string; photos: PhotoNote[]; on: PlainDay | null }

export function Gathering({ of }: { of?: string }) {
  const s = app.session!;
  const w = words.gathering;
  const old = of ? s.items.find((i) => i.uid === of) : undefined;
  const name = `gathering:${of ?? "new"}`;
  const one = s.window.villages.length === 1 ? s.window.villages[0]!.uid : "";
  const [draft, change, latest] = useDraft<GatheringDraft>(name, () => {
    if (!old) return { village: one, place: "", topics: [], attended: 0, note: "", photos: [], on: null };
    const { village, place, topics, attended, note, photos, on } = old.body as GatheringBody;
    return { village, place, topics, attended, note, photos, on: shownDay(on, old.made_at, old.skew) };
  });
  const [faults, setFaults] = useState<Record<string, string>>({});
  const first = useFirstFault();
  const save = async (event: Event) => {
    event.preventDefault();
    const found: Record<string, string> = {};
    if (!draft.village) found.thon = w.fault.village;
    if (!draft.topics.length) found.viec = w.fault.topics;
    if (!draft.place.trim()) found.noi = w.fault.place;
    if (draft.attended < 1 || draft.attended > 2000) found.nguoi = w.fault.attended;
    setFaults(found);
    const at = Object.keys(found)[0];
    if (at) return first(at);
    const next = onward();
    const kept = await safely(async () => {
      const { on: day, ...rest } = latest();
      await s.write("gathering", (on) => ({ ...rest, place: rest.place.trim(), note: rest.note.trim(), on, corrects: old ? correctedBy(old) : (of ?? null) }), { day, draft: name, anew: old?.uid });
    });
    if (kept) next("gui");
  };
  return (
    <Frame title={w.title} back={of ? href("luot", of) : href("ho")} foot={<div class="act"><button form="buoi" class="btn wide big">{w.save}</button></div>}>
      <p class="soft">{longDay(draft.on ?? s.today())}</p>
      <form id="buoi" onSubmit={save} class="body-in" noValidate>
        {s.window.villages.length > 1 && <One name="thon" legend={w.village} error={faults.thon} choices={s.window.villages.map((v) => [v.uid, v.name])} chosen={draft.village || null} onChange={(village) => change({ village })} />}
        <Many name="viec" legend={w.topics} error={faults.viec} choices={s.window.topics.map((t) => [t.code, t.label])} chosen={draft.topics} onChange={(topics) => change({ topics })} />
        <Field id="nguoi" label={w.attended} error={faults.nguoi}>
          <input class="in short" {...described("nguoi", "", faults.nguoi)} inputMode="numeric" value={draft.attended || ""} onInput={(e) => change({ attended: Number(e.currentTarget.value.replace(/\D/g, "").slice(0, 4)) })} />
        </Field>
        <Field id="noi" label={w.place} hint={w.placeHint} error={faults.noi}><input class="in" {...described("noi", 1, faults.noi)} maxLength={120} value={draft.place} onInput={(e) => change({ place: e.currentTarget.value })} /></Field>
        <Field id="gc" label={w.note}><textarea class="in" {...described("gc")} rows={2} maxLength={LONGEST_NOTE} value={draft.note} onInput={(e) => change({ note: e.currentTarget.value })} /></Field>
        <div><span class="q">{words.visit.photos}</span><Photos photos={draft.photos} onChange={(of) => change((now) => ({ photos: of(now.photos) }))} /></div>
      </form>
    </Frame>
  );
}

export function Answer({ uid }: { uid: string }) {
  const s = app.session!;
  const w = words.request;
  const request = s.window.requests.find((r) => r.uid === uid);
  const house = request && [...s.households().values()].find((h) => isFrom(request, h));
  const name = `answer:${uid}`;
  const [draft, change] = useDraft<{ result: AnswerResult | null; note: string }>(name, () => ({ result: null, note: "" }));
  const [fault, setFault] = useState("");
  const why = fault === "gc" ? words.visit.fault.note : "";
  const first = useFirstFault();
  const save = async (event: Event) => {
    event.preventDefault();
    const at = !draft.result ? "kq" : draft.result === "cannot" && !draft.note.trim() ? "gc" : "";
    setFault(at);
    if (at || !draft.result) return first(at);
    const next = onward();
    const { result, note } = draft;
    if (await safely(() => s.write("answer", (on) => ({ request: uid, result, note: note.trim(), on }), { draft: name }))) next("ho");
  };
  return (
    <Frame title={w.title} back={href("ho")} foot={<div class="act"><button form="giup" class="btn wide big">{w.save}</button></div>}>
      <p><b>{request?.name}</b><br /><span class="soft">{s.village(request?.village ?? "")}{request?.due_on ? `. ${w.due(longDay(request.due_on))}` : ""}</span></p>
      <p>{s.topic(request?.topic ?? "")}{request?.text ? `. ${request.text}` : ""}</p>
      {request?.phone && <p><a class="btn quiet wide" href={`tel:${request.phone}`}>{w.call(request.phone)}</a></p>}
      <form id="giup" onSubmit={save} class="body-in" noValidate>
        <One<AnswerResult> name="kq" legend={w.result} error={fault === "kq" && w.fault} choices={Object.entries(ANSWERS) as [AnswerResult, string][]} chosen={draft.result} onChange={(result) => change({ result })} />
        <Field id="gc" label={w.note} error={why}><textarea class="in" {...described("gc", "", why)} rows={3} maxLength={LONGEST_NOTE} value={draft.note} onInput={(e) => change({ note: e.currentTarget.value })} /></Field>
      </form>
      {house && <p><a class="btn quiet wide" href={href("ghi", house.uid)}>{w.visit}</a></p>}
    </Frame>
  );
}

export function SettingsPage() {
  const s = app.session!;
  const w = words.settingsPage;
  const { text, theme, lockMinutes } = app.settings;
  const [room, setRoom] = useState("");
  const [kept, setKept] = useState(false);
  const [error, setError] = useState("");
  const [asked, ask] = useState(false);
  const left = leftHere(s.items, s.drafts);
  useEffect(() => {
    void navigator.storage?.estimate?.().then((e) => setRoom(`${((e.usage ?? 0) / 1e6).toFixed(1).replace(".", ",")} MB`));
    void navigator.storage?.persisted?.().then(setKept);
  }, []);
  const leave = async () => {
    setError("");
    ask(true);
    if (isAnyLeft(left)) return;
    const heard = await call("thoi/", { token: s.seat.token, json: { v: 1 } });
    if (heard.kind !== "json" && !(heard.kind === "fault" && heard.status === 401)) return setError(w.leaveAway);
    if (isAnyLeft(leftHere(s.items, s.drafts))) return; // written in another window meanwhile
    const { uid, book } = s.person;
    await app.lock();
    await app.phone!.removePerson(uid);
    indexedDB.deleteDatabase(book);
    await app.refreshPeople();
  };
  return (
    <Frame title={w.title} back={href("ho")}>
      <One name="co" legend={w.text} look="row3 bare" choices={Object.entries(w.sizes) as [typeof text, string][]} chosen={text} onChange={(v) => void app.choose({ text: v })} />
      <One name="nen" legend={w.theme} look="row3 bare" choices={Object.entries(w.themes) as [typeof theme, string][]} chosen={theme} onChange={(v) => void app.choose({ theme: v })} />
      <One name="khoa" legend={w.lock} look="row3 bare" choices={[1, 5, 15].map((n) => [String(n), w.minutes(n)])} chosen={String(lockMinutes)} onChange={(v) => void app.choose({ lockMinutes: Number(v) })} />
      <p class="soft">{s.seat.member.name}. {w.place(s.seat.team.name)}</p>
      <p class="hint">{w.version(__VERSION__)}. {room && w.room(room)} {kept ? w.kept : w.notKept}</p>
      <p><a class="btn quiet wide" href={href("doi-pin")}>{words.changePin.title}</a></p>
      <button type="button" class="btn quiet wide" onClick={() => void app.lock()}>{words.lockMine}</button>
      {(app.people.find((p) => p.uid === s.person.uid)?.aside.length ?? 0) > 0 && <Earlier />}
      <section class="stack">
        <p class="hint">{w.leaveHow}</p>
        {error && <p class="err" role="alert">{error}</p>}
        {asked && isAnyLeft(left) && <LeftHere left={left} />}
        <Sure label={w.leave} ask={w.leaveHow} yes={w.leaveYes} onYes={() => void leave()} />
      </section>
    </Frame>
  );
}

/** Why one cannot leave yet: what is on this phone alone, and what to do with each. */
function LeftHere({ left }: { left: Left }) {
  const w = words.settingsPage;
  return (
    <div class="note soil stack" role="alert">
      <p><b>{w.leaveNot}</b></p>
      <ul>{w.left(left).map((line) => <li key={line}>{line}</li>)}</ul>
      <p><a class="btn quiet wide" href={href("gui")}>{w.toOutbox}</a></p>
    </div>
  );
}

/** An earlier book of the same person is still sealed on this phone. */
function Earlier() {
  const w = words.earlier;
  const [pin, setPin] = useState("");
  const [error, setError] = useState("");
  const take = async (event: Event) => {
    event.preventDefault();
    const left = await app.adoptEarlier(pin);
    setPin("");
    setError(left === null ? words.enrol.oldPinWrong : left ? w.left(left) : "");
  };
  return (
    <form class="sheet stack" onSubmit={take}>
      <p><b>{w.title}</b> <span class="soft">{w.how}</span></p>
      <Field id="pin-cu" label={words.enrol.oldPin} error={error}>
        <input class="in pinbox" type="password" inputMode="numeric" autoComplete="off" {...described("pin-cu", "", error)} value={pin} onInput={(e) => setPin(e.currentTarget.value)} />
      </Field>
      <button class="btn quiet wide">{w.take}</button>
    </form>
  );
}
