// What runs beneath the screens: who is in, when to lock, when to send, when to take a new version.
import type { Enrolled } from "./contract";
import { newSeat, Session } from "./session";
import { Book, isFull, type Seat } from "./store/book";
import { Phone, SETTINGS, type Settings } from "./store/phone";
import { onNewerTab, type PhonePerson } from "./store/schema";
import { call, type Heard } from "./sync/call";
import { backoff } from "./sync/plan";
import { exchange, type Contact } from "./sync/send";
import { deviceName } from "./words";

const PULL_EVERY_MS = 15 * 60_000;
const TICK_MS = 5_000;

const seatOf = (enrolled: Enrolled): Seat => newSeat(enrolled, enrolled.at ? Date.parse(enrolled.at) - Date.now() : 0);

class App {
  phone: Phone | null = null;
  people: PhonePerson[] = [];
  settings: Settings = SETTINGS;
  session: Session | null = null;
  contact: Contact | null = null;
  sending = false;
  full = false; // the device has no room left
  unkept = false; // what was just written here did not get onto the device, for another reason
  typing = false; // a form is open: a new version waits
  /** The book answers to an older shape of the database, or the browser cannot seal: said instead of any screen. */
  broken: "old-browser" | "newer-tab" | null = null;
  private failures = 0;
  private nextTry = 0;
  private lastTouch = Date.now();
  private waiting: ServiceWorker | null = null;
  private hearers = new Set<() => void>();

  listen = (hearer: () => void): (() => void) => {
    this.hearers.add(hearer);
    return () => this.hearers.delete(hearer);
  };
  changed = (): void => this.hearers.forEach((hear) => hear());

  async start(): Promise<void> {
    if (!globalThis.crypto?.subtle || !globalThis.indexedDB) {
      this.broken = "old-browser";
      return;
    }
    onNewerTab(() => {
      this.broken = "newer-tab";
      this.changed();
    });
    this.phone = await Phone.open();
    [this.people, this.settings] = await Promise.all([this.phone.people(), this.phone.settings()]);
    this.dress();
    addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => (document.hidden ? undefined : this.seen()));
    for (const kind of ["pointerdown", "keydown", "input"]) addEventListener(kind, () => (this.lastTouch = Date.now()), { passive: true, capture: true });
    setInterval(() => this.tick(), TICK_MS);
  }

  // The look
  dress(): void {
    const html = document.documentElement;
    html.dataset.text = this.settings.text;
    if (this.settings.theme === "may") delete html.dataset.theme;
    else html.dataset.theme = this.settings.theme === "toi" ? "dark" : "light";
  }
  async choose(change: Partial<Settings>): Promise<void> {
    this.settings = { ...this.settings, ...change };
    this.dress();
    await this.phone?.putSettings(this.settings);
    this.changed();
  }

  // Who is in
  private async enter(person: PhonePerson, key: CryptoKey, first?: Seat): Promise<void> {
    const leaving = this.session;
    this.session = null;
    await leaving?.shut();
    this.session = await Session.open(this.phone!, person, key, this.changed, first);
    this.contact = null;
    this.unkept = false;
    this.failures = 0;
    this.lastTouch = Date.now();
    await this.refreshPeople();
    void navigator.storage?.persist?.().catch(() => false);
  }
  async refreshPeople(): Promise<void> {
    this.people = await this.phone!.people();
    this.changed();
  }

  /** Seconds to wait when the PIN was wrong, or nothing when the book is open. */
  async unlock(person: PhonePerson, pin: string): Promise<{ wait: number } | null> {
    const got = await this.phone!.unlock(person.uid, pin, Date.now());
    if ("wait" in got) return got;
    await this.enter(person, got.key);
    this.hurry();
    return null;
  }

  async lock(): Promise<void> {
    const leaving = this.session;
    this.session = null;
    await leaving?.shut();
    this.typing = false;
    this.people = (await this.phone?.people()) ?? [];
    location.hash = "";
    this.changed();
    this.takeNewVersion();
  }

  /** Asks the house whose code this is. The code works once: the PIN is chosen before. */
  async askWho(code: string): Promise<Enrolled | Heard> {
    const label = deviceName(navigator.userAgent);
    const heard = await call("ghi-danh/", { json: { v: 1, code, phone: { uid: this.phone!.uid, label }, app: __VERSION__ } });
    if (heard.kind !== "json") return heard;
    const told = (heard.body ?? {}) as Partial<Enrolled>;
    const whole = told.v === 1 && typeof told.token === "string" && typeof told.seat === "string" && typeof told.member?.uid === "string";
    return whole ? (heard.body as Enrolled) : { kind: "strange" };
  }

  /** The person is on this phone already and the PIN opens her book: it goes on under the new token, outbox and all. */
  async enrolAgain(enrolled: Enrolled, pin: string): Promise<boolean> {
    const person = await this.phone!.person(enrolled.member.uid);
    const key = person && (await this.phone!.tryPin(person, pin));
    if (!person || !key) return false;
    await this.enter(person, key, seatOf(enrolled)); // where the phone was full at the first enrolment there is none yet
    await this.renew(enrolled); // before anything is sent: the old token may be revoked
    return true;
  }
  async renew(enrolled: Enrolled): Promise<void> {
    const s = this.session!;
    await s.changeSeat({ ...newSeat(enrolled, s.seat.skew), epoch: s.seat.epoch, closed: null });
    await s.putWindow({ ...s.window, cursor: "" });
    this.hurry();
  }
  async enrolNew(enrolled: Enrolled, pin: string): Promise<void> {
    const { member } = enrolled;
    const { person, key } = await this.phone!.addPerson(member.uid, member.name, member.address, pin);
    await this.enter(person, key, seatOf(enrolled)).catch(async (fault: unknown) => {
      await this.phone!.removePerson(member.uid); // nobody is left with a book that does not open
      indexedDB.deleteDatabase(person.book);
      throw fault;
    });
    this.hurry();
  }

  /** An earlier book whose PIN was forgotten and is known again: how many drafts it keeps back, or nothing if none opens. */
  async adoptEarlier(pin: string): Promise<number | null> {
    const s = this.session!;
    const person = await this.phone!.person(s.person.uid);
    for (const aside of person?.aside ?? []) {
      const key = await this.phone!.tryPin(aside, pin);
      if (!key) continue;
      const old = await Book.open(aside.book, key);
      const left = await s.adopt(old).finally(old.close);
      if (left) return left;
      await this.phone!.dropAside(s.person.uid, aside.book);
      indexedDB.deleteDatabase(aside.book);
      await this.refreshPeople();
      this.hurry();
      return 0;
    }
    return null;
  }

  // Sending
  /** At once: on start, when the network comes, when the page is seen again, by the button. */
  hurry = (): void => {
    this.again = this.sending;
    void this.send();
  };
  private again = false; // something came up while it was sending

  async send(): Promise<void> {
    const s = this.session;
    if (!s || this.sending || s.seat.closed) return;
    this.sending = true;
    this.changed();
    try {
      const go = async (): Promise<Contact> => exchange(s);
      // One tab sends at a time. The house would take it twice as one, but the evening is short.
      const contact = navigator.locks
        ? await navigator.locks.request(`gui-${s.person.uid}`, { ifAvailable: true }, async (lock) => (lock ? go() : null))
        : await go();
      if (this.session !== s) return; // another book is open now: this says nothing of it
      if (contact !== null) this.contact = contact;
      this.failures = contact === null || contact === "ok" ? 0 : this.failures + 1;
      this.full = false;
    } catch (fault) {
      if (this.session !== s) return; // the book was locked meanwhile: what was not noted is sent again
      this.noteFull(fault);
      this.failures += 1;
    } finally {
      this.sending = false;
      this.nextTry = Date.now() + (this.failures ? backoff(this.failures, Math.random()) : PULL_EVERY_MS);
      this.changed();
      if (this.again || this.session !== s) this.hurry();
    }
  }

  noteFull(fault: unknown): boolean {
    const full = isFull(fault);
    if (full) this.full = true;
    else console.error(fault);
    this.changed();
    return full;
  }

  /** What a person made could not be kept: she is told, whatever the reason. */
  noteUnkept(fault: unknown): void {
    this.unkept = !this.noteFull(fault);
    this.changed();
  }

  // Time
  private seen(): void {
    this.lockIfIdle();
    this.hurry();
    void this.registration?.update().catch(() => undefined);
  }
  private tick(): void {
    this.lockIfIdle();
    if (this.waiting && !this.session) this.takeNewVersion();
    if (this.session && !document.hidden && Date.now() >= this.nextTry) void this.send();
  }
  private lockIfIdle(): void {
    const idle = Date.now() - this.lastTouch;
    if (this.session && (idle > this.settings.lockMinutes * 60_000 || idle < -60_000)) void this.lock();
  }

  // A new version
  private registration: ServiceWorkerRegistration | null = null;
  async install(): Promise<void> {
    if (!navigator.serviceWorker) return;
    const controlled = !!navigator.serviceWorker.controller;
    navigator.serviceWorker.addEventListener("controllerchange", () => {
      if (!controlled) return;
      this.waiting = null;
      // Another window took it while a book is open here: what runs goes on, the new one comes when the book is shut.
      if (this.session && !this.pressed) this.stale = true;
      else location.reload();
    });
    try {
      const registration = await navigator.serviceWorker.register("/app/sw.js", { scope: "/app/", updateViaCache: "none" });
      this.registration = registration;
      const found = (worker: ServiceWorker | null): void => {
        if (!worker || !navigator.serviceWorker.controller) return;
        if (worker.state === "installed") {
          this.waiting = worker;
          this.takeNewVersion();
          this.changed();
        } else worker.addEventListener("statechange", () => worker.state === "installed" && found(worker));
      };
      found(registration.waiting ?? registration.installing);
      registration.addEventListener("updatefound", () => found(registration.installing));
    } catch {
      // No network, or a portal's page in place of the worker: what is kept goes on working.
    }
  }
  private pressed = false;
  private stale = false;
  get newVersion(): boolean {
    return this.waiting !== null;
  }
  /** Never while a form is open or a book is; else at the next start. Drafts are kept either way. */
  takeNewVersion(now = false): void {
    this.pressed = now;
    if (this.stale && !this.session) location.reload();
    else if (this.waiting && (now || (!this.session && !this.typing))) this.waiting.postMessage("take");
  }
}

export const app = new App();
