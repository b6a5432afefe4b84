// The tables on the device, by version. A step is never changed once a version has been given out: a new one is added.
// Every earlier version has a fixture in test/store.test.ts, which is taken to the newest.
import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction } from "idb";
import type { Parcel } from "../contract";
import type { Box } from "./seal";

/** What is known of a person before the PIN: a name, how to try a PIN, and how many records wait. Nothing else. */
export interface PhonePerson {
  uid: string;
  name: string;
  address: string;
  book: string; // the name of the book's database
  salt: Uint8Array<ArrayBuffer>;
  rounds: number;
  wrapped: Box; // the key of the book, under the PIN
  wrong: number;
  wrongAt: number;
  unsent: number;
  oldest: string | null;
  aside: { book: string; salt: Uint8Array<ArrayBuffer>; rounds: number; wrapped: Box; unsent?: number }[]; // earlier books whose PIN was forgotten
}
export interface CarriedParcel { parcel: string; body: Parcel; takenAt: number; state: "waiting" | "delivered" | "refused"; says: string }

export interface PhoneTables extends DBSchema {
  people: { key: string; value: PhonePerson };
  settings: { key: string; value: unknown };
  parcels: { key: string; value: CarriedParcel };
}
export interface BookTables extends DBSchema {
  kept: { key: string; value: Box }; // seat, window: whole documents
  outbox: { key: string; value: { uid: string; seq: number; open: 0 | 1; box: Box }; indexes: { by_seq: number } };
  drafts: { key: string; value: Box };
  photos: { key: string; value: { uid: string; box: Box; size: number; sent: 0 | 1; takenAt: number }; indexes: { by_time: number } };
}

type Step = (db: IDBPDatabase, tx: IDBPTransaction<unknown, string[], "versionchange">) => Promise<void> | void;

export const PHONE_STEPS: Step[] = [
  // 1: people and settings
  (db) => {
    db.createObjectStore("people", { keyPath: "uid" });
    db.createObjectStore("settings");
  },
  // 2: parcels carried for others, and books set aside
  async (db, tx) => {
    db.createObjectStore("parcels", { keyPath: "parcel" });
    const people = tx.objectStore("people");
    for (let at = await people.openCursor(); at; at = await at.continue())
      await at.update({ aside: [], oldest: null, ...(at.value as object) });
  },
];

export const BOOK_STEPS: Step[] = [
  // 1: photos lay in `kept` under „photo:UID“, records had a word for where they are
  (db) => {
    db.createObjectStore("kept");
    db.createObjectStore("outbox", { keyPath: "uid" });
    db.createObjectStore("drafts");
  },
  // 2: records in order by an index; photos on their own, so that the oldest sent ones can be dropped when room is short
  async (db, tx) => {
    const outbox = tx.objectStore("outbox");
    outbox.createIndex("by_seq", "seq");
    for (let at = await outbox.openCursor(); at; at = await at.continue()) {
      const { state, ...rest } = at.value as { state?: string };
      await at.update({ open: state === undefined || state === "unsent" ? 1 : 0, ...rest });
    }
    db.createObjectStore("photos", { keyPath: "uid" }).createIndex("by_time", "takenAt");
    const kept = tx.objectStore("kept");
    for (let at = await kept.openCursor(IDBKeyRange.bound("photo:", "photo:\uffff")); at; at = await at.continue()) {
      await tx.objectStore("photos").put({ uid: String(at.key).slice(6), box: at.value as Box, size: 0, sent: 0, takenAt: 0 });
      await at.delete();
    }
  },
];

async function open<T extends DBSchema>(name: string, steps: Step[], onOlder: () => void): Promise<IDBPDatabase<T>> {
  const db = await openDB<T>(name, steps.length, {
    async upgrade(database, from, _to, tx) {
      for (const step of steps.slice(from)) await step(database as unknown as IDBPDatabase, tx as unknown as IDBPTransaction<unknown, string[], "versionchange">);
    },
    // Another tab wants a newer shape: this one lets go of the database and starts again.
    blocking() {
      db.close();
      onOlder();
    },
  });
  return db;
}

let whenOlder = (): void => undefined;
export const onNewerTab = (act: () => void): void => void (whenOlder = act);

export const openPhone = (): Promise<IDBPDatabase<PhoneTables>> => open<PhoneTables>("di-ho", PHONE_STEPS, () => whenOlder());
export const openBook = (name: string): Promise<IDBPDatabase<BookTables>> => open<BookTables>(name, BOOK_STEPS, () => whenOlder());
