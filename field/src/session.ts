// One opened book: what it holds in memory, every change written before it is shown.
import type { AnswerBody, Bodies, Enrolled, Kind, PhotoNote } from "./contract";
import { dayOf, deviceTime, notedDay, type PlainDay } from "./domain/day";
import { laidOver, type Household } from "./domain/household";
import { fresh, isOld, isUnsent, offeredAgain, photosOf, type Kept } from "./domain/outbox";
import { uuid7 } from "./domain/uuid";
import { Book, NOTHING_PULLED, type Seat, type Window } from "./store/book";
import type { Phone } from "./store/phone";
import type { PhonePerson } from "./store/schema";

const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("di-ho");

export const newSeat = (enrolled: Enrolled, skew: number): Seat => ({
  token: enrolled.token, seat: enrolled.seat, member: enrolled.member, team: enrolled.team, epoch: enrolled.epoch, key: enrolled.key,
  skew, spokeAt: Date.now() + skew, closed: null,
});

interface Writing { day?: PlainDay | null; draft?: string; answer?: Omit<AnswerBody, "on"> | null; anew?: string | undefined }

export class Session {
  items: Kept[] = [];
  window: Window = NOTHING_PULLED;
  drafts = new Map<string, unknown>();
  seat!: Seat;
  troubles = 0; // batches in a row that met no answer, though something was there
  private laid: Map<string, Household> | null = null;

  private constructor(readonly phone: Phone, readonly person: PhonePerson, readonly book: Book, private readonly changed: () => void) {}

  static async open(phone: Phone, person: PhonePerson, key: CryptoKey, changed: () => void, first?: Seat): Promise<Session> {
    const book = await Book.open(person.book, key);
    const session = new Session(phone, person, book, changed);
    try {
      if (first && !(await book.seat())) await book.putSeat(first);
      await session.load();
    } catch (fault) {
      book.close();
      throw fault;
    }
    if (channel) channel.onmessage = (event) => void (event.data === person.book && session.reload());
    return session;
  }

  /** Another window wrote. However often it says so, the book is read once, after what is being written here. */
  private reloading = false;
  private reload(): void {
    if (this.reloading) return;
    this.reloading = true;
    this.inTurn(() => {
      this.reloading = false;
      return this.load();
    }).then(this.changed, (fault) => console.warn(fault));
  }

  async load(): Promise<void> {
    const seat = await this.book.seat();
    if (!seat) throw new Error("a book without its seat");
    const [items, window] = await Promise.all([this.book.items(), this.book.window()]);
    let drafts, before;
    do {
      // A stroke that came meanwhile is newer than what was read.
      before = this.strokes;
      await this.draftWrite.catch(() => undefined);
      drafts = await this.book.drafts();
    } while (before !== this.strokes);
    for (const name of this.unwritten) {
      if (this.drafts.has(name)) drafts.set(name, this.drafts.get(name));
      else this.unwritten.delete(name);
    }
    Object.assign(this, { seat, items, window, drafts, laid: null });
  }

  /** Lets go of the book once what was being typed, or was said of a record, has been written. */
  async shut(): Promise<void> {
    if (channel) channel.onmessage = null;
    await Promise.allSettled([this.draftWrite, this.turn]);
    this.book.close();
  }

  /** Now, by the house's clock as last heard. */
  now = (): number => Date.now() + this.seat.skew;
  today = (): PlainDay => dayOf(this.now());
  get unsent(): number {
    return this.items.filter(isUnsent).length;
  }
  households(): Map<string, Household> {
    return (this.laid ??= laidOver(new Map(this.window.households.map((h) => [h.uid, h])), this.items, this.window.pulledAt));
  }

  private tell(): void {
    this.laid = null;
    channel?.postMessage(this.person.book);
    this.changed();
  }

  // Changes to what is held in memory go one after the other: an answer and a press never undo each other.
  private turn: Promise<unknown> = Promise.resolve();
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.turn.then(work, work);
    this.turn = done.catch(() => undefined);
    return done;
  }

  /**
   * Writes a record; `day` is the day that the person means, the device notes it by its own clock. With it, all or
   * nothing: a request that it also answers, and one the house refused (`anew`) let go, for this one takes its place.
   */
  async write<K extends Kind>(kind: K, body: Bodies[K] | ((on: PlainDay, noted: (day: PlainDay) => PlainDay) => Bodies[K]), options: Writing = {}): Promise<Kept> {
    const made = deviceTime(Date.now());
    const noted = (day: PlainDay): PlainDay => notedDay(day, made, this.seat.skew);
    const whole = typeof body === "function" ? body(noted(options.day ?? this.today()), noted) : body;
    const draft = options.draft ?? null;
    const typed = draft === null ? undefined : this.drafts.get(draft);
    if (draft !== null) {
      this.drafts.delete(draft); // a stroke still on its way is not written after the record
      await this.draftWrite.catch(() => undefined);
    }
    return this.inTurn(async () => {
      const { skew } = this.seat;
      const answer = options.answer ? [fresh(uuid7(), "answer", made, { ...options.answer, on: noted(this.today()) }, skew)] : [];
      const refused = this.items.filter((i) => i.uid === options.anew && i.state === "refused").map((i) => ({ ...i, letGo: true }));
      const items = await this.book.add([fresh(uuid7(), kind, made, whole, skew), ...answer], draft, refused).catch((fault: unknown) => {
        if (draft !== null && typed !== undefined) this.drafts.set(draft, typed);
        throw fault;
      });
      if (draft !== null) this.drafts.delete(draft); // read again meanwhile
      this.items = [...this.items.map((i) => refused.find((r) => r.uid === i.uid) ?? i), ...items];
      await this.count();
      this.tell();
      return items[0]!;
    });
  }

  changeItems(uids: readonly string[], change: (item: Kept) => Kept): Promise<void> {
    return this.inTurn(async () => {
      if (!uids.length) return;
      const wanted = new Set(uids);
      const after = new Map(this.items.filter((i) => wanted.has(i.uid)).map((i) => [i.uid, change(i)]));
      await this.book.put([...after.values()]);
      this.items = this.items.map((i) => after.get(i.uid) ?? i);
      await this.count();
      this.tell();
    });
  }

  /**
   * Takes over an earlier book of hers, whose PIN she remembers again: records, sent or not, drafts and photos. How many
   * drafts stay there, because another of the same name is being written here.
   */
  adopt(old: Book): Promise<number> {
    return this.inTurn(async () => {
      const there = new Set(this.items.map((i) => i.uid));
      const moved = (await old.seat())?.epoch !== this.seat.epoch;
      await this.book.takePhotos(old);
      for (const item of (await old.items()).filter((i) => !there.has(i.uid)))
        this.items = [...this.items, ...(await this.book.add([{ ...(moved ? offeredAgain(item) : item), handed: "" }], null))];
      let left = 0;
      for (const [name, draft] of await old.drafts()) {
        const mine = this.drafts.get(name);
        if (mine === undefined) {
          await this.book.putDraft(name, draft);
          this.drafts.set(name, draft);
        } else if (JSON.stringify(mine) !== JSON.stringify(draft)) left += 1;
      }
      await this.count();
      this.tell();
      return left;
    });
  }

  private async count(): Promise<void> {
    const open = this.items.filter(isUnsent);
    // Only what the first screen shows: a record that is written stays written when there is no room for this.
    const oldest = open[0] ? dayOf(Date.parse(open[0].made_at) + open[0].skew) : null;
    await this.phone.putUnsent(this.person.uid, open.length, oldest).catch(() => undefined);
  }

  /** As it stands in the book: another window may have renewed it, and this one not heard of it yet. */
  readSeat(): Promise<Seat> {
    return this.inTurn(async () => (this.seat = (await this.book.seat()) ?? this.seat));
  }
  changeSeat(change: Partial<Seat>): Promise<void> {
    return this.inTurn(async () => {
      const seat = { ...((await this.book.seat()) ?? this.seat), ...change };
      if (JSON.stringify(seat) === JSON.stringify(this.seat)) return;
      await this.book.putSeat(seat);
      if (change.member && change.member.name !== this.seat.member.name) await this.phone.putName(this.person.uid, change.member.name, change.member.address);
      this.seat = seat;
      this.tell();
    });
  }

  /** The house has spoken: its clock is kept. Answers the moment by it. */
  async heard(at: string): Promise<number> {
    const theirs = Date.parse(at);
    const skew = theirs - Date.now();
    await this.changeSeat({ spokeAt: theirs, skew: Math.abs(skew - this.seat.skew) > 2_000 ? skew : this.seat.skew });
    return theirs;
  }

  close = (why: { code: string; says: string }): Promise<void> => this.changeSeat({ closed: why });

  putWindow(window: Window): Promise<void> {
    return this.inTurn(async () => {
      await this.book.putWindow(window);
      this.window = window;
      const now = this.now();
      const [old, kept] = [this.items.filter((i) => isOld(i, now)), this.items.filter((i) => !isOld(i, now))];
      await this.book.forget(old, this.photosIn(kept, this.drafts.values()));
      this.items = kept;
      this.tell();
    });
  }
  private photosIn(items: readonly Kept[], drafts: Iterable<unknown>): Set<string> {
    return new Set([...items.flatMap(photosOf), ...[...drafts].flatMap((d) => (d as { photos?: PhotoNote[] }).photos ?? [])].map((p) => p.uid));
  }
  /** Photos that a draft does not want any more; those that belong to a record stay, it has yet to send them or be looked at. */
  async dropPhotos(photos: readonly PhotoNote[]): Promise<void> {
    const kept = this.photosIn(this.items, []);
    for (const { uid } of photos) if (!kept.has(uid)) await this.book.dropPhoto(uid);
  }

  // Drafts are written at each stroke, the latest one wins; while one is being sealed the next waits.
  private draftWrite: Promise<void> = Promise.resolve();
  private toWrite = new Set<string>();
  private unwritten = new Set<string>(); // what there was no room for is here alone
  private strokes = 0;
  putDraft(name: string, value: unknown): Promise<void> {
    this.strokes += 1;
    this.drafts.set(name, value);
    if (this.toWrite.has(name)) return this.draftWrite;
    this.toWrite.add(name);
    return (this.draftWrite = this.draftWrite.catch(() => undefined).then(async () => {
      this.toWrite.delete(name);
      if (!this.drafts.has(name)) return;
      this.unwritten.add(name);
      await this.book.putDraft(name, this.drafts.get(name));
      this.unwritten.delete(name);
    }));
  }
  private async dropDraft(name: string): Promise<void> {
    this.drafts.delete(name);
    await this.draftWrite.catch(() => undefined);
    await this.book.dropDraft(name);
    this.drafts.delete(name); // read again meanwhile
    this.changed();
  }
  /** A draft and the photos that belong to nothing else. */
  async throwAway(name: string): Promise<void> {
    const { photos = [] } = (this.drafts.get(name) ?? {}) as { photos?: PhotoNote[] };
    await this.dropPhotos(photos);
    await this.dropDraft(name);
  }
  topic = (code: string): string => {
    const topic = this.window.topics.find((t) => t.code === code);
    return topic?.label ?? code;
  };
  skill = (code: string): string => this.window.skills.find((t) => t.code === code)?.label ?? code;
  village = (uid: string): string => this.window.villages.find((v) => v.uid === uid)?.name ?? "";
}
