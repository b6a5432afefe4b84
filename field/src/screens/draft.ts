// What is being written is kept at each stroke, sealed; it is there again after a reload, a lock, a new version.
import { useEffect, useState } from "preact/hooks";
import { app } from "../app";

export function useDraft<T extends object>(name: string, start: () => T): [T, (change: Partial<T>) => void] {
  const session = app.session!;
  const [value, set] = useState<T>(() => ({ ...start(), ...((session.drafts.get(name) as T | undefined) ?? {}) }));
  useEffect(() => {
    app.typing = true;
    return () => void (app.typing = false);
  }, []);
  const change = (part: Partial<T>): void =>
    set((before) => {
      const after = { ...before, ...part };
      session.putDraft(name, after).catch((fault) => app.session === session && app.noteFull(fault));
      return after;
    });
  return [value, change];
}

/** Writes a record; whether it is on the device now. When there is no room the draft stays where it is. */
export async function safely(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    app.full = false;
    app.hurry();
    return true;
  } catch (fault) {
    app.noteFull(fault);
    return false;
  }
}
