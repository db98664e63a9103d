/**
 * The phone itself: who has signed in here, and the keys of their databases (`gridwalk-phone`).
 *
 * Each person's key is a random AES-256 key, imported non-extractable. Beside it lies a copy behind the password
 * (PBKDF2), for switching people offline, and one behind the phone's own key, so that a password that was reset does
 * not cost unsent work. Under the policy `pin` only the copy behind the password is kept and the database opens with it.
 */
import type { Id, SessionInfo } from './api';
import { makeCodec, utf8 } from './codec';
import type { Box, Codec } from './codec';
import { IndexedDatabase, MemoryDatabase } from './db';
import type { Database } from './db';
import type { Env } from './env';
import type { Upgrade } from './schema';

interface Wrapped {
  salt: Uint8Array<ArrayBuffer>;
  rounds: number;
  iv: Uint8Array<ArrayBuffer>;
  key: Uint8Array<ArrayBuffer>;
}
interface PersonRow {
  id: Id;
  /** session as last seen, under the phone's key */
  box: Box;
  key?: CryptoKey;
  by_phone?: Box;
  wrapped: Wrapped;
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
const AES = { name: 'AES-GCM', length: 256 } as const;

export function openPhoneDatabase(env: Env): Database<PhoneTables> {
  if (!env.indexedDB) return new MemoryDatabase<PhoneTables>(PHONE_KEYS);
  return new IndexedDatabase<PhoneTables>(env, 'gridwalk-phone', PHONE_UPGRADES);
}

export class People {
  private codec: Promise<Codec> | undefined;

  constructor(
    private env: Env,
    readonly db: Database<PhoneTables>,
  ) {}

  /** The phone's own key; made once, whoever comes first. */
  private phoneCodec(): Promise<Codec> {
    this.codec ??= (async () => {
      const raw = this.env.randomBytes(32);
      const fresh = await this.env.subtle.importKey('raw', raw, AES, false, ['encrypt', 'decrypt']);
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
    return { row, session: await (await this.codec).open<SessionInfo>(`person/${row.id}`, row.box) };
  }
  async all(): Promise<{ row: PersonRow; session: SessionInfo }[]> {
    const codec = await this.phoneCodec();
    const rows = await this.db.read(['people'], (tx) => tx.all('people'));
    return Promise.all(rows.map(async (row) => ({ row, session: await codec.open<SessionInfo>(`person/${row.id}`, row.box) })));
  }
  async byUsername(username: string): Promise<{ row: PersonRow; session: SessionInfo } | undefined> {
    return (await this.all()).find((one) => one.session.person.username === username);
  }
  async byId(id: Id): Promise<{ row: PersonRow; session: SessionInfo } | undefined> {
    return (await this.all()).find((one) => one.row.id === id);
  }

  /** First sign-in makes the key; later ones keep it and wrap it anew behind the password as it is now. */
  async keep(session: SessionInfo, password: string): Promise<CryptoKey | undefined> {
    const { env } = this;
    const codec = await this.phoneCodec();
    const id = session.person.id;
    const there = await this.db.read(['people'], (tx) => tx.get('people', id));
    const raw = there ? await this.rawKey(there, password) : env.randomBytes(32);
    if (!raw) {
      if (there?.key) await this.saveSession(session);
      return there?.key;
    }
    const [key, wrapped, box] = await Promise.all([
      env.subtle.importKey('raw', raw, AES, false, ['encrypt', 'decrypt']),
      this.wrap(raw, password),
      codec.seal(`person/${id}`, session),
    ]);
    const row: PersonRow = { id, box, wrapped };
    if (!session.policy.pin) {
      row.key = key;
      row.by_phone = await codec.sealBytes(`key/${id}`, raw);
    }
    raw.fill(0);
    await this.db.write(['people'], async (tx) => tx.put('people', row));
    return key;
  }
  async saveSession(session: SessionInfo): Promise<void> {
    const box = await (await this.phoneCodec()).seal(`person/${session.person.id}`, session);
    await this.db.write(['people'], async (tx) => {
      const row = await tx.get('people', session.person.id);
      if (row) tx.put('people', { ...row, box });
    });
  }
  /** The key by this password alone, without a network; undefined when it does not fit. */
  async unlock(row: PersonRow, password: string): Promise<CryptoKey | undefined> {
    const raw = await this.unwrap(row.wrapped, password);
    if (!raw) return undefined;
    const key = await this.env.subtle.importKey('raw', raw, AES, false, ['encrypt', 'decrypt']);
    raw.fill(0);
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
  async setCookieOwner(id: Id | null): Promise<void> {
    await this.db.write(['phone'], async (tx) => tx.put('phone', { name: 'cookie', value: id }));
  }
  async setLast(id: Id | undefined): Promise<void> {
    await this.db.write(['phone'], async (tx) => {
      if (id === undefined) tx.delete('phone', 'last');
      else tx.put('phone', { name: 'last', value: id });
    });
  }

  private async rawKey(row: PersonRow, password: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (row.by_phone) return (await this.phoneCodec()).openBytes(`key/${row.id}`, row.by_phone);
    return this.unwrap(row.wrapped, password);
  }
  private async kek(password: string, salt: Uint8Array<ArrayBuffer>, rounds: number): Promise<CryptoKey> {
    const material = await this.env.subtle.importKey('raw', utf8(password.normalize('NFC')), 'PBKDF2', false, ['deriveKey']);
    return this.env.subtle.deriveKey({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations: rounds }, material, AES, false, ['encrypt', 'decrypt']);
  }
  private async wrap(raw: Uint8Array<ArrayBuffer>, password: string): Promise<Wrapped> {
    const [salt, iv] = [this.env.randomBytes(16), this.env.randomBytes(12)];
    const rounds = this.env.kdf_rounds ?? 600_000;
    const kek = await this.kek(password, salt, rounds);
    return { salt, rounds, iv, key: new Uint8Array(await this.env.subtle.encrypt({ name: 'AES-GCM', iv }, kek, raw)) };
  }
  private async unwrap(wrapped: Wrapped, password: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const kek = await this.kek(password, wrapped.salt, wrapped.rounds);
    try {
      return new Uint8Array(await this.env.subtle.decrypt({ name: 'AES-GCM', iv: wrapped.iv }, kek, wrapped.key));
    } catch {
      return undefined;
    }
  }
}
