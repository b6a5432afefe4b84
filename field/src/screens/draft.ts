// What is being written is kept at each stroke, sealed; it is there again after a reload, a lock, a new version.
import { useEffect, useRef, useState } from "preact/hooks";
import { app } from "../app";

/** While it is drawn no new version is taken. */
export function useTyping(): void {
  useEffect(() => {
    app.typing = true;
    return () => void (app.typing = false);
  }, []);
}

type Part<T> = Partial<T> | ((now: T) => Partial<T>);

/** The draft, how to change it, and how it stands now: later than what was drawn, for what comes after a while. */
export function useDraft<T extends object>(name: string, start: () => T): [T, (part: Part<T>) => void, () => T] {
  const session = app.session!;
  const held = useRef<T | null>(null);
  const now = (): T => (held.current ??= { ...start(), ...((session.drafts.get(name) as T | undefined) ?? {}) });
  const [, draw] = useState(0);
  useTyping();
  const change = (part: Part<T>): void => {
    const before = now();
    held.current = { ...before, ...(typeof part === "function" ? part(before) : part) };
    session.putDraft(name, held.current).catch((fault) => app.session === session && app.noteUnkept(fault));
    draw((n) => n + 1);
  };
  return [now(), change, now];
}

const making = new Set<Promise<boolean>>();

/** A photo or a signature on its way into a draft, and whether it got there: what is saved meanwhile waits for it. */
export function onItsWay(work: Promise<boolean>): Promise<boolean> {
  making.add(work);
  return work.finally(() => making.delete(work));
}

let writing = false;

/** Writes a record, once however often it is pressed; whether it is on the device now. When there is no room the draft stays. */
export async function safely(write: () => Promise<unknown>): Promise<boolean> {
  if (writing) return false;
  writing = true;
  try {
    if ((await Promise.all(making)).includes(false)) return false; // the screen says which
    await write();
    app.full = app.unkept = false;
    app.hurry();
    return true;
  } catch (fault) {
    app.noteUnkept(fault);
    return false;
  } finally {
    writing = false;
  }
}
