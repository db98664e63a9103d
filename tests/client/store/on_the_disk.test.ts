/** What lies on the disk and what happens when the disk or the connection fails. */
import { webcrypto } from 'node:crypto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { IDBDatabase as FakeDatabase } from 'fake-indexeddb';
import { IndexedDatabase, KEYS, LocalStore, UPGRADES, fromBase64url } from '../../../static/src/store/index';
import type { SessionInfo, Tables } from '../../../static/src/store/index';
import { recordResults, takeNewDevice, voidMutation } from '../../../static/src/store/outcomes';
import { Browser, World } from '../phone_env';

const MARK = '沈荡镇永宁路MARKER';
const person = '01930000-0000-7000-8000-00000000000a';
let world: World;
let browser: Browser;
let store: LocalStore;
let sealing: CryptoKeyPair;

async function session(): Promise<SessionInfo> {
  sealing = (await webcrypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits'])) as CryptoKeyPair;
  const { x, y } = await webcrypto.subtle.exportKey('jwk', sealing.publicKey as never);
  return {
    person: { id: person, name: MARK, username: 'worker', county_code: '330424', language: null }, roles: [], csrf_token: 't', scope_version: 3,
    epoch: 'e1', restricted: false, policy: { pin: false, track: 'off' }, receipt_keys: [], sealing_key: { kid: 's1', x: x!, y: y! }, demo: true,
  };
}
async function key(): Promise<CryptoKey> {
  return (await webcrypto.subtle.importKey('raw', new Uint8Array(32).fill(9), 'AES-GCM', false, ['encrypt', 'decrypt'])) as unknown as CryptoKey;
}
const act = (id: string, more: object = {}) => ({ name: 'visits.report', payload: { id, note: MARK }, shows: { kind: 'record', row: { id, note: MARK } }, ...more });

beforeEach(async () => {
  world = new World();
  browser = new Browser(world);
  store = await LocalStore.open(browser.env(), await session(), await key());
});

/** Everything that is stored, as bytes. */
async function dump(): Promise<string> {
  const open = browser.indexedDB!.open(`gridwalk-${person}`);
  const database = await new Promise<IDBDatabase>((resolve) => {
    open.onsuccess = () => resolve(open.result as unknown as IDBDatabase);
  });
  let text = '';
  for (const name of database.objectStoreNames) {
    const all = database.transaction(name).objectStore(name).getAll();
    const rows = await new Promise<unknown[]>((resolve) => {
      all.onsuccess = () => resolve(all.result);
    });
    text += JSON.stringify(rows, (_, value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value));
  }
  database.close();
  return text;
}

describe('encryption', () => {
  it('leaves no name, address, note or photo in clear', async () => {
    await store.act(act('a'));
    await store.act(act('b', { hold_ms: 5000 }));
    await store.keepDraft({ id: 'd', form: 'visit', body: { note: MARK } });
    await store.keepPhoto(new TextEncoder().encode(MARK.repeat(50)), 'image/webp');
    await store.keepFix({ at: world.now, lng: 120.9, lat: 30.5, accuracy_m: 9, for: MARK });
    await store.keepSetting('name', MARK);
    const change = store.mirror.change();
    await change.put('grid:g', 'household', { id: 'h', version: 1, door: MARK, contact_name: MARK });
    await change.commit(() => {});
    const text = await dump();
    expect(text.length).toBeGreaterThan(1000);
    expect(text).not.toContain(MARK);
    expect(text).not.toContain('120.9');
    expect(await store.get('household', 'h')).toMatchObject({ door: MARK });
    expect((await store.fixes())[0]).toMatchObject({ lng: 120.9 });
    expect(await store.setting('name')).toBe(MARK);
  });
  it('does not open a box that was moved to another row', async () => {
    await store.act(act('a'));
    await store.act(act('b'));
    await store.room.db.write(['outbox'], async (tx) => {
      const [first, second] = await tx.all('outbox');
      tx.put('outbox', { ...second!, box: first!.box });
    });
    expect((await store.outbox()).map(({ name, payload }) => (name ? Object.keys(payload) : payload)).sort()).toEqual([{}, ['id', 'note']]);
  });
  it('asks strict durability for every write of the outbox', async () => {
    const asked = vi.spyOn(FakeDatabase.prototype, 'transaction');
    const held = await store.act(act('a', { hold_ms: 1000 }));
    if (held.saved) await store.undo(held.mutation_id);
    await store.act(act('b', { hold_ms: 1000 }));
    world.now += 2000;
    await store.promote();
    await store.act(act('c'));
    await store.keepPhoto(new Uint8Array(9), 'image/jpeg');
    await store.keepDraft({ id: 'd', form: 'visit', body: {} });
    const writes = asked.mock.calls.filter((call) => call[1] === 'readwrite');
    expect(writes.length).toBeGreaterThanOrEqual(6);
    for (const [, , options] of writes) expect(options).toEqual({ durability: 'strict' });
  });
});

/** The n-th write transactions fail with this name. */
function failing(name: string, times: number): () => number {
  let failed = 0;
  const original = FakeDatabase.prototype.transaction;
  vi.spyOn(FakeDatabase.prototype, 'transaction').mockImplementation(function (this: unknown, ...args: never[]) {
    if ((args as unknown[])[1] === 'readwrite' && failed < times) {
      failed += 1;
      throw Object.assign(new Error(name), { name });
    }
    return (original as (...given: unknown[]) => never).apply(this, args);
  } as never);
  return () => failed;
}

describe('a full disk', () => {
  for (const name of ['QuotaExceededError', 'UnknownError', 'InvalidStateError']) {
    it(`gives up the ballast at ${name} and still saves the text`, async () => {
      const failed = failing(name, name === 'QuotaExceededError' ? 1 : 2);
      expect(await store.act(act('a'))).toMatchObject({ saved: true });
      expect(failed()).toBeGreaterThan(0);
      expect(browser.ballast.releases).toBe(1);
      expect(store.status().no_room).toBe(true);
      await expect(store.keepPhoto(new Uint8Array(9), 'image/jpeg')).rejects.toThrow();
      expect(await store.act(act('b'))).toMatchObject({ saved: true });
    });
  }
  it('makes room first, then begins a new log, then writes again: what follows half a record is lost at the next start', async () => {
    const steps: string[] = [];
    vi.spyOn(browser.ballast, 'release').mockImplementation(async () => Boolean(steps.push('room')));
    const remove = browser.indexedDB!.deleteDatabase.bind(browser.indexedDB);
    vi.spyOn(browser.indexedDB!, 'deleteDatabase').mockImplementation((name) => {
      steps.push(`without ${name}`);
      return remove(name);
    });
    const original = FakeDatabase.prototype.transaction;
    vi.spyOn(FakeDatabase.prototype, 'transaction').mockImplementation(function (this: unknown, ...args: never[]) {
      if ((args as unknown[])[1] === 'readwrite') {
        steps.push('write');
        if (steps.length === 1) throw Object.assign(new Error('IO error: FILE_ERROR_NO_SPACE'), { name: 'UnknownError' });
      }
      return (original as (...given: unknown[]) => never).apply(this, args);
    } as never);
    expect(await store.act(act('a'))).toMatchObject({ saved: true });
    expect(steps).toEqual(['write', 'room', 'without gridwalk-new-log', 'write']);
  });
  it('says so when even the ballast is not enough, and keeps what there is', async () => {
    await store.act(act('a'));
    failing('QuotaExceededError', 99);
    expect(await store.act(act('b'))).toEqual({ saved: false, reason: 'no_room' });
    expect(await store.list('record')).toHaveLength(1);
  });
  it('opens and shows what there is, also when an act held for undo cannot be made sendable', async () => {
    await store.act(act('a'));
    await store.act(act('b', { hold_ms: 5000 }));
    const given = store.session;
    await store.close();
    world.now += 6000;
    failing('QuotaExceededError', 4);
    const again = await LocalStore.open(browser.env(), given, await key());
    expect(await again.list('record')).toHaveLength(2);
    expect(again.status()).toMatchObject({ waiting: 2, no_room: true });
    await world.pass(60_000); // there is room again
    expect(again.outbox_state.holds.size).toBe(0);
    expect(again.outbox_state.heads.size).toBe(2);
  });
  it('takes photos again once there is room', async () => {
    failing('QuotaExceededError', 1);
    await store.act(act('a'));
    browser.ballast.filled = true;
    await store.measure();
    expect(store.status().no_room).toBe(false);
    await store.keepPhoto(new Uint8Array(9), 'image/jpeg');
  });
});

describe('the ballast', () => {
  const storage = (persisted: boolean) => async () => ({ used: 0, quota: 1 << 30, persisted });

  it('that no longer fits stops the photos, also after a restart', async () => {
    const full = Object.assign(new Error(), { name: 'QuotaExceededError' });
    vi.spyOn(browser.ballast, 'fill').mockImplementation(async (may_try) => (may_try ? Promise.reject(full) : false));
    await store.measure();
    expect(store.status().no_room).toBe(true);
    world.now += 2 * 3600_000;
    store.env.storage = storage(true); // says that there is room, as Chromium does on every disk
    await store.measure();
    expect(store.status().no_room).toBe(true);
  });
  it('is never tried over unsent things that the browser has not promised to keep', async () => {
    const fill = vi.spyOn(browser.ballast, 'fill').mockResolvedValue(false);
    store.env.storage = storage(false);
    await store.measure();
    await store.act(act('a'));
    await store.measure();
    store.env.storage = storage(true);
    await store.measure();
    expect(fill.mock.calls.map(([may_try]) => may_try)).toEqual([false, true, false, false, false, true]);
  });
});

describe('a browser that clears the data under an open page', () => {
  it('is told to the worker with what was not sent; nothing new goes into an empty database', async () => {
    await store.act(act('a'));
    await store.act(act('b'));
    const name = `gridwalk-${person}`;
    (store.room.db as unknown as { drop(): void }).drop();
    await new Promise((resolve) => setTimeout(resolve));
    browser.indexedDB!.deleteDatabase(name);
    expect(await store.act(act('c'))).toEqual({ saved: false, reason: 'database_lost' });
    expect(store.status().emptied).toBe(2);
    await expect(store.room.db.read(['outbox'], (tx) => tx.all('outbox'))).rejects.toThrow(name);
    expect((await browser.indexedDB!.databases()).map((one) => one.name)).not.toContain(name);
  });
});

describe('a killed connection', () => {
  it('is reopened and the write repeated without touching the ballast', async () => {
    failing('InvalidStateError', 1);
    expect(await store.act(act('a'))).toMatchObject({ saved: true });
    expect(browser.ballast.releases).toBe(0);
  });
  it('writes an act once, though the commit was reported as failed', async () => {
    const db = store.room.db as unknown as { once(...given: unknown[]): Promise<unknown> };
    const once = db.once.bind(db);
    let runs = 0;
    vi.spyOn(db, 'once').mockImplementation(async (...given) => {
      const result = await once(...given); // it did commit
      if ((runs += 1) === 1) throw Object.assign(new Error('connection lost'), { name: 'UnknownError' });
      return result;
    });
    await store.act(act('a'));
    expect(runs).toBe(2);
    vi.restoreAllMocks();
    await store.outbox_state.load();
    expect([...store.outbox_state.heads.values()].map((head) => head.seq)).toEqual([1]);
  });
});

describe('upgrades', () => {
  it('go from every old version to the newest, in order, keeping what was stored', async () => {
    const more = [
      ...UPGRADES,
      (database: IDBDatabase) => void database.createObjectStore('added', { keyPath: 'id' }),
    ];
    for (let from = 1; from < more.length; from += 1) {
      const other = new Browser(world);
      const name = `upgrade-${from}`;
      const old = new IndexedDatabase<Tables>(other.env(), name, more.slice(0, from) as never);
      await old.write(['drafts'], async (tx) => tx.put('drafts', { id: 'd', updated_at: 1, box: new Uint8Array(3) }));
      old.close();
      const fresh = new IndexedDatabase<Tables & { added: { id: string } }>(other.env(), name, more as never);
      expect(await fresh.read(['drafts', 'added'], (tx) => tx.all('drafts'))).toHaveLength(1);
      fresh.close();
    }
  });
  it('make every table that the code uses', async () => {
    await store.room.db.read(Object.keys(KEYS) as (keyof Tables)[], async () => undefined);
  });
});

describe('two tabs', () => {
  it('see each other\'s acts and give every act its own number', async () => {
    const second = await LocalStore.open(browser.env(), store.session, await key());
    await Promise.all([store.act(act('a')), second.act(act('b')), store.act(act('c')), second.act(act('d'))]);
    // one tab hears of the other's acts by and by
    await vi.waitFor(() => [store, second].forEach((tab) => expect(tab.status().waiting).toBe(4)), 10_000);
    for (const tab of [store, second]) {
      expect([...tab.outbox_state.heads.values()].map((head) => head.seq).sort()).toEqual([1, 2, 3, 4]);
      expect(await tab.list('record')).toHaveLength(4);
    }
  });
});

describe('the sealed export', () => {
  interface Inside { person: string; device_id: string; mutations: { lane: string; seq: number; id: string; name: string; payload: string; reason?: string }[]; photos: unknown[] }
  async function exported(): Promise<{ file: Uint8Array; inside: Inside; bytes: Uint8Array }> {
    const file = new Uint8Array(await (await store.exportSealed()).arrayBuffer());
    const length = new DataView(file.buffer).getUint32(4);
    const header = JSON.parse(Buffer.from(file.subarray(8, 8 + length)).toString()) as { v: number; kid: string; epk: { x: string; y: string }; iv: string };
    expect(header).toMatchObject({ v: 1, kid: 's1' });
    const theirs = await webcrypto.subtle.importKey('jwk', { kty: 'EC', crv: 'P-256', ...header.epk }, { name: 'ECDH', namedCurve: 'P-256' }, false, []);
    const shared = await webcrypto.subtle.deriveBits({ name: 'ECDH', public: theirs } as never, sealing.privateKey as never, 256);
    const material = await webcrypto.subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey']);
    const aes = await webcrypto.subtle.deriveKey({ name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: new TextEncoder().encode('gridwalk-export-v1') }, material, { name: 'AES-GCM', length: 256 }, false, ['decrypt']);
    const plain = Buffer.from(await webcrypto.subtle.decrypt({ name: 'AES-GCM', iv: fromBase64url(header.iv) }, aes, file.subarray(8 + length)));
    const end = plain.indexOf(10);
    return { file, inside: JSON.parse(plain.subarray(0, end).toString()) as Inside, bytes: new Uint8Array(plain.subarray(end + 1)) };
  }

  it('opens with the server\'s key alone and holds mutations as pushed and the photos\' bytes', async () => {
    const photo = new Uint8Array(5000).map((_, at) => at % 256);
    const sha = await store.keepPhoto(photo, 'image/jpeg');
    await store.act(act('a', { photos: [sha] }));
    await store.act(act('b', { lane: 'urgent' }));
    const { file, inside, bytes } = await exported();
    expect(Buffer.from(file).includes(Buffer.from(MARK))).toBe(false);
    expect(Buffer.from(file.subarray(0, 4)).toString()).toBe('GWX1');
    expect(inside).toMatchObject({ person, device_id: store.outbox_state.meta.device, photos: [{ sha256: sha, type: 'image/jpeg', length: 5000 }] });
    expect(inside.mutations.map(({ lane, seq }) => [lane, seq])).toEqual([['urgent', 1], ['normal', 1]]);
    expect(JSON.parse(inside.mutations[1]!.payload)).toEqual({ id: 'a', note: MARK });
    expect(bytes).toEqual(photo);
  });
  it('has no hole: what is spoilt, unreadable or let go uses up its number, and what an earlier device sent is left out', async () => {
    const outbox = store.outbox_state;
    const saved = async (id: string) => ((await store.act(act(id))) as { mutation_id: string }).mutation_id;
    const [there, spoilt] = [await saved('a'), await saved('b')];
    const [unreadable, let_go, whole] = [await saved('c'), await saved('d'), await saved('e')];
    await recordResults(outbox, [{ lane: 'normal', seq: 1, id: there, outcome: 'refused' }]);
    await store.room.db.write(['outbox'], async (tx) => {
      const row = (await tx.get('outbox', spoilt))!;
      tx.put('outbox', { ...row, box: row.box.map((byte, at) => (at === 20 ? byte ^ 1 : byte)) as typeof row.box });
    });
    for (const id of [unreadable, let_go]) await voidMutation(outbox, id, { code: 'bad_json', status: 400 });
    await store.dismiss(let_go);
    const told = async () => (await exported()).inside.mutations.map(({ seq, id, name, reason }) => [seq, id, reason ?? name]);
    const waits = [[spoilt, 'spoilt'], [unreadable, 'unreadable'], [let_go, 'let_go'], [whole, 'visits.report']];
    expect(await told()).toEqual([[1, there, 'visits.report'], ...waits.map((one, at) => [at + 2, ...one])]);
    await takeNewDevice(outbox, outbox.meta.device);
    expect(await told()).toEqual(waits.map((one, at) => [at + 1, ...one]));
  });
});
