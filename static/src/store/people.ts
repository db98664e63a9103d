/**
 * The phone itself: who has signed in here, and the keys of their databases (`gridwalk-phone`).
 *
 * Each person's key is a random AES-256 key, imported non-extractable. Beside it lies a copy behind the password
 * (PBKDF2), for switching people offline, and one behind the phone's own key, so that a password that was reset does
 * not cost unsent work. Under the policy `pin` no usable key stays here: pin_copy.ts says what lies here instead.
 */
import type { Id, SessionInfo } from './api';
import { makeCodec, unlessSpoilt } from './codec';
import type { Box, Codec } from './codec';
import { IndexedDatabase, MemoryDatabase } from './db';
import type { Database } from './db';
import type { Env } from './env';
import { fromBase64url } from './sealed_export';
import type { PinCopy } from './pin_copy';
import type { Upgrade } from './schema';
import { importKey, unwrap, wrap } from './wrapping';
import type { Bytes, Wrapped } from './wrapping';

export interface PersonRow {
  id: Id;
  /** session as last seen, under the phone's key */
  box: Box;
  key?: CryptoKey;
  by_phone?: Box;
  wrapped: Wrapped;
  /** opens with what the server gives to whoever knows the password, whatever the password is by then */
  by_server?: Box;
  pin?: PinCopy;
}
export interface PhoneTables {
  phone: { name: string; value?: unknown };
  people: PersonRow;
  leases: { name: string; owner: string; until: number };
}
export const PHONE_KEYS = { phone: 'name', people: 'id', leases: 'name' };
export const PHONE_UPGRADES: Upgrade[] = [
  // 1: who is on this phone
  (database) => {
    for (const [name, keyPath] of Object.entries(PHONE_KEYS)) database.createObjectStore(name, { keyPath });
  },
];
/** tries of PIN or password before only the server opens */
export const PIN_TRIES = 10;

export function openPhoneDatabase(env: Env): Database<PhoneTables> {
  if (!env.indexedDB) return new MemoryDatabase<PhoneTables>(PHONE_KEYS);
  return new IndexedDatabase<PhoneTables>(env, 'gridwalk-phone', PHONE_UPGRADES);
}

const leftOf = (row: PhoneTables['phone'] | undefined): Id[] => [(row?.value as Id[] | undefined) ?? []].flat(); // an early build kept one id

export class People {
  private codec: Promise<Codec> | undefined;
  /** the key of whoever has just signed in, until the PIN that wraps it is chosen */
  private raw: { id: Id; bytes: Bytes } | undefined;

  constructor(
    readonly env: Env,
    readonly db: Database<PhoneTables>,
  ) {}

  /** The phone's own key; made once, whoever comes first. */
  phoneCodec(): Promise<Codec> {
    this.codec ??= (async () => {
      const raw = this.env.randomBytes(32);
      const fresh = await importKey(this.env, raw);
      raw.fill(0);
      const key = await this.db.write(['phone'], async (tx) => {
        const there = await tx.get('phone', 'key');
        if (there) return there.value as CryptoKey;
        tx.put('phone', { name: 'key', value: fresh });
        return fresh;
      });
      return makeCodec(this.env, key);
    })();
    this.codec.catch(() => (this.codec = undefined));
    return this.codec;
  }

  /** Whoever was in last, by one look at the disk. */
  async current(): Promise<{ row: PersonRow; session: SessionInfo } | undefined> {
    const [key, last, rows] = await this.db.read(['phone', 'people'], (tx) => Promise.all([tx.get('phone', 'key'), tx.get('phone', 'last'), tx.all('people')]));
    const row = rows.find(({ id }) => id === last?.value);
    if (!key || !row) return undefined;
    this.codec ??= Promise.resolve(makeCodec(this.env, key.value as CryptoKey));
    const session = await unlessSpoilt((await this.codec).open<SessionInfo>(`person/${row.id}`, row.box));
    return session && { row, session };
  }
  /** One whose row is spoilt keeps nobody from the others; the next sign-in with a network writes it anew, over the same key. */
  async all(): Promise<{ row: PersonRow; session: SessionInfo }[]> {
    const codec = await this.phoneCodec();
    const rows = await this.db.read(['people'], (tx) => tx.all('people'));
    const sessions = await Promise.all(rows.map((row) => unlessSpoilt(codec.open<SessionInfo>(`person/${row.id}`, row.box))));
    return rows.flatMap((row, at) => (sessions[at] ? [{ row, session: sessions[at] }] : []));
  }
  async byUsername(username: string): Promise<{ row: PersonRow; session: SessionInfo } | undefined> {
    return (await this.all()).find((one) => one.session.person.username === username);
  }
  async byId(id: Id): Promise<{ row: PersonRow; session: SessionInfo } | undefined> {
    return (await this.all()).find((one) => one.row.id === id);
  }

  /**
   * First sign-in makes the key; later ones keep it and wrap it anew behind the password as it is now. `by_server` is
   * the server's secret for this person. `new_pin`: the PIN was forgotten, or too many were wrong.
   */
  async keep(session: SessionInfo, password: string, by_server?: string, new_pin = false): Promise<CryptoKey | undefined> {
    const { env } = this;
    const codec = await this.phoneCodec();
    const id = session.person.id;
    const there = await this.row(id);
    const server = by_server === undefined ? undefined : makeCodec(env, await importKey(env, fromBase64url(by_server)));
    const raw = there ? await this.rawKey(there, password, server) : env.randomBytes(32);
    if (!raw) {
      if (there?.key) await this.saveSession(session);
      return there?.key;
    }
    const [key, wrapped, box] = await Promise.all([importKey(env, raw), wrap(env, raw, password), codec.seal(`person/${id}`, session)]);
    const row: PersonRow = { id, box, wrapped };
    if (server) row.by_server = await server.sealBytes(`server/${id}`, raw);
    else if (there?.by_server) row.by_server = there.by_server;
    if (!session.policy.pin) {
      row.key = key;
      row.by_phone = await codec.sealBytes(`key/${id}`, raw);
    } else if (there?.pin && there.pin.wrong < PIN_TRIES && !new_pin) row.pin = { ...there.pin, wrong: 0 };
    else this.raw = { id, bytes: raw.slice() };
    raw.fill(0);
    await this.db.write(['people'], async (tx) => tx.put('people', row));
    return key;
  }
  row(id: Id): Promise<PersonRow | undefined> {
    return this.db.read(['people'], (tx) => tx.get('people', id));
  }
  async change(id: Id, how: (row: PersonRow) => PersonRow): Promise<void> {
    await this.db.write(['people'], async (tx) => {
      const row = await tx.get('people', id);
      if (row) tx.put('people', how(row));
    });
  }
  /** Under a PIN every try counts before it is judged. Undefined: too many were wrong, only the server opens. */
  async countTry(id: Id): Promise<PersonRow | undefined> {
    return this.db.write(['people'], async (tx) => {
      const row = await tx.get('people', id);
      if (!row?.pin) return row;
      if (row.pin.wrong >= PIN_TRIES) return undefined;
      const counted = { ...row, pin: { ...row.pin, wrong: row.pin.wrong + 1 } };
      tx.put('people', counted);
      return counted;
    });
  }
  async isOut(id: Id): Promise<boolean> {
    return ((await this.row(id))?.pin?.wrong ?? 0) >= PIN_TRIES;
  }
  /** The key's bytes, where the phone may still have them: after a sign-in, or from before there was a PIN. */
  async rawAtHand(row: PersonRow): Promise<Bytes | undefined> {
    if (this.raw?.id === row.id) return this.raw.bytes.slice();
    return row.by_phone && (await this.phoneCodec()).openBytes(`key/${row.id}`, row.by_phone);
  }
  dropRaw(): void {
    this.raw?.bytes.fill(0);
    this.raw = undefined;
  }
  async saveSession(session: SessionInfo): Promise<void> {
    const box = await (await this.phoneCodec()).seal(`person/${session.person.id}`, session);
    await this.db.write(['people'], async (tx) => {
      const row = await tx.get('people', session.person.id);
      if (row) tx.put('people', { ...row, box });
    });
  }
  /** The key by this password alone, without a network; undefined when it does not fit. */
  async unlock(id: Id, password: string): Promise<CryptoKey | undefined> {
    const row = await this.countTry(id);
    const raw = row && (await unwrap(this.env, row.wrapped, password));
    if (!row || !raw) return undefined;
    const key = await importKey(this.env, raw);
    if (!row.pin && !row.key) this.raw = { id, bytes: raw.slice() }; // a PIN has yet to be chosen
    raw.fill(0);
    if (row.pin) await this.change(id, (now) => (now.pin ? { ...now, pin: { ...now.pin, wrong: 0 } } : now));
    return row.key ?? key;
  }
  async forget(id: Id): Promise<void> {
    await this.db.write(['people', 'phone'], async (tx) => {
      tx.delete('people', id);
      if ((await tx.get('phone', 'last'))?.value === id) tx.delete('phone', 'last');
    });
  }

  /** Whose session the browser's cookie is: null = unknown, ask the server. A cookie is shared by all tabs. */
  async cookieOwner(): Promise<Id | null> {
    return ((await this.db.read(['phone'], (tx) => tx.get('phone', 'cookie')))?.value as Id | undefined) ?? null;
  }
  /** `before`: only while it is still said to be theirs and `id` has not left; false: it is not so. */
  setCookieOwner(id: Id | null, before?: Id | null): Promise<boolean> {
    return this.db.write(['phone'], async (tx, is_repeat) => {
      const now = ((await tx.get('phone', 'cookie'))?.value as Id | undefined) ?? null;
      if (before !== undefined && (now !== before || (id && leftOf(await tx.get('phone', 'left')).includes(id)))) return is_repeat && now === id;
      tx.put('phone', { name: 'cookie', value: id });
      return true;
    });
  }
  /** Who signed out and whose session the server may not have ended yet, see sync/leave.ts. */
  async left(): Promise<Id[]> {
    return leftOf(await this.db.read(['phone'], (tx) => tx.get('phone', 'left')));
  }
  /** Signed out, as one: wherever the phone is killed, nobody's next call goes in a session that was to end. */
  async leave(id: Id): Promise<void> {
    await this.db.write(['phone'], async (tx) => {
      const [left, owner] = await Promise.all([tx.get('phone', 'left'), tx.get('phone', 'cookie')]);
      tx.delete('phone', 'last');
      if (owner?.value && owner.value !== id) return; // the cookie is another's
      tx.put('phone', { name: 'left', value: [...new Set(leftOf(left)).add(id)] });
      tx.put('phone', { name: 'cookie', value: null });
    });
  }
  /** Their session is ended, or they have come back. */
  async notLeft(ids: Id[]): Promise<void> {
    await this.db.write(['phone'], async (tx) => tx.put('phone', { name: 'left', value: leftOf(await tx.get('phone', 'left')).filter((id) => !ids.includes(id)) }));
  }
  async setLast(id: Id): Promise<void> {
    await this.db.write(['phone'], async (tx) => tx.put('phone', { name: 'last', value: id }));
  }

  private async rawKey(row: PersonRow, password: string, server: Codec | undefined): Promise<Bytes | undefined> {
    const here = row.by_phone && (await unlessSpoilt((await this.phoneCodec()).openBytes(`key/${row.id}`, row.by_phone)));
    if (here) return here;
    if (row.by_server && server) {
      const raw = await server.openBytes(`server/${row.id}`, row.by_server).catch(() => undefined);
      if (raw) return raw;
    }
    return unwrap(this.env, row.wrapped, password);
  }
}
