/** Photos follow their texts over bad links. */
import { beforeEach, describe, expect, it } from 'vitest';
import { desk, deskBeforeEach, hazard, nextId } from './desk';
import { problem } from './fake_server';

deskBeforeEach();

describe('photos', () => {
  const picture = (seed: number, size: number) => Uint8Array.from({ length: size }, (_, at) => (at * seed) % 253);

  it('counts a record as delivered only when its photos are held', async () => {
    const sha = await desk.now.store.keepPhoto(picture(3, 400_000), 'image/webp');
    const id = nextId();
    await desk.now.store.act(hazard(id, { photos: [sha] }));
    desk.now.server.fault = ({ method }) => (method === 'PATCH' ? Promise.reject(new TypeError('cut')) : undefined);
    expect(await desk.now.run()).toBe('failed');
    expect(await desk.now.store.get('record', id)).toMatchObject({ delivery: 'sending', photos_waiting: 1 });
    expect(desk.now.store.status().waiting).toBe(1);
    desk.now.server.fault = () => undefined;
    await desk.now.run();
    expect(desk.now.server.photos.has(sha)).toBe(true);
    expect(await desk.now.store.get('record', id)).toMatchObject({ delivery: 'delivered', photos_waiting: 0 });
  });

  it('goes on after every cut and sends little twice', async () => {
    const shas = [];
    for (let n = 1; n <= 5; n += 1) shas.push(await desk.now.store.keepPhoto(picture(n * 2 + 1, 300_000), 'image/jpeg'));
    await desk.now.save({ photos: shas });
    let carried = 0;
    let sent = 0;
    desk.now.server.fault = (request) => {
      if (request.method !== 'PATCH') return undefined;
      sent += request.body.length;
      carried += request.body.length;
      if (carried < 200_000) return undefined;
      // the link dies with this chunk half through: the server keeps the half
      carried = 0;
      const upload = desk.now.server.uploads.get(request.path.split('/').at(-1)!)!;
      if (Number(request.headers.get('Upload-Offset')) === upload.bytes.length) {
        sent -= Math.floor(request.body.length / 2);
        desk.now.server.store(upload, request.body.subarray(0, Math.floor(request.body.length / 2)));
      }
      return Promise.reject(new TypeError('reset'));
    };
    for (let n = 0; n < 3; n += 1) await desk.now.run();
    expect(desk.now.server.photos.size).toBe(5);
    expect(sent).toBeLessThanOrEqual(1.15 * 5 * 300_000);
  });

  it('asks after forty pictures at once, in a body that every door can read', async () => {
    const shas = [];
    for (let n = 1; n <= 40; n += 1) shas.push(await desk.now.store.keepPhoto(picture(n, 1000), 'image/jpeg'));
    for (const sha of shas) await desk.now.save({ photos: [sha] });
    expect(await desk.now.run()).toBe('done');
    expect(desk.now.server.photos.size).toBe(40);
  });

  it('does not send what the server holds already', async () => {
    const sha = await desk.now.store.keepPhoto(picture(9, 1000), 'image/jpeg');
    desk.now.server.photos.add(sha);
    await desk.now.save({ photos: [sha] });
    await desk.now.run();
    expect(desk.now.server.calls('POST', '/api/v1/uploads')).toHaveLength(0);
    expect(desk.now.store.status().waiting).toBe(0);
  });

  it('shows a picture that the server can not read as refused, and goes on', async () => {
    const [bad, good] = [await desk.now.store.keepPhoto(picture(5, 1000), 'image/jpeg'), await desk.now.store.keepPhoto(picture(6, 1000), 'image/jpeg')];
    const id = nextId();
    await desk.now.store.act(hazard(id, { photos: [bad] }));
    await desk.now.save({ photos: [good] });
    desk.now.server.fault = ({ method, path }) => (method === 'PATCH' && desk.now.server.uploads.get(path.split('/').at(-1)!)?.sha === bad ? problem(422, 'not_an_image') : undefined);
    expect(await desk.now.run()).toBe('done');
    expect(desk.now.server.photos.has(good)).toBe(true);
    expect((await desk.now.store.get('record', id))?.delivery).toBe('refused');
    expect((await desk.now.store.outbox()).find((one) => one.shows?.id === id)).toMatchObject({ state: 'refused', problem: { code: 'not_an_image' } });
  });

  it.each(['normal', 'urgent'])('in the %s lane, one that the server does not take now holds up neither texts, nor the feed, nor the others', async (lane) => {
    const { server, store } = desk.now;
    const [bad, good] = [await store.keepPhoto(picture(5, 1000), 'image/jpeg'), await store.keepPhoto(picture(7, 1000), 'image/jpeg')];
    await desk.now.save({ photos: [bad], lane });
    await desk.now.save({ photos: [good] });
    const other = nextId();
    server.put('grid:g1', 'record', { id: other, version: 1 });
    const isBad = (path: string) => server.uploads.get(path.split('/').at(-1)!)?.sha === bad;
    server.fault = ({ method, path }) => (method === 'PATCH' && isBad(path) ? problem(503, 'unavailable') : undefined);
    expect(await desk.now.run()).toBe('failed'); // it is tried again
    expect(server.applied).toHaveLength(2);
    expect(server.photos.has(good)).toBe(true);
    expect(await store.get('record', other)).toBeDefined();
    expect(store.status()).toMatchObject({ waiting: 1, online: true });
    server.fault = () => undefined;
    expect(await desk.now.run()).toBe('done');
    expect(server.photos.has(bad)).toBe(true);
  });

  it('tries few that the server does not take, and the others first in the next cycle', async () => {
    const { server, store } = desk.now;
    const shas = [];
    for (let n = 1; n <= 6; n += 1) shas.push(await store.keepPhoto(picture(n, 1000), 'image/jpeg'));
    await desk.now.save({ photos: shas });
    const bad = new Set(shas.slice(0, 4));
    server.fault = ({ method, path }) => (method === 'PATCH' && bad.has(server.uploads.get(path.split('/').at(-1)!)?.sha ?? '') ? problem(503, 'unavailable') : undefined);
    await desk.now.run();
    expect(server.calls('POST', '/api/v1/uploads')).toHaveLength(3);
    await desk.now.run();
    expect([...server.photos].sort()).toEqual(shas.slice(4).sort());
  });

  it('waits at once, as long as the server asks', async () => {
    const { server } = desk.now;
    await desk.now.save({ photos: [await desk.now.store.keepPhoto(picture(5, 1000), 'image/jpeg')] });
    server.fault = ({ method }) => (method === 'PATCH' ? problem(429, 'too_many_requests', {}, { 'Retry-After': '60' }) : undefined);
    expect(await desk.now.run()).toBe('failed');
    expect(server.calls('GET', '/api/v1/sync/pull')).toHaveLength(0);
  });

  it('says openly that the bytes of a picture are spoilt, and goes on', async () => {
    const { server, store } = desk.now;
    const bad = await store.keepPhoto(picture(5, 1000), 'image/jpeg');
    const id = await desk.now.save({ photos: [bad] });
    await store.room.db.write(['photos'], async (tx) => {
      const row = (await tx.get('photos', bad))!;
      row.box[40]! ^= 1;
      tx.put('photos', row);
    });
    const other = nextId();
    server.put('grid:g1', 'record', { id: other, version: 1 });
    expect(await desk.now.run()).toBe('done');
    expect(await store.get('record', other)).toBeDefined();
    expect((await store.outbox()).find((one) => one.mutation_id === id)).toMatchObject({ state: 'refused', problem: { code: 'photo_lost' } });
  });

  it('asks again after a picture that was held long before the act that names it now was done', async () => {
    const { server, store } = desk.now;
    const no = (code: string) => ({ code, status: 409 });
    server.judge = ({ name }) => (name === 'child' ? { outcome: 'deferred', problem: no('parent_refused') } : name === 'parent' ? { outcome: 'refused', problem: no('x') } : undefined);
    const parent = await desk.now.save({ name: 'parent' });
    const sha = await store.keepPhoto(picture(5, 1000), 'image/jpeg');
    await desk.now.save({ name: 'child', photos: [sha], depends_on: [parent] });
    await desk.now.run();
    server.durable_photos.add(sha);
    desk.now.world.now += 7 * 3600_000;
    await desk.now.run();
    await desk.now.run();
    server.photos.clear(); // for 30 days no record named it
    server.durable_photos.clear();
    server.judge = () => undefined;
    desk.now.world.now += 40 * 86_400_000;
    await store.replace(parent, hazard());
    await desk.now.run();
    await desk.now.run();
    expect(server.applied).toHaveLength(2);
    expect(server.photos.has(sha)).toBe(true);
  });

  it('keeps a picture that another draft names too', async () => {
    const { store } = desk.now;
    const sha = await store.keepPhoto(picture(5, 1000), 'image/jpeg');
    const [one, two] = [nextId(), nextId()];
    for (const id of [one, two]) await store.keepDraft({ id, form: 'hazard', body: { photos: [{ sha256: sha, role: 'scene' }] } });
    await store.dropPhoto(sha);
    expect(await store.photo(sha)).toBeDefined();
    await store.dropDraft(one);
    await store.dropPhoto(sha, true); // the first draft was thrown away
    expect(await store.photo(sha)).toBeDefined();
    await store.dropPhoto(sha);
    expect(await store.photo(sha)).toBeUndefined();
  });

  it('says openly that a picture is no longer on this phone, and lets the record be finished', async () => {
    const sha = await desk.now.store.keepPhoto(picture(8, 1000), 'image/jpeg');
    const id = await desk.now.save({ photos: [sha] });
    await desk.now.store.room.db.write(['photos'], async (tx) => tx.delete('photos', sha));
    expect(await desk.now.run()).toBe('done');
    expect(desk.now.store.status().waiting).toBe(0);
    expect((await desk.now.store.outbox()).find((one) => one.mutation_id === id)).toMatchObject({ state: 'refused', problem: { code: 'photo_lost' } });
    await desk.now.store.keepPhoto(picture(8, 1000), 'image/jpeg'); // taken again
    await desk.now.run();
    expect(desk.now.server.photos.has(sha)).toBe(true);
  });

  it('begins anew when the upload has expired on the server', async () => {
    const sha = await desk.now.store.keepPhoto(picture(4, 300_000), 'image/jpeg');
    await desk.now.save({ photos: [sha] });
    let patches = 0;
    desk.now.server.fault = ({ method }) => (method === 'PATCH' && ++patches > 1 ? Promise.reject(new TypeError('cut')) : undefined);
    await desk.now.run();
    desk.now.server.uploads.clear();
    desk.now.server.fault = () => undefined;
    await desk.now.run();
    expect(desk.now.server.photos.has(sha)).toBe(true);
  });
});

describe('photos over Wi-Fi only', () => {
  const picture = (seed: number) => Uint8Array.from({ length: 1000 }, (_, at) => (at * seed) % 253);
  let link: string | undefined;
  beforeEach(async () => {
    link = 'cellular';
    (desk.now.store.env as { link?: () => string | undefined }).link = () => link;
    await desk.now.store.keepSetting('wifi_only', true);
  });

  it('wait while the link costs by the byte, the text does not, and the record says why', async () => {
    const sha = await desk.now.store.keepPhoto(picture(3), 'image/jpeg');
    const id = nextId();
    await desk.now.store.act(hazard(id, { photos: [sha] }));
    expect(await desk.now.run()).toBe('done');
    expect(desk.now.server.photos.has(sha)).toBe(false);
    expect(await desk.now.store.get('record', id)).toMatchObject({ delivery: 'sending', photos_waiting: 1, for_wifi: [sha] });
    expect((await desk.now.store.outbox())[0]).toMatchObject({ state: 'photos', why: 'wifi' });
    link = 'wifi';
    expect(await desk.now.run()).toBe('done');
    expect(desk.now.server.photos.has(sha)).toBe(true);
    expect((await desk.now.store.get('record', id))!.for_wifi).toBeUndefined();
  });

  it('go at once by one act of the person, and only those', async () => {
    const [now, later] = [await desk.now.store.keepPhoto(picture(3), 'image/jpeg'), await desk.now.store.keepPhoto(picture(5), 'image/jpeg')];
    for (const sha of [now, later]) await desk.now.save({ photos: [sha] });
    await desk.now.run();
    desk.now.store.sendAnyway([now]);
    await desk.now.run();
    expect([...desk.now.server.photos]).toEqual([now]);
  });

  it('of the urgent lane never wait', async () => {
    const sha = await desk.now.store.keepPhoto(picture(3), 'image/jpeg');
    await desk.now.save({ name: 'emergencies.report', lane: 'urgent', photos: [sha] });
    await desk.now.run();
    expect(desk.now.server.photos.has(sha)).toBe(true);
  });

  it('do not wait where the browser does not tell, nor without the choice', async () => {
    const [first, second] = [await desk.now.store.keepPhoto(picture(3), 'image/jpeg'), await desk.now.store.keepPhoto(picture(5), 'image/jpeg')];
    link = undefined;
    await desk.now.save({ photos: [first] });
    await desk.now.run();
    link = 'cellular';
    await desk.now.store.keepSetting('wifi_only', false);
    await desk.now.save({ photos: [second] });
    await desk.now.run();
    expect(desk.now.server.photos.size).toBe(2);
  });

  it('still wait after a restart', async () => {
    await desk.now.restart();
    (desk.now.store.env as { link?: () => string | undefined }).link = () => link;
    const sha = await desk.now.store.keepPhoto(picture(3), 'image/jpeg');
    await desk.now.save({ photos: [sha] });
    await desk.now.run();
    expect(desk.now.server.photos.has(sha)).toBe(false);
  });
});
