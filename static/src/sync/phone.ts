/**
 * The phone: who is on it, signing in, switching, leaving. Holds at most one open store with its engine.
 * The first list must not wait for the code that sends, so the engine is loaded after the store is open.
 * Whoever is unknown to the phone needs the server once; after that the password opens the own database offline.
 */
import { LocalStore, personDatabase, shutIfNothingWaits, tellGone, unsentOf, People, openPhoneDatabase } from '../store/index';
import type { Env, Id, Phone, Problem, SessionInfo } from '../store/index';
import { call } from './call';
import { endLeft, endSession } from './leave';
import type { Engine } from './engine';
import { isSessionAnswer, sessionOf } from './who';
import type { PinLock } from './pin';
import type { Host } from './who';

type Opened = { store: LocalStore } | { problem: Problem };

const ATTACH_AGAIN_MS = 10_000;
const KEY_BUSY_MS = 50;
const local = (code: string): { problem: Problem } => ({ problem: { code, status: 0 } });

export class LocalPhone implements Phone {
  readonly people_kept: People;
  /** the open person's engine; the simulator and the service worker drive it by hand */
  engine: Engine | undefined;
  /** called after the open person was wiped or removed */
  onGone: (person: Id) => void = () => {};
  /** called for every store that was opened, when its engine is there */
  onOpened: (store: LocalStore) => void = () => {};
  /** true (the page): a store is handed out before its engine is there, so that the first list is quick */
  store_first = false;
  /** with `store_first`: resolves when the code that sends may be loaded without keeping the first list waiting */
  calm: () => Promise<void> = async () => {};
  /** true: engines run only when told to (`runOnce`) */
  manual = false;
  applyUpdate: () => Promise<void> = async () => {};

  constructor(
    readonly env: Env,
    private phone_db = openPhoneDatabase(env),
  ) {
    this.people_kept = new People(env, phone_db);
  }

  get canKeep(): boolean {
    return this.env.indexedDB !== undefined;
  }
  get store(): LocalStore | undefined {
    return this.opened;
  }
  private opened: LocalStore | undefined;
  private attaching: Promise<void> | undefined;

  async people(): Promise<{ id: Id; name: string; username: string; waiting: number }[]> {
    const all = await this.people_kept.all();
    return Promise.all(
      all.map(async ({ row, session }) => {
        const { id, name, username } = session.person;
        return { id, name, username, waiting: await this.waitingOf(row.id) };
      }),
    );
  }

  async resume(): Promise<LocalStore | undefined> {
    const known = await this.people_kept.current();
    if (!known) void endLeft(this.env, this.people_kept).catch(() => {});
    return known?.row.key ? this.open(known.session, known.row.key, true) : undefined;
  }

  /** Who must unlock first: the PIN alone opens their key. */
  async held(person?: Id): Promise<{ id: Id; name: string } | undefined> {
    const known = person === undefined ? await this.people_kept.current() : await this.people_kept.byId(person);
    return known?.row.pin && known.row.id !== this.store?.session.person.id ? { id: known.row.id, name: known.session.person.name } : undefined;
  }
  pin(): Promise<PinLock> {
    this.lock ??= import('./pin').then(({ PinLock }) => new PinLock(this, (session, key) => this.open(session, key)));
    this.lock.catch(() => (this.lock = undefined));
    return this.lock;
  }
  private lock: Promise<PinLock> | undefined;

  async signIn(username: string, password: string, new_pin = false): Promise<Opened> {
    const known = await this.people_kept.byUsername(username);
    const device_id = known && (await this.deviceOf(known.row.id));
    // from here until the answer nobody knows whose cookie it is: other engines wait
    await this.people_kept.setCookieOwner(null);
    const json = device_id ? { username, password, device_id } : { username, password };
    const answer = await call(this.env, { method: 'POST', path: '/api/v1/session', json });
    if (answer.kind === 'problem') return { problem: answer.problem };
    if (answer.kind === 'none') return this.signInOffline(username, password);
    if (!isSessionAnswer(answer.body)) return this.signInOffline(username, password);
    await this.people_kept.notLeft(await this.people_kept.left()); // the cookie is another by now
    const fresh = sessionOf(answer.body);
    const { phone_secret } = answer.body;
    const { before, key } = await this.alone(async () => {
      const before = await this.people_kept.byId(fresh.person.id);
      // rows under a key that is no longer here cannot be read by anybody
      if (!before && !(await this.people_kept.row(fresh.person.id))) await personDatabase(this.env, fresh.person.id).destroy();
      return { before, key: await this.people_kept.keep(fresh, password, phone_secret, new_pin) };
    });
    await this.people_kept.setCookieOwner(fresh.person.id);
    if (!key) return local('phone_key_locked');
    // the epoch that this phone's queue was built under stays until the engine meets the new one
    const session = before ? { ...fresh, epoch: before.session.epoch } : fresh;
    const store = await this.open(session, key);
    await store.keepToken(undefined);
    store.clock_skew_ms = answer.body.server_time - this.env.now();
    store.setEngineStatus({ online: true, signed_out: false, last_contact: this.env.now() });
    return { store };
  }
  /** Two tabs in which somebody new signs in at once must not make two keys, nor one remove the other's database. */
  private async alone<R>(work: () => Promise<R>): Promise<R> {
    const done: R[] = [];
    while (!(await this.env.locks.tryRun('gridwalk-key', async () => void done.push(await work())))) {
      await new Promise<void>((again) => void this.env.setTimeout(again, KEY_BUSY_MS));
    }
    return done[0]!;
  }
  private async signInOffline(username: string, password: string): Promise<Opened> {
    const known = await this.people_kept.byUsername(username);
    if (!known) return local('offline_unknown_person');
    const key = await this.unlock(known.row.id, password);
    return key ? { store: await this.open(known.session, key) } : this.wrong(known.row.id);
  }

  async switchTo(person: Id, password?: string): Promise<Opened> {
    const known = await this.people_kept.byId(person);
    if (!known) return local('offline_unknown_person');
    const open_key = password === undefined ? known.row.key : undefined;
    const key = open_key ?? (password === undefined ? undefined : await this.unlock(person, password));
    if (!key) return password === undefined ? local(known.row.pin ? 'pin_needed' : 'password_needed') : this.wrong(person);
    return { store: await this.open(known.session, key) };
  }

  /** By the password, without a network. Whoever has left and comes back with it goes on in the session that was to be ended. */
  private async unlock(person: Id, password: string): Promise<CryptoKey | undefined> {
    const key = await this.people_kept.unlock(person, password);
    if (key) await this.people_kept.notLeft([person]);
    return key;
  }
  private async wrong(person: Id): Promise<{ problem: Problem }> {
    return local((await this.people_kept.isOut(person)) ? 'only_online' : 'offline_wrong_password');
  }

  async signOut(): Promise<void> {
    const { store } = this;
    if (!store) return;
    const { token, session } = store;
    await store.keepToken(undefined);
    await this.shut();
    this.people_kept.dropRaw();
    await this.people_kept.leave(session.person.id);
    if (token) await endSession(this.env, session, { Authorization: `Bearer ${token}` });
    await endLeft(this.env, this.people_kept);
  }

  async removeFromPhone(person: Id): Promise<{ removed: true } | { problem: Problem }> {
    if (!(await this.shutOf(person))) return local('unsent_work');
    if (this.store?.session.person.id === person) await this.shut();
    await this.forget(person);
    return { removed: true };
  }

  /** The person's own phones, newest first. Online only; throws without a link. */
  async devices(): Promise<{ device_id: Id; label: string; platform?: string; last_use?: number; this_one?: boolean }[]> {
    const answer = await this.engine?.session.say({ method: 'GET', path: '/api/v1/devices' });
    if (answer?.kind !== 'ok') throw new Error('offline');
    const { devices } = answer.body as { devices: { id: Id; label: string; platform?: string; last_used_at?: number; this_one?: boolean; revoked_at?: number }[] };
    const mine = this.store?.outbox_state.meta.device;
    return devices
      .filter((device) => !device.revoked_at)
      .map(({ id, label, platform, last_used_at, this_one }) => ({
        device_id: id,
        label,
        ...(platform ? { platform } : {}),
        ...(last_used_at ? { last_use: last_used_at } : {}),
        this_one: this_one ?? id === mine,
      }));
  }
  /** Who opened the sensitive records that this person wrote. Online only; throws without a link. */
  async looksAtMine(): Promise<{ at: number; by_name: string; kind: string; day: string }[]> {
    const answer = await this.engine?.session.say({ method: 'GET', path: '/api/v1/looks' });
    if (answer?.kind !== 'ok') throw new Error('offline');
    return (answer.body as { looks: { at: number; by_name: string; kind: string; day: string }[] }).looks;
  }
  async revokeDevice(device: Id): Promise<void> {
    const answer = await this.engine?.session.say({ method: 'DELETE', path: `/api/v1/devices/${device}` });
    if (answer?.kind !== 'ok') throw new Error('offline');
  }
  /** A new password by the one-time code that the leader or the security administrator shows. */
  async resetPassword(username: string, code: string, new_password: string): Promise<{ done: true } | { problem: Problem }> {
    const answer = await call(this.env, { method: 'POST', path: '/api/v1/session/reset', json: { username, code, new_password } });
    if (answer.kind === 'ok') return { done: true };
    return answer.kind === 'problem' ? { problem: answer.problem } : local('offline');
  }

  /** Closes the open person's store without touching anything kept. */
  async shut(): Promise<void> {
    const { opened } = this;
    this.opened = undefined;
    await this.attaching;
    const { engine } = this;
    this.engine = undefined;
    await engine?.stop();
    await opened?.close();
  }
  async close(): Promise<void> {
    await this.shut();
    void this.lock?.then((lock) => lock.end());
    this.phone_db.close();
  }

  private async open(session: SessionInfo, key: CryptoKey, is_last = false): Promise<LocalStore> {
    await this.shut();
    const store = await LocalStore.open(this.env, session, key);
    this.opened = store;
    store.onGone = () => void this.forgotten(store);
    this.attaching = this.attach(store);
    if (!is_last) await this.people_kept.setLast(session.person.id);
    if (!this.store_first) await this.attaching;
    return store;
  }
  private async attach(store: LocalStore): Promise<void> {
    try {
      if (this.store_first) await this.calm();
      const { Engine } = await import('./engine');
      if (this.opened !== store) return;
      this.engine = new Engine(store, this.host());
      this.engine.manual = this.manual;
      this.engine.wake('start');
      this.onOpened(store);
    } catch {
      // its file could not be loaded: what is saved waits on this phone
      this.env.setTimeout(() => {
        if (this.opened === store && !this.engine) this.attaching = this.attach(store);
      }, ATTACH_AGAIN_MS);
    }
  }
  /** Resolves when the engine of the open person is there. */
  async ready(): Promise<void> {
    await this.attaching;
  }
  private host(): Host {
    const people = this.people_kept;
    return {
      cookieOwner: () => people.cookieOwner(),
      endLeft: (stopped) => endLeft(this.env, people, stopped),
      setCookieOwner: (person, before) => people.setCookieOwner(person, before),
      saveSession: (session) => people.saveSession(session),
      wipe: (person) => this.forget(person),
    };
  }
  private async forget(person: Id): Promise<void> {
    const open = this.opened?.session.person.id === person ? this.opened : undefined;
    if (open) {
      this.opened = undefined;
      this.engine = undefined;
      await open.destroy();
    } else {
      await personDatabase(this.env, person).destroy();
    }
    await this.people_kept.forget(person);
    tellGone(this.env, person);
    this.onGone(person);
  }
  /** Another tab or the worker did it. */
  private async forgotten(store: LocalStore): Promise<void> {
    if (this.opened !== store) return;
    await this.shut();
    this.onGone(store.session.person.id);
  }

  /** Counted on the clear columns, so also for people whose key is not open. */
  private async waitingOf(person: Id): Promise<number> {
    if (this.store?.session.person.id === person) return this.store.outbox_state.unsent();
    const db = personDatabase(this.env, person);
    try {
      return await db.read(['outbox', 'holds', 'photo_states'], async (tx) => {
        const [rows, holds, photos] = await Promise.all([tx.all('outbox'), tx.all('holds'), tx.all('photo_states')]);
        return unsentOf(rows, holds, photos);
      });
    } finally {
      db.close();
    }
  }
  /** By the disk, not by what this tab has heard: another may be saving for them just now. */
  private async shutOf(person: Id): Promise<boolean> {
    if (this.store?.session.person.id === person) return (await shutIfNothingWaits(this.store.room.db)) !== undefined;
    const db = personDatabase(this.env, person);
    try {
      return (await shutIfNothingWaits(db)) !== undefined;
    } finally {
      db.close();
    }
  }
  private async deviceOf(person: Id): Promise<Id | undefined> {
    if (this.store?.session.person.id === person) return this.store.outbox_state.meta.device;
    const db = personDatabase(this.env, person);
    try {
      return (await db.read(['meta'], (tx) => tx.get('meta', 'outbox')))?.['device'] as Id | undefined;
    } finally {
      db.close();
    }
  }
}

export function createPhone(env: Env): LocalPhone {
  return new LocalPhone(env);
}
