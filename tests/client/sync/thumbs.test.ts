/** Small pictures of what waits for a leader's decision: fetched when all else has passed, sealed, dropped once decided. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { photoUrl } from '../../../static/src/records/photo_url';
import { readThumbs } from '../../../static/src/store/thumbs';
import { createPhone } from '../../../static/src/sync/index';
import { desk, deskBeforeEach, hazard, uuid } from './desk';
import { problem, type Request } from './fake_server';

const hash = (n: number) => String(n).padStart(64, '0');
const picture = (size = 900) => new Uint8Array(size).fill(0x5a);
let size = 900;

deskBeforeEach();
beforeEach(() => {
  size = 900;
  lead();
  desk.now.server.streams.push('city');
  desk.now.server.put('city', 'matter', { id: uuid(99), version: 1, code: 'HAZ-02', data_class: 'N' });
  desk.now.server.fault = door;
});
function lead(role = 'grid_leader', grid_id = 'g1'): void {
  const { store } = desk.now;
  store.session = { ...store.session, roles: [{ role, grid_id, org_unit_id: 'o1', org_unit_name: '村', from: '2026-01-01' }] };
}
function door({ path }: Request): Response | undefined {
  return path.startsWith('/api/v1/photos/') && !path.endsWith('missing') ? new Response(picture(size), { headers: { 'Content-Type': 'image/jpeg' } }) : undefined;
}
const asked = () => desk.now.server.log.filter(({ method, path }) => method === 'GET' && path.startsWith('/api/v1/photos/')).map(({ path, url }) => path.split('/').at(-1)! + url.search);
const kept = async () => Object.keys(await readThumbs(desk.now.store.outbox_state)).sort();
const here = (n: number) => desk.now.store.photo(`thumb/${hash(n)}`);

/** A record as the feed gives it, with one photo of this number. */
function waits(n: number, more: object = {}): void {
  desk.now.server.put('grid:g1', 'record', { id: uuid(n), version: 1, kind: 'hazard', grid_id: 'g1', author_id: 'another', matter_code: 'HAZ-02', state: 'open', review: { status: 'waiting' }, photos: [{ sha256: hash(n), role: 'scene', held: true }], body: {}, ...more });
}
async function step(): Promise<void> {
  await desk.now.run();
  lead();
  await desk.now.phone.engine!.thumbs.step();
}

describe('for whoever reviews', () => {
  it('they are there without a network, sealed on the disk, and shown in place of a broken picture', async () => {
    waits(1);
    await step();
    expect(asked()).toEqual([`${hash(1)}?size=thumb`]);
    desk.now.server.fault = () => Promise.reject(new TypeError('offline'));
    expect((await here(1))?.bytes).toEqual(picture());
    const shown = await photoUrl(desk.now.store, hash(1));
    expect([shown.url.startsWith('blob:'), shown.own]).toEqual([true, false]);
    shown.free();
    desk.now.server.fault = door;
    const large = await photoUrl(desk.now.store, hash(1), 'full'); // the link is there: the whole one
    expect([asked().at(-1), large.small]).toEqual([`${hash(1)}?size=full`, false]);
    large.free();
    desk.now.server.fault = () => Promise.reject(new TypeError('offline'));
    desk.now.store.setEngineStatus({ online: false });
    const whole = await photoUrl(desk.now.store, hash(1), 'full');
    expect([whole.url.startsWith('blob:'), whole.small]).toEqual([true, true]);
    whole.free();
    const row = await desk.now.store.room.db.read(['photos'], (tx) => tx.get('photos', `thumb/${hash(1)}`));
    expect(new TextDecoder('latin1').decode(row!.box as unknown as Uint8Array<ArrayBuffer>)).not.toContain('Z'.repeat(8));
    expect(desk.now.store.status().waiting).toBe(0); // nothing is owed for them
  });

  it('they go when the record waits no longer, or has left the scope', async () => {
    waits(1);
    waits(2);
    await step();
    expect(await kept()).toEqual([hash(1), hash(2)]);
    waits(1, { version: 2, review: { status: 'approved' } });
    await step();
    expect(await kept()).toEqual([hash(2)]);
    expect([await here(1), !!(await here(2))]).toEqual([undefined, true]);
    desk.now.server.streams = desk.now.server.streams.filter((stream) => stream !== 'grid:g1');
    await step();
    expect([await kept(), await here(2)]).toEqual([[], undefined]);
  });

  it('those of a team or under a matter of class S are never fetched, nor one that both name', async () => {
    desk.now.server.put('city', 'matter', { id: uuid(90), version: 1, code: 'HAZ-09', data_class: 'S' });
    waits(1, { team_id: 't1' });
    waits(2, { matter_code: 'HAZ-09' });
    waits(3, { photos: [{ sha256: hash(3), held: true }, { sha256: hash(1), held: true }] });
    await step();
    expect(asked()).toEqual([`${hash(3)}?size=thumb`]);
  });

  it('none of the own work, of another grid, of what the server has not, and each only once', async () => {
    waits(1, { author_id: desk.now.store.session.person.id });
    waits(2, { grid_id: 'g2' });
    waits(3, { photos: [{ sha256: hash(3), held: false }] });
    waits(4, { review: { status: 'disputed' } });
    waits(5, { body: { relooks: [{ at: 0, photos: [hash(6)] }] } });
    await step();
    await step();
    expect(asked().map((one) => Number(one.slice(0, 64)))).toEqual([5, 6]);
  });

  it('no more than sixty of the newest, and nothing more once three megabytes are near', async () => {
    for (let n = 1; n <= 70; n += 1) waits(n);
    await step();
    expect(await kept()).toEqual(Array.from({ length: 60 }, (_, at) => hash(at + 11)));
    for (let n = 71; n <= 80; n += 1) waits(n);
    size = 800_000;
    await step();
    const sizes = Object.values(await readThumbs(desk.now.store.outbox_state));
    expect(sizes.filter((one) => one === size)).toHaveLength(4);
  });

  it('one that the server refuses is not asked for again; after a cut they go on', async () => {
    waits(1);
    waits(2);
    let is_cut = true;
    desk.now.server.fault = (request) => {
      if (request.path.endsWith(hash(2))) return problem(404, 'not_found');
      if (request.path.endsWith(hash(1)) && is_cut) return Promise.reject(new TypeError('cut'));
      return door(request);
    };
    await step();
    expect(await kept()).toEqual([]);
    is_cut = false;
    await step();
    expect(await kept()).toEqual([hash(1)]);
    expect(asked().filter((one) => one.startsWith(hash(2)))).toHaveLength(1);
  });
});

it('an adviser has those of disputed returns; a worker and a phone that is stepped by hand fetch nothing', async () => {
  waits(1);
  waits(2, { review: { status: 'disputed' } });
  await desk.now.run();
  expect(asked()).toEqual([]);
  lead('full_time_worker');
  await desk.now.phone.engine!.thumbs.step();
  expect(asked()).toEqual([]);
  lead('grid_adviser');
  desk.now.store.changed('session');
  waits(3);
  desk.now.phone.engine!.manual = false;
  expect(await desk.now.run()).toBe('done');
  expect(asked()).toEqual([`${hash(2)}?size=thumb`]);
});

it('under a matter that this phone does not know, none is fetched; without a matter, and once it is known, it is', async () => {
  waits(1, { matter_code: 'HAZ-77' });
  waits(2, { matter_code: undefined });
  await step();
  expect(asked()).toEqual([`${hash(2)}?size=thumb`]);
  desk.now.server.put('city', 'matter', { id: uuid(77), version: 1, code: 'HAZ-77', data_class: 'P' });
  await step();
  expect(await kept()).toEqual([hash(1), hash(2)]);
});

it.each([503, 429])('a server that has no time (%i) is left alone for this cycle, and asked again in the next', async (status) => {
  waits(1);
  waits(2);
  desk.now.server.fault = ({ path }) => (path.startsWith('/api/v1/photos/') ? problem(status, 'busy') : undefined);
  await step();
  expect(asked()).toHaveLength(1);
  desk.now.server.fault = door;
  await step();
  expect(await kept()).toEqual([hash(1), hash(2)]);
});

it('the picture of a re-look that is still on its way is asked for again later, not at every news', async () => {
  waits(1, { photos: [], body: { relooks: [{ at: 0, photos: [hash(6)] }] } });
  waits(2);
  desk.now.server.fault = (request) => (request.method === 'GET' && request.path.startsWith('/api/v1/photos/') ? problem(404, 'not_found') : undefined);
  await step();
  desk.now.server.fault = door;
  waits(3);
  await step();
  expect(await kept()).toEqual([hash(3)]);
  await desk.now.world.pass(601_000);
  waits(4);
  await step();
  expect(await kept()).toEqual([hash(3), hash(4), hash(6)]);
});

it('a list that is spoilt is begun anew, with nothing left of what it named', async () => {
  waits(1);
  waits(2);
  await step();
  const { db } = desk.now.store.room;
  await db.write(['meta'], async (tx) => {
    const row = (await tx.get('meta', 'thumbs')) as unknown as { name: string; box: Uint8Array };
    tx.put('meta', { ...row, box: row.box.map((byte, at) => (at === 20 ? byte ^ 1 : byte)) } as never);
  });
  waits(1, { version: 2, review: { status: 'approved' } });
  await step();
  expect(await kept()).toEqual([hash(2)]);
  const lying = (await db.read(['photos'], (tx) => tx.all('photos'))).map((row) => row.sha256);
  expect(lying).toEqual([`thumb/${hash(2)}`]);
});

describe('on a slow link', () => {
  let cuts = 0;
  let patience: number;
  /** Each picture takes so long; one that is given up counts as a cut. */
  function slow(): void {
    cuts = 0;
    desk.now.server.fault = (request) => door(request) && new Promise((resolve) => void desk.now.world.setTimeout(() => resolve(door(request)), patience));
    const { fetch } = desk.now.server;
    desk.now.browser.fetch = (path, init) => {
      const cut = new Promise<never>((_, reject) => init?.signal?.addEventListener('abort', () => { cuts += 1; reject(new DOMException('cut', 'AbortError')); }));
      return Promise.race([fetch(path, init), cut]);
    };
  }
  async function start(): Promise<void> {
    await desk.now.run();
    lead();
    desk.now.store.changed('session');
    for (let n = 1; n <= 10; n += 1) waits(n);
    slow();
    desk.now.phone.engine!.manual = false;
    desk.now.phone.engine!.wake('visible');
  }
  const pulls = () => desk.now.server.calls('GET', '/api/v1/sync/pull').length;
  const soon = (look: () => void) => vi.waitFor(look, { interval: 5 });
  /** Idle but for its next tick. */
  const rested = async () => { await desk.now.phone.engine!.idle(); };

  it('they stop after eight seconds, the one under way too, and go on with the next cycle', async () => {
    patience = 3000;
    await start();
    for (const n of [1, 2]) {
      await soon(() => expect(asked()).toHaveLength(n));
      await desk.now.world.pass(3000);
    }
    await soon(() => expect(asked()).toHaveLength(3));
    expect(cuts).toBe(0);
    await desk.now.world.pass(2000);
    await rested();
    expect([(await kept()).length, asked().length, cuts]).toEqual([2, 3, 1]);
    const before = pulls();
    await desk.now.world.pass(60_000);
    await soon(() => expect([asked().length, pulls()]).toEqual([4, before + 1]));
    await desk.now.world.pass(3000);
    await soon(() => expect(asked()).toHaveLength(5));
    expect(await kept()).toHaveLength(3);
  });

  it('not one of which comes in that time, they rest for ten minutes', async () => {
    patience = 20_000;
    await start();
    await soon(() => expect(asked()).toHaveLength(1));
    for (let minute = 0; minute < 9; minute += 1) {
      await desk.now.world.pass(minute ? 60_000 : 8000);
      await rested();
    }
    expect([asked().length, cuts]).toEqual([1, 1]);
    await desk.now.world.pass(120_000);
    await soon(() => expect(asked()).toHaveLength(2));
  });

  it('the one under way is given up at once for what is saved, and when another asks who finds the lock held', async () => {
    patience = 7000;
    await start();
    await soon(() => expect(asked()).toHaveLength(1));
    await desk.now.store.act(hazard());
    await soon(() => expect([cuts, desk.now.server.applied.length]).toEqual([1, 1])); // no time has passed
    await soon(() => expect(asked()).toHaveLength(2));
    const worker = createPhone(desk.now.browser.env());
    worker.manual = true;
    await worker.resume();
    const before = pulls();
    expect(await worker.engine!.runOnce()).toBe('busy'); // a push has woken it
    await soon(() => expect([cuts, pulls()]).toEqual([2, before + 1]));
    await worker.close();
  });

  it('none while a call-out is open, but what is decided goes', async () => {
    waits(20);
    await step();
    expect(await kept()).toEqual([hash(20)]);
    waits(20, { version: 2, review: { status: 'approved' } });
    const callout = (state: string, version: number) => desk.now.server.put('grid:g1', 'callout', { id: uuid(50), version, grid_id: 'g1', state, at: 0, ends_at: desk.now.world.now + 3600_000 });
    callout('open', 1);
    patience = 10;
    await start();
    const before = pulls();
    await soon(() => expect(pulls()).toBe(before + 1));
    await rested();
    await desk.now.world.pass(15_000);
    await rested();
    expect([asked().length, pulls(), await kept()]).toEqual([1, before + 2, []]);
    callout('ended', 2);
    await desk.now.world.pass(15_000);
    await soon(() => expect(asked().length).toBeGreaterThan(1));
  });
});
