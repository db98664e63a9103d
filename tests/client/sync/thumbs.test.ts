/** Small pictures of what waits for a leader's decision: fetched when all else has passed, sealed, dropped once decided. */
import { beforeEach, describe, expect, it } from 'vitest';
import { photoUrl } from '../../../static/src/records/photo_url';
import { readThumbs } from '../../../static/src/store/thumbs';
import { desk, deskBeforeEach, uuid } from './desk';
import { problem, type Request } from './fake_server';

const hash = (n: number) => String(n).padStart(64, '0');
const picture = (size = 900) => new Uint8Array(size).fill(0x5a);
let size = 900;

deskBeforeEach();
beforeEach(() => {
  size = 900;
  lead();
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
  await desk.now.phone.engine!.thumbs.step(() => true);
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
    expect((await photoUrl(desk.now.store, hash(1), 'full')).url).toContain('size=full'); // the link is there: the whole one
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
    desk.now.server.streams.push('city');
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
  await desk.now.phone.engine!.thumbs.step(() => true);
  expect(asked()).toEqual([]);
  lead('grid_adviser');
  desk.now.store.changed('session');
  waits(3);
  desk.now.phone.engine!.manual = false;
  expect(await desk.now.run()).toBe('done');
  expect(asked()).toEqual([`${hash(2)}?size=thumb`]);
});
