// What this phone knows without a PIN: who uses it, how it looks, parcels carried for others.
import type { IDBPDatabase } from "idb";
import type { Parcel } from "../contract";
import { waitLeft } from "../domain/pin";
import { uuid7 } from "../domain/uuid";
import { openPhone, type CarriedParcel, type PhonePerson, type PhoneTables } from "./schema";
import { newLock, newPin, tryPin, type Lock } from "./seal";

export interface Settings { text: "vua" | "lon" | "rat-lon"; theme: "may" | "sang" | "toi"; lockMinutes: number }
export const SETTINGS: Settings = { text: "vua", theme: "may", lockMinutes: 5 };

const STRICT = { durability: "strict" } as const; // without its lock no book opens

export class Phone {
  private constructor(private readonly db: IDBPDatabase<PhoneTables>, readonly uid: string) {}

  static async open(): Promise<Phone> {
    const db = await openPhone();
    let uid = (await db.get("settings", "uid")) as string | undefined;
    if (!uid) await db.put("settings", (uid = uuid7()), "uid");
    return new Phone(db, uid);
  }

  people = (): Promise<PhonePerson[]> => this.db.getAll("people");
  person = (uid: string): Promise<PhonePerson | undefined> => this.db.get("people", uid);

  async settings(): Promise<Settings> {
    return { ...SETTINGS, ...((await this.db.get("settings", "look")) as Partial<Settings> | undefined) };
  }
  putSettings = (settings: Settings): Promise<unknown> => this.db.put("settings", settings, "look");

  /** A book for a person: its key lives in memory, its lock here. */
  async addPerson(uid: string, name: string, address: string, pin: string): Promise<{ person: PhonePerson; key: CryptoKey }> {
    const { key, lock } = await newLock(pin);
    const old = await this.person(uid);
    const aside = old ? [...old.aside, { book: old.book, salt: old.salt, rounds: old.rounds, wrapped: old.wrapped, unsent: old.unsent }] : [];
    const person: PhonePerson = { uid, name, address, book: `so-${uuid7()}`, ...lock, wrong: 0, wrongAt: 0, unsent: 0, oldest: null, aside };
    const tx = this.db.transaction("people", "readwrite", STRICT);
    await Promise.all([tx.store.put(person), tx.done]);
    return { person, key };
  }

  private async change(uid: string, change: (person: PhonePerson) => PhonePerson): Promise<void> {
    const tx = this.db.transaction("people", "readwrite", STRICT);
    const person = await tx.store.get(uid);
    if (person) await tx.store.put(change(person));
    await tx.done;
  }

  /** The key, or how long to wait before the next try. Wrong PINs slow down; nothing is ever destroyed. */
  async unlock(uid: string, pin: string, now: number): Promise<{ key: CryptoKey } | { wait: number }> {
    const person = await this.person(uid);
    if (!person) return { wait: 0 };
    const left = waitLeft(person.wrong, person.wrongAt, now);
    if (left > 0) return { wait: left };
    const key = await tryPin(pin, person);
    const noted = this.change(uid, (p) => ({ ...p, wrong: key ? 0 : p.wrong + 1, wrongAt: key ? 0 : now }));
    await noted.catch((fault) => {
      if (!key) throw fault; // a full phone still opens to the right PIN
    });
    return key ? { key } : { wait: waitLeft(person.wrong + 1, now, now) };
  }

  async changePin(uid: string, old: string, pin: string): Promise<boolean> {
    const person = await this.person(uid);
    const lock = person && (await newPin(old, pin, person));
    if (lock) await this.change(uid, (p) => ({ ...p, ...lock, wrong: 0, wrongAt: 0 }));
    return !!lock;
  }

  tryPin = (person: Lock, pin: string): Promise<CryptoKey | null> => tryPin(pin, person);
  putUnsent = (uid: string, unsent: number, oldest: string | null): Promise<void> => this.change(uid, (p) => ({ ...p, unsent, oldest }));
  putName = (uid: string, name: string, address: string): Promise<void> => this.change(uid, (p) => ({ ...p, name, address }));

  /** Off this phone. An earlier book of hers that is still sealed here takes the place of the one that goes. */
  async removePerson(uid: string): Promise<void> {
    const person = await this.person(uid);
    const earlier = person?.aside.at(-1);
    if (person && earlier) await this.db.put("people", { ...person, unsent: 0, ...earlier, aside: person.aside.slice(0, -1), wrong: 0 });
    else await this.db.delete("people", uid);
  }
  dropAside = (uid: string, book: string): Promise<void> => this.change(uid, (p) => ({ ...p, aside: p.aside.filter((a) => a.book !== book) }));

  parcels = (): Promise<CarriedParcel[]> => this.db.getAll("parcels");
  async takeParcel(body: Parcel, takenAt: number): Promise<boolean> {
    if (await this.db.get("parcels", body.parcel)) return false;
    await this.db.put("parcels", { parcel: body.parcel, body, takenAt, state: "waiting", says: "" });
    return true;
  }
  putParcel = (parcel: CarriedParcel): Promise<unknown> => this.db.put("parcels", parcel);
  dropParcel = (parcel: string): Promise<void> => this.db.delete("parcels", parcel);
}
