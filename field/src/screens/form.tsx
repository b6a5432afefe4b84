// Phiếu: any form, drawn from its definition (domain/form.ts decides what is seen and what is wrong).
import { useState } from "preact/hooks";
import { app } from "../app";
import type { PhotoNote } from "../contract";
import { check, clean, view, type Answers, type Definition, type Raw, type Shown } from "../domain/form";
import { answeredPhotos, withAnswer } from "../domain/form/answers";
import { words } from "../words";
import { safely, useDraft } from "./draft";
import { described, Field, Frame, Many, One, useFirstFault } from "./parts";
import { Photos } from "./photo";
import { href, onward } from "./route";

const w = words.form;
interface FormDraft { answers: Answers; photos: PhotoNote[] }
interface Drawn { shownFaults: boolean; answers: Answers; photos: PhotoNote[]; set: (path: string, value: Raw) => void; change: (part: (now: FormDraft) => Partial<FormDraft>) => void }

export function Form({ id, household }: { id: string; household: string | null }) {
  const s = app.session!;
  const paper = s.window.forms.find((f) => f.id === id);
  const definition = paper?.definition as Definition | undefined;
  const name = `form:${id}:${household ?? ""}`;
  const [draft, change, latest] = useDraft<FormDraft>(name, () => ({ answers: {}, photos: [] }));
  const [shownFaults, showFaults] = useState(false);
  const first = useFirstFault();
  const today = s.today();
  let shown: Shown[];
  try {
    shown = definition ? view(definition, draft.answers, today) : [];
  } catch {
    shown = [];
  }
  const back = household ? href("xem", household) : href("ho");
  if (!paper) return <Frame title={w.title} back={back}><div class="empty"><p><b>{w.missing}</b></p><p class="soft">{w.missingHow}</p></div></Frame>;
  if (!definition || !shown.length) return <Frame title={paper.title} back={back}><div class="empty"><p>{w.bad}</p></div></Frame>;
  const problems = check(definition, draft.answers, today);
  const save = async (event: Event) => {
    event.preventDefault();
    if (problems[0]) {
      showFaults(true);
      return first(`p-${problems[0].path}`);
    }
    const next = onward();
    const write = async () => {
      const now = latest();
      const answers = clean(definition, now.answers, today);
      const photos = answeredPhotos(answers, now.photos);
      const body = { form: paper.id, version: paper.version, answers, household, ...(photos.length ? { photos } : {}) };
      await s.write("submission", (on) => ({ ...body, on }), { draft: name });
      void s.dropPhotos(now.photos); // those that the record does not hold
    };
    if (await safely(write)) next("gui");
  };
  const drawn: Drawn = {
    shownFaults, answers: draft.answers, photos: draft.photos, change, set: (path, value) => change((now) => ({ answers: withAnswer(now.answers, path, value) })),
  };
  return (
    <Frame title={paper.title} back={back} foot={<div class="act"><button form="phieu" class="btn wide big">{w.save}</button></div>}>
      {household && <p><b>{s.households().get(household)?.head}</b></p>}
      {shownFaults && problems.length > 0 && <p class="err" role="status">{w.more(problems.length)}</p>}
      <form id="phieu" onSubmit={save} class="body-in" noValidate>{shown.map((place) => <Place key={place.path} place={place} {...drawn} />)}</form>
    </Frame>
  );
}

function Place({ place, ...drawn }: { place: Shown } & Drawn) {
  const { path, type, label, hint } = place;
  const id = `p-${path}`;
  const error = place.error && (place.code !== "Missing" || drawn.shownFaults) ? place.error : "";
  const set = (value: Raw) => drawn.set(path, value);
  if (type === "note") return <p id={id} class="note">{label}</p>;
  if (type === "group")
    return <fieldset id={id} class="sheet body-in"><legend class="q">{label}</legend>{place.items.map((p) => <Place key={p.path} place={p} {...drawn} />)}</fieldset>;
  if (type === "repeat") return <Repeat place={place} id={id} {...drawn} />;
  if (type === "calculate") return label ? <p id={id}><span class="q">{label}</span><b>{place.text}</b></p> : null;
  if (type === "acknowledge")
    return (
      <div id={id} class={error ? "bad" : ""}>
        {error && <p class="err" id={`${id}-e`}>{error}</p>}
        <div class="pick one">
          <label><input type="checkbox" checked={place.value === true} aria-describedby={[hint && `${id}-h`, error && `${id}-e`].filter(Boolean).join(" ") || undefined} onChange={(e) => set(e.currentTarget.checked ? true : null)} /><span>{label}</span></label>
        </div>
        {hint && <span class="hint" id={`${id}-h`}>{hint}</span>}
      </div>
    );
  if (type === "select_one" && place.choices.length <= 8)
    return <One name={id} legend={label} hint={hint} error={error} choices={place.choices.map((c) => [c.name, c.label])} chosen={(place.value as string | null) ?? null} onChange={set} />;
  if (type === "select_multiple")
    return <Many name={id} legend={label} hint={hint} error={error} look="one" choices={place.choices.map((c) => [c.name, c.label])} chosen={Array.isArray(place.value) ? place.value : []} onChange={set} />;
  if (type === "photo") {
    const isMine = (photo: PhotoNote): boolean => photo.uid === place.value;
    const keep = (of: (photos: PhotoNote[]) => PhotoNote[]) => drawn.change((now) => {
      const mine = of(now.photos.filter(isMine)).slice(-1);
      return { photos: [...now.photos.filter((p) => !isMine(p)), ...mine], answers: withAnswer(now.answers, place.path, mine[0]?.uid ?? null) };
    });
    return <div id={id}><span class="q">{label}</span>{error && <p class="err">{error}</p>}<Photos photos={drawn.photos.filter(isMine)} most={1} onChange={keep} /></div>;
  }
  const common = { ...described(id, hint, error), class: "in", readOnly: place.readOnly };
  return (
    <Field id={id} label={label} hint={hint} error={error}>
      {type === "select_one" ? (
        <select {...described(id, hint, error)} class="in" value={place.text} onChange={(e) => set(e.currentTarget.value || null)}>
          <option value="">{w.choose}</option>
          {place.choices.map((c) => <option key={c.name} value={c.name}>{c.label}</option>)}
        </select>
      ) : type === "date" ? (
        <input {...common} class="in short" type="date" value={typeof place.value === "string" ? place.value : ""} onInput={(e) => set(e.currentTarget.value || null)} />
      ) : place.multiline ? (
        <textarea {...common} rows={3} value={place.text} onInput={(e) => set(e.currentTarget.value)} />
      ) : (
        <input {...common} class={type === "text" ? "in" : "in short"} inputMode={type === "integer" ? "numeric" : type === "decimal" ? "decimal" : "text"} value={place.text} onInput={(e) => set(e.currentTarget.value)} />
      )}
    </Field>
  );
}

function Repeat({ place, id, ...drawn }: { place: Shown; id: string } & Drawn) {
  const times = place.instances.length;
  const raw = (): Answers[] => {
    let here: Raw = drawn.answers as unknown as Raw;
    for (const part of place.path.split(".")) here = (here as Record<string, Raw> | undefined)?.[part];
    const list = Array.isArray(here) ? ([...here] as Answers[]) : [];
    while (list.length < times) list.push({});
    return list;
  };
  return (
    <section id={id} class="body-in">
      <span class="q">{place.label}</span>
      {place.instances.map((items, i) => (
        <fieldset key={i} class="sheet body-in">
          <legend class="q">{w.nth(i + 1)}</legend>
          {items.map((p) => <Place key={p.path} place={p} {...drawn} />)}
          {place.canAdd || times > 0 ? <button type="button" class="link" onClick={() => drawn.set(place.path, raw().filter((_, at) => at !== i))}>{w.remove}</button> : null}
        </fieldset>
      ))}
      {place.canAdd && <button type="button" class="btn quiet wide" onClick={() => drawn.set(place.path, [...raw(), {}])}>{w.add}</button>}
    </section>
  );
}
