// One person's book: everything in it is sealed under her key. Read whole at opening, written row by row.
import type { IDBPDatabase, IDBPTransaction, StoreNames } from "idb";
import type { Campaign, Colleague, Enrolled, FormPaper, HelpRequest, Pull, Topic, Village } from "../contract";
import { householdOf, type Household } from "../domain/household";
import { filled, isUnsent, photosOf, type Kept } from "../domain/outbox";
import { openBook, type BookTables } from "./schema";
import { openBytes, seal, sealBytes, unseal } from "./seal";

export interface Seat {
  token: string; seat: string; member: Enrolled["member"]; team: Enrolled["team"]; epoch: string; key: string;
  skew: number; spokeAt: number | null; // the house's clock when it last answered
  closed: { code: string; says: string } | null; // revoked, left: nothing may be sent under this token
}
export interface Window {
  cursor: string; pulledAt: number | null; // when, by the house's clock
  villages: Village[]; topics: Topic[]; skills: Topic[]; households: Household[]; campaigns: Campaign[]; forms: FormPaper[];
  requests: HelpRequest[]; colleagues: Colleague[];
}
export const NOTHING_PULLED: Window = {
  cursor: "", pulledAt: null, villages: [], topics: [], skills: [], households: [], campaigns: [], forms: [], requests: [], colleagues: [],
};

/** The window after a pull: whole replaces, otherwise only what changed. What was written here is not touched. */
export function pulledInto(before: Window, pull: Pull): Window {
  const base = pull.whole ? { ...NOTHING_PULLED, colleagues: before.colleagues } : before;
  const gone = new Set(pull.gone ?? []);
  const houses = new Map(base.households.map((h) => [h.uid, h]));
  for (const row of pull.households?.rows ?? []) {
    const house = householdOf(pull.households!.columns, row);
    houses.set(house.uid, house);
  }
  for (const uid of gone) houses.delete(uid);
  const requests = new Map(base.requests.map((r) => [r.uid, r]));
  for (const request of pull.requests ?? []) {
    if (request.state === "open") requests.set(request.uid, request);
    else requests.delete(request.uid);
  }
  return {
    cursor: pull.cursor, pulledAt: Date.parse(pull.at), households: [...houses.values()], villages: pull.villages ?? base.villages, topics: pull.topics ?? base.topics,
    skills: pull.skills ?? base.skills, campaigns: pull.campaigns ?? base.campaigns, forms: pull.forms ?? base.forms,
    requests: [...requests.values()], colleagues: pull.colleagues ?? base.colleagues,
  };
}

export const isFull = (fault: unknown): boolean => fault instanceof DOMException && fault.name === "QuotaExceededError";

type Stores = StoreNames<BookTables>[];

/** What was asked of it so far is not done either. */
const undo = (tx: { abort(): void }): void => {
  try {
    tx.abort();
  } catch {
    // it is over already
  }
};

export class Book {
  private constructor(readonly name: string, private readonly db: IDBPDatabase<BookTables>, private readonly key: CryptoKey) {}

  static async open(name: string, key: CryptoKey): Promise<Book> {
    return new Book(name, await openBook(name), key);
  }
  close = (): void => this.db.close();

  private async read<T>(name: string): Promise<T | null> {
    const box = await this.db.get("kept", name);
    return box ? unseal<T>(this.key, box, name) : null;
  }
  private async write(name: string, value: unknown): Promise<void> {
    const box = await seal(this.key, value, name);
    await this.keep(["kept"], (tx) => tx.objectStore("kept").put(box, name));
  }
  seat = (): Promise<Seat | null> => this.read<Seat>("seat");
  putSeat = (seat: Seat): Promise<void> => this.write("seat", seat);
  async window(): Promise<Window> {
    return { ...NOTHING_PULLED, ...(await this.read<Window>("window")) };
  }
  putWindow = (window: Window): Promise<void> => this.write("window", window);

  async items(): Promise<Kept[]> {
    const rows = await this.db.getAllFromIndex("outbox", "by_seq");
    return Promise.all(rows.map(async (row) => filled({ ...(await unseal<Partial<Kept>>(this.key, row.box, row.uid)), uid: row.uid, seq: row.seq })));
  }

  private row = async (item: Kept): Promise<BookTables["outbox"]["value"]> => (
    { uid: item.uid, seq: item.seq, open: isUnsent(item) ? 1 : 0, box: await seal(this.key, item, item.uid) });

  /**
   * New records, in place of their draft and with what becomes of older ones: all of it or nothing. Their numbers are
   * given inside the transaction, so that two tabs never give the same one.
   */
  async add(items: readonly Omit<Kept, "seq">[], draft: string | null, changed: readonly Kept[] = []): Promise<Kept[]> {
    const fresh = await Promise.all(items.map((item) => this.row({ ...item, seq: 0 })));
    const older = await Promise.all(changed.map(this.row));
    return this.keep(["outbox", "drafts"], async (tx) => {
      const outbox = tx.objectStore("outbox");
      const last = await outbox.index("by_seq").openKeyCursor(null, "prev");
      let seq = last ? Number(last.key) : 0;
      for (const row of fresh) await outbox.add({ ...row, seq: (seq += 1) });
      for (const row of older) await outbox.put(row);
      if (draft) await tx.objectStore("drafts").delete(draft);
      return items.map((item, i) => ({ ...item, seq: seq - items.length + 1 + i }));
    });
  }

  async put(items: readonly Kept[]): Promise<void> {
    const rows = await Promise.all(items.map(this.row));
    await this.keep(["outbox"], (tx) => Promise.all(rows.map((row) => tx.objectStore("outbox").put(row))));
  }

  /** Forgets records, and those of their photos that nothing else holds: what was refused and written anew has the same. */
  async forget(items: readonly Kept[], held: ReadonlySet<string>): Promise<void> {
    if (!items.length) return;
    const tx = this.db.transaction(["outbox", "photos"], "readwrite");
    for (const item of items) {
      await tx.objectStore("outbox").delete(item.uid);
      for (const photo of photosOf(item)) if (!held.has(photo.uid)) await tx.objectStore("photos").delete(photo.uid);
    }
    await tx.done;
  }

  async drafts(): Promise<Map<string, unknown>> {
    const keys = await this.db.getAllKeys("drafts");
    const found = new Map<string, unknown>();
    for (const key of keys) {
      const box = await this.db.get("drafts", key);
      if (box) found.set(key, await unseal(this.key, box, key));
    }
    return found;
  }
  async putDraft(name: string, value: unknown): Promise<void> {
    const box = await seal(this.key, value, name);
    await this.keep(["drafts"], (tx) => tx.objectStore("drafts").put(box, name));
  }
  dropDraft = (name: string): Promise<void> => this.db.delete("drafts", name);

  async putPhoto(uid: string, data: ArrayBuffer, takenAt: number, sent: 0 | 1 = 0): Promise<void> {
    const box = await sealBytes(this.key, data, uid);
    await this.keep(["photos"], (tx) => tx.objectStore("photos").put({ uid, box, size: data.byteLength, sent, takenAt }));
  }
  async photo(uid: string): Promise<ArrayBuffer | null> {
    const row = await this.db.get("photos", uid);
    return row ? openBytes(this.key, row.box, uid) : null;
  }
  /** Takes the photos of another book that are not here, one by one. */
  async takePhotos(old: Book): Promise<void> {
    for (const uid of await old.db.getAllKeys("photos")) {
      const row = await old.db.get("photos", uid);
      if (row && (await this.db.getKey("photos", uid)) === undefined)
        await this.putPhoto(uid, await openBytes(old.key, row.box, uid), row.takenAt, row.sent);
    }
  }
  async photoSent(uid: string): Promise<void> {
    const row = await this.db.get("photos", uid);
    if (row) await this.db.put("photos", { ...row, sent: 1 });
  }
  dropPhoto = (uid: string): Promise<void> => this.db.delete("photos", uid);

  /** What a person made is on the disk when this is over, not only on its way there. */
  private keep<T>(stores: Stores, work: (tx: IDBPTransaction<BookTables, Stores, "readwrite">) => Promise<T>): Promise<T> {
    return this.room(async () => {
      const tx = this.db.transaction(stores, "readwrite", { durability: "strict" });
      try {
        const [done] = await Promise.all([(async () => work(tx))(), tx.done]);
        return done;
      } catch (fault) {
        const why = tx.error ?? fault; // its requests are told only that it was undone
        undo(tx);
        throw why;
      }
    });
  }

  /** Writes; when the device is full, gives up the oldest photos that the house already has, one by one, and tries again. */
  private async room<T>(write: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await write();
      } catch (fault) {
        if (!isFull(fault) || !(await this.dropOldestSentPhoto())) throw fault;
      }
    }
  }
  private async dropOldestSentPhoto(): Promise<boolean> {
    const tx = this.db.transaction("photos", "readwrite");
    for (let at = await tx.store.index("by_time").openCursor(); at; at = await at.continue())
      if (at.value.sent) {
        await at.delete();
        await tx.done;
        return true;
      }
    await tx.done;
    return false;
  }
}
