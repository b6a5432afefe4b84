// The parts that every screen is made of.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useErrorBoundary, useRef, useState } from "preact/hooks";
import { app } from "../app";
import { words } from "../words";
import { href } from "./route";

const SHAPES = {
  met: "M15.2 8A7.2 7.2 0 1 1 .8 8a7.2 7.2 0 0 1 14.4 0M4.7 8.3l2.3 2.3 4.3-4.8",
  sent: "M1.5 8.6l2.9 2.9 5.4-6.6M7.4 10.6l.9.9L13.9 5",
  queued: "M8 12.6V3.4M4.2 7L8 3.2 11.8 7M3 14.6h10",
  look: "M8 1.6L15 14H1zM8 6v4M8 12.1v.1",
  offline: "M2 14v-2.6M6 14V9M10 14v-2.4M14 14v-2.4M9.6 2.6l4.6 4.6M14.2 2.6L9.6 7.2",
  go: "M2 8h11M9 4l4 4-4 4",
  back: "M14 8H3M7 4L3 8l4 4",
  wait: "M8 1.2a6.8 6.8 0 1 0 0 13.6A6.8 6.8 0 0 0 8 1.2M8 4.4V8l2.6 1.8",
  pencil: "M2.5 13.5l.7-3 7.6-7.6 2.3 2.3-7.6 7.6z",
  sound: "M2 6v4h2.6L8 13V3L4.6 6zM10.6 5.6a3.4 3.4 0 0 1 0 4.8M12.6 3.6a6.2 6.2 0 0 1 0 8.8",
  lock: "M3.5 7.5h9v6.5h-9zM5.4 7.5V5a2.6 2.6 0 0 1 5.2 0v2.5",
} as const;
export type Shape = keyof typeof SHAPES;

export const Icon = ({ shape }: { shape: Shape }) => (
  <svg class="ic" viewBox="0 0 16 16" aria-hidden="true">
    <path d={SHAPES[shape]} />
  </svg>
);

export const Mark = () => (
  <svg class="mark" viewBox="0 0 16 16" aria-hidden="true">
    <path d="M1 13.2q7 1.5 14 0M2.7 10.4q6 1.5 11.9 0M4.4 7.7q5 1.5 9.9 0M6.1 4.9q3.9 1.5 7.8 0M7.8 2.2q2.9 1.5 5.8 0" />
  </svg>
);

/** Draws again whenever something in the app has changed. */
export function useApp(): typeof app {
  const [, again] = useState(0);
  useEffect(() => app.listen(() => again((n) => n + 1)), []);
  return app;
}

/** Title, way back, what the network is like. The title takes the focus, so that a reader knows where she is. */
export function Frame(props: { title: string; back?: string; onBack?: () => void; side?: ComponentChildren; tab?: Tab; foot?: ComponentChildren; plain?: boolean; children: ComponentChildren }) {
  const title = useRef<HTMLHeadingElement>(null);
  const unsent = app.session?.unsent ?? 0;
  useEffect(() => {
    document.title = `${props.title} | ${words.brand}`;
    title.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [props.title]);
  return (
    <>
      <header class="bar">
        {props.back === undefined ? <Mark /> : (
          <a class="back" href={props.back} onClick={props.onBack && ((e) => (e.preventDefault(), props.onBack!()))} aria-label={words.back}><Icon shape="back" /></a>
        )}
        <h1 ref={title} tabIndex={-1}>{props.title}</h1>
        {unsent > 0 && <a class="due" href={href("gui")} aria-label={words.people.unsent(unsent)}><Icon shape="queued" />{unsent}</a>}
        {props.side}
      </header>
      {!props.plain && <State />}
      <main class="body">{props.children}</main>
      {props.foot ?? (props.tab && <Tabs now={props.tab} />)}
    </>
  );
}

export type Tab = "today" | "visit" | "outbox" | "learn";

function Tabs({ now }: { now: Tab }) {
  const unsent = app.session?.unsent ?? 0;
  const all: [Tab, string, string][] = [
    ["today", href("ho"), words.tabs.today], ["visit", href("chon"), words.tabs.visit],
    ["outbox", href("gui"), words.tabs.outbox(unsent)], ["learn", href("hoc"), words.tabs.learn],
  ];
  return (
    <nav class="tabs" aria-label={words.nav}>
      <ul>
        {all.map(([tab, to, label]) => (
          <li key={tab}><a href={to} aria-current={tab === now ? "page" : undefined} class={tab === "outbox" && unsent ? "due" : ""}>{label}</a></li>
        ))}
      </ul>
    </nav>
  );
}

/** What the last try of the network was like. Nothing that works is greyed out. */
function State() {
  const { session, contact, full, unkept, newVersion } = app;
  const strips: JSX.Element[] = [];
  const strip = (key: string, shape: Shape, said: { strong: string; rest: string }, tone = "", more?: JSX.Element) =>
    strips.push(<p key={key} class={`state ${tone}`} role="status"><Icon shape={shape} /><span><b>{said.strong}</b> {said.rest} {more}</span></p>);
  if (full) strip("full", "look", words.state.full, "soil");
  if (unkept) strip("unkept", "look", words.state.unkept, "soil");
  const last = session?.seat.spokeAt ?? null;
  if (contact === "away") strip("net", "offline", words.state.away(session?.seat.member.address ?? "", last));
  if (contact === "strange") strip("net", "offline", words.state.strange(last));
  if (contact === "busy") strip("net", "offline", words.state.busy(last));
  if (newVersion && session)
    strip("new", "queued", words.state.newVersion, "", <button type="button" class="link" onClick={() => app.takeNewVersion(true)}>{words.state.take}</button>);
  return <>{strips}</>;
}

export function Field(props: { id: string; label: string; hint?: string; error?: string; children: ComponentChildren }) {
  return (
    <div class={props.error ? "bad" : ""}>
      <label class="q" for={props.id}>{props.label}</label>
      {props.hint && <span class="hint" id={`${props.id}-h`}>{props.hint}</span>}
      {props.error && <p class="err" id={`${props.id}-e`}>{props.error}</p>}
      {props.children}
    </div>
  );
}
export const described = (id: string, hint?: unknown, error?: unknown) => ({
  id, "aria-invalid": error ? ("true" as const) : undefined,
  "aria-describedby": [hint && `${id}-h`, error && `${id}-e`].filter(Boolean).join(" ") || undefined,
});

interface Choosing<T extends string> { name: string; legend: string; hint?: string; error?: string | false; choices: [T, string][]; look?: string }

export function Many<T extends string>(props: Choosing<T> & { chosen: T[]; onChange: (chosen: T[]) => void }) {
  const toggle = (code: T) =>
    props.onChange(props.chosen.includes(code) ? props.chosen.filter((c) => c !== code) : props.choices.map(([c]) => c).filter((c) => c === code || props.chosen.includes(c)));
  return (
    <Group {...props}>
      {props.choices.map(([code, label]) => (
        <label key={code}><input type="checkbox" name={props.name} checked={props.chosen.includes(code)} onChange={() => toggle(code)} /><span>{label}</span></label>
      ))}
    </Group>
  );
}
export function One<T extends string>(props: Choosing<T> & { chosen: T | null; onChange: (chosen: T) => void }) {
  return (
    <Group look="one" {...props}>
      {props.choices.map(([code, label]) => (
        <label key={code}><input type="radio" name={props.name} checked={props.chosen === code} onChange={() => props.onChange(code)} /><span>{label}</span></label>
      ))}
    </Group>
  );
}
function Group(props: { name: string; legend: string; hint?: string; error?: string | false; look?: string; children: ComponentChildren }) {
  return (
    <fieldset id={props.name} class={props.error ? "bad" : ""} aria-describedby={props.error ? `${props.name}-e` : undefined}>
      <legend class="q">{props.legend}</legend>
      {props.hint && <span class="hint">{props.hint}</span>}
      {props.error && <p class="err" id={`${props.name}-e`}>{props.error}</p>}
      <div class={`pick ${props.look ?? "chips"}`}>{props.children}</div>
    </fieldset>
  );
}

/** A question before something that cannot be taken back; it stands where the button was. */
export function Sure(props: { label: string; ask: string; yes: string; onYes: () => void; quiet?: boolean }) {
  const [asking, ask] = useState(false);
  if (!asking) return <button type="button" class={props.quiet ? "link" : "btn quiet wide"} onClick={() => ask(true)}>{props.label}</button>;
  return (
    <div class="note soil stack" role="alertdialog" aria-label={props.ask}>
      <p>{props.ask}</p>
      <div class="two">
        <button type="button" class="btn" onClick={props.onYes}>{props.yes}</button>
        <button type="button" class="btn quiet" onClick={() => ask(false)}>{words.confirm.no}</button>
      </div>
    </div>
  );
}

/** Goes to the first fault, once it has been drawn. */
export function useFirstFault(): (id: string) => void {
  return (id) =>
    requestAnimationFrame(() => {
      const place = document.getElementById(id);
      const field = place?.matches("input,textarea,select") ? place : place?.querySelector<HTMLElement>("input,textarea,select");
      (field as HTMLElement | null)?.focus({ preventScroll: true });
      place?.scrollIntoView({ block: "center" });
    });
}

/** A fault in one screen never takes the rest of the app with it. */
export function Guard({ children }: { children: ComponentChildren }) {
  const [fault, clear] = useErrorBoundary((told) => console.error(told));
  if (!fault) return <>{children}</>;
  return (
    <main class="body">
      <h1>{words.app}</h1>
      <p>{words.broken.screen}</p>
      <p class="hint">{String((fault as Error).message ?? fault)}</p>
      <button type="button" class="btn" onClick={() => ((location.hash = ""), clear())}>{words.back}</button>
    </main>
  );
}
