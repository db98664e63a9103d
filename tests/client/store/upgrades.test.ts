/**
 * Databases of every version open with today's store, with everything in them; an upgrade is for the newer tab alone and
 * costs the older one no key; one that fails leaves all as it was.
 *
 * After a step was added to UPGRADES, before anybody gets it: `DATABASE_DUMP=1 npx vitest run tests/client/store/upgrades.test.ts`
 * on the version before writes its dump; it is never changed again.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { LocalStore, UPGRADES, databaseName } from '../../../static/src/store/index';
import { PHONE_UPGRADES } from '../../../static/src/store/people';
import type { Upgrade } from '../../../static/src/store/schema';
import { createPhone } from '../../../static/src/sync/index';
import type { LocalPhone } from '../../../static/src/sync/index';
import { Browser, World, offline } from '../phone_env';
import { hazard, uuid } from '../sync/desk';
import { FakeServer, PERSON } from '../sync/fake_server';
import { OpenBrowser, TABLES, dump, restore } from './databases/dump';
import type { Dump } from './databases/dump';

interface Kept { databases: Record<string, Dump>; seen: object }
const HERE = import.meta.dirname;
const fileOf = (version: number) => join(HERE, `databases/v${version}.json`);
const read = (version: number) => JSON.parse(readFileSync(fileOf(version), 'utf8')) as Kept;
const REFUSED = uuid(3);
const PICTURE = new TextEncoder().encode('a picture, shrunk');

function phoneOn(browser: Browser): LocalPhone {
  const phone = createPhone(browser.env());
  phone.manual = true;
  return phone;
}

/** A day's work: delivered, refused, waiting, held, half filled in; with a photo, rows of the server, settings and a fix. */
async function aDaysWork(browser: Browser, world: World): Promise<LocalStore> {
  const server = new FakeServer(() => world.now);
  server.judge = (wire) => (wire.payload.includes(REFUSED) ? { outcome: 'refused', problem: { code: 'matter_retired', status: 422 } } : undefined);
  for (let n = 100; n < 300; n++) server.put('grid:g1', 'record', { id: uuid(n), version: 1, kind: 'visit', state: 'open', note: `第 ${n} 条` });
  browser.fetch = server.fetch;
  const phone = phoneOn(browser);
  const opened = await phone.signIn('worker', 'secret');
  if ('problem' in opened) throw new Error(opened.problem.code);
  const { store } = opened;
  const sha = await store.keepPhoto(PICTURE, 'image/webp');
  await store.act(hazard(uuid(1), { photos: [sha] }));
  await store.act(hazard(REFUSED));
  await phone.engine!.runOnce();
  browser.fetch = offline;
  await store.act(hazard(uuid(4)));
  await store.act(hazard(uuid(5), { lane: 'urgent', hold_ms: 5000 }));
  await store.keepDraft({ id: uuid(6), form: 'hazard', body: { note: '写到一半' } });
  await store.keepFix({ at: world.now, lng: 120.9, lat: 30.5, accuracy_m: 9, for: uuid(6) });
  await store.keepSetting('hand', 'left');
  return store;
}
/** Everything that whoever opens the phone can find on it. */
async function look(store: LocalStore): Promise<object> {
  const outbox = await store.outbox();
  const rows = await store.list('record');
  return JSON.parse(JSON.stringify({
    person: store.session.person.username,
    device: store.outbox_state.meta.device,
    outbox: outbox.map(({ name, lane, state, payload }) => ({ name, lane, state, payload })),
    receipts: await Promise.all(outbox.map(({ mutation_id }) => store.receiptOf(mutation_id))),
    rows: rows.map(({ id, note, delivery }) => ({ id, note, delivery })),
    drafts: await store.drafts(),
    photos: await Promise.all([...store.outbox_state.photos.values()].map(async ({ sha256, state }) => ({ state, bytes: Buffer.from((await store.photo(sha256))!.bytes).toString('utf8') }))),
    fixes: await store.fixes(),
    hand: await store.setting('hand'),
  })) as object;
}

/** A tool, not a test: it makes the file that the tests below read. */
if (process.env['DATABASE_DUMP']) {
  it('writes down the databases of this version', async () => {
    const world = new World();
    const browser = new OpenBrowser(world);
    const store = await aDaysWork(browser, world);
    const version = Math.max(UPGRADES.length, PHONE_UPGRADES.length);
    expect(existsSync(fileOf(version)), 'a dump that is there is never changed').toBe(false);
    const kept: Kept = { databases: await dump(browser.indexedDB!), seen: await look(store) };
    writeFileSync(fileOf(version), `${JSON.stringify(kept, undefined, 1)}\n`);
  });
}

describe('a database of an earlier version', () => {
  const versions = Array.from({ length: Math.max(UPGRADES.length, PHONE_UPGRADES.length) }, (_, at) => at + 1);
  it.each(versions)('%i is written down, with something in every table', (version) => {
    const { databases } = read(version);
    const person = databases[databaseName(PERSON)]!;
    expect(person.version).toBeLessThanOrEqual(UPGRADES.length);
    const filled = (tables: Dump['tables']) => Object.keys(tables).filter((name) => tables[name]!.rows.length).sort();
    if (version === 1) expect(filled(person.tables)).toEqual([...TABLES.person].sort());
    expect(filled(databases['gridwalk-phone']!.tables)).toContain('people');
  });
  it.each(versions)('%i opens with everything that was in it, and its queue goes out once', async (version) => {
    const { databases, seen } = read(version);
    const world = new World();
    const browser = new Browser(world);
    await restore(browser.indexedDB!, databases);
    const phone = phoneOn(browser);
    const store = (await phone.resume())!;
    expect(await look(store)).toEqual(seen);
    const server = new FakeServer(() => world.now);
    browser.fetch = server.fetch;
    await phone.signIn('worker', 'secret');
    await world.pass(6000);
    await phone.engine!.runOnce();
    expect(server.received.map((wire) => (JSON.parse(wire.payload) as { id: string }).id).sort()).toEqual(expect.arrayContaining([uuid(4), uuid(5)]));
    expect(new Set(server.received.map((wire) => wire.id)).size).toBe(server.received.length);
  });
});

/** The store as a later version of the app would bring it. */
async function newer(steps: Upgrade[]): Promise<typeof import('../../../static/src/store/index')> {
  vi.resetModules();
  const store = await import('../../../static/src/store/index');
  store.UPGRADES.push(...steps);
  return store;
}
const addTable: Upgrade = (database) => void database.createObjectStore('notes_2', { keyPath: 'id' });
const moveDrafts: Upgrade = (database, transaction) => {
  database.createObjectStore('drafts_3', { keyPath: 'id' });
  const all = transaction.objectStore('drafts').getAll();
  all.onsuccess = () => { for (const row of all.result) transaction.objectStore('drafts_3').put(row); };
};
const broken: Upgrade = (database) => { database.deleteObjectStore('drafts'); throw new Error('a step that does not work'); };

describe('a newer tab', () => {
  let world: World;
  let browser: Browser;
  let old: LocalStore;
  const key = () => crypto.subtle.importKey('raw', new Uint8Array(32).fill(9), 'AES-GCM', false, ['encrypt', 'decrypt']);
  const half = (note: string) => ({ id: uuid(6), form: 'hazard', body: { note } });
  beforeEach(async () => {
    world = new World();
    browser = new Browser(world);
    const session = { ...(new FakeServer(() => 0).session() as unknown as LocalStore['session']), person: { id: PERSON, name: '沈建国', username: 'worker', county_code: '330424', language: null } };
    old = await LocalStore.open(browser.env(), session, await key());
    await old.keepDraft(half('灭火器'));
    await old.act(hazard(uuid(1)));
  });

  it('upgrades twice at once while an older one is open, which lets go, says so, and keeps nothing more', async () => {
    const said: boolean[] = [];
    old.onChange(() => said.push(old.status().update_ready));
    const { LocalStore: Newer } = await newer([addTable, moveDrafts]);
    const store = await Newer.open(browser.env(), old.session, await key());
    expect(said).toContain(true);
    expect((await store.draft(uuid(6)))?.body).toEqual({ note: '灭火器' });
    expect(await store.room.db.read(['drafts_3'] as never[], (tx) => tx.all('drafts_3' as never))).toHaveLength(1);
    expect((await store.outbox()).map((item) => item.state)).toEqual(['waiting']);
    await expect(old.keepDraft(half('灭火器过期'))).rejects.toThrow();
    expect(await old.act(hazard(uuid(2)))).toEqual({ saved: false, reason: 'database_lost' });
    expect(old.status()).toMatchObject({ update_ready: true, no_room: false });
    expect((await store.draft(uuid(6)))?.body).toEqual({ note: '灭火器' });
  });
  it('is told to the older one once, so that a screen that reads again at every change comes to rest', async () => {
    const { LocalStore: Newer } = await newer([addTable]);
    await Newer.open(browser.env(), old.session, await key());
    let told = 0;
    old.onChange(() => { told += 1; });
    for (let n = 0; n < 5; n += 1) await old.draft(uuid(6)).catch(() => {});
    expect(told).toBe(0);
  });
  it('finds what was typed in the older one after it had let go', async () => {
    const lines = new Map<string, string>();
    const slate = { getItem: (place: string) => lines.get(place) ?? null, setItem: (place: string, text: string) => void lines.set(place, text), removeItem: (place: string) => void lines.delete(place), key: (at: number) => [...lines.keys()][at] ?? null, get length() { return lines.size; } };
    const pen = await old.pen(slate);
    await pen.ready();
    const { LocalStore: Newer } = await newer([addTable]);
    const store = await Newer.open(browser.env(), old.session, await key());
    pen.jot(half('灭火器过期，已换'));
    expect((await (await store.pen(slate)).find(uuid(6)))?.body).toEqual({ note: '灭火器过期，已换' });
  });
  it('whose upgrade fails changes nothing, calls no disk full, and leaves the older one at work', async () => {
    const { LocalStore: Newer } = await newer([addTable, broken]);
    await expect(Newer.open(browser.env(), old.session, await key())).rejects.toMatchObject({ name: 'DatabaseLost' });
    expect(browser.ballast.releases).toBe(0);
    await old.keepDraft(half('灭火器过期'));
    expect((await old.draft(uuid(6)))?.body).toEqual({ note: '灭火器过期' });
    expect((await old.outbox()).map((item) => item.state)).toEqual(['waiting']);
    expect((await browser.indexedDB!.databases()).find(({ name }) => name === databaseName(PERSON))?.version).toBe(1);
  });
  it('is the only one that opens: an older one that starts later is refused and changes nothing', async () => {
    const { LocalStore: Newer } = await newer([addTable]);
    const store = await Newer.open(browser.env(), old.session, await key());
    await expect(LocalStore.open(browser.env(), old.session, await key())).rejects.toMatchObject({ name: 'DatabaseLost' });
    expect((await store.outbox()).length).toBe(1);
  });
  it('says that it does not open while a page that answers nothing holds the old one, and opens once that is gone', async () => {
    const frozen = await new Promise<IDBDatabase>((resolve) => {
      const request = browser.indexedDB!.open(databaseName(PERSON));
      request.onsuccess = () => resolve(request.result as unknown as IDBDatabase);
    });
    const { LocalStore: Newer } = await newer([addTable]);
    let said = 'nothing';
    const opening = Newer.open(browser.env(), old.session, await key()).then(() => 'open', (problem: Error) => problem.name).then((name) => (said = name));
    for (let n = 0; n < 100 && said === 'nothing'; n += 1) await world.pass(100);
    expect(said).toBe('DatabaseLost');
    await opening;
    frozen.close();
    const store = await Newer.open(browser.env(), old.session, await key());
    expect((await store.outbox()).map((item) => item.state)).toEqual(['waiting']);
    const request = browser.indexedDB!.deleteDatabase(databaseName(PERSON)); // nobody holds it open unseen
    await store.close();
    await new Promise((resolve) => { request.onsuccess = resolve; });
  });
});
