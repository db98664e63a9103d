/** Pushing against every rule of an answer: nothing lost, nothing doubled, the queue goes on. */
import { describe, expect, it } from 'vitest';
import { createPhone } from '../../../static/src/sync/index';
import { offline } from '../phone_env';
import { desk, deskBeforeEach, hazard, nextId, uuid } from './desk';
import { problem } from './fake_server';

deskBeforeEach();

describe('pushing', () => {
  it('delivers what was saved, once, with the bytes as stored, and shows it delivered', async () => {
    const id = await desk.now.save();
    expect((await desk.now.store.list('record'))[0]?.delivery).toBe('saved');
    expect(desk.now.store.status().waiting).toBe(1);
    expect(await desk.now.run()).toBe('done');
    expect(desk.now.server.applied.map((one) => one.id)).toEqual([id]);
    expect(desk.now.store.status()).toMatchObject({ waiting: 0, online: true });
    const rows = await desk.now.store.list('record');
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ delivery: 'delivered', version: 1, note: '灭火器过期' });
    await desk.now.run();
    expect(desk.now.server.received).toHaveLength(1);
  });

  it('sends again after a lost answer and stores the outcome that the server repeats', async () => {
    await desk.now.save();
    desk.now.server.fault = (request) => (request.path.endsWith('/push') ? 'lose_answer' : undefined);
    expect(await desk.now.run()).toBe('failed');
    expect(desk.now.store.status()).toMatchObject({ waiting: 1, online: false });
    desk.now.server.fault = () => undefined;
    expect(await desk.now.run()).toBe('done');
    expect(desk.now.server.applied).toHaveLength(1);
    expect((await desk.now.store.outbox())[0]).toMatchObject({ state: 'done', receipt: { kid: 'k1' } });
  });

  it('keeps the queue through a proxy page, a portal and a bare 500, 403, 400 or 404', async () => {
    await desk.now.save();
    for (const status of [200, 302, 400, 403, 404, 413, 422, 500, 502, 503]) {
      desk.now.server.fault = (request) => (request.path.endsWith('/push') ? new Response('<html>login</html>', { status: status === 302 ? 200 : status }) : undefined);
      expect(await desk.now.run()).toBe('failed');
      expect(desk.now.store.status().waiting).toBe(1);
    }
    desk.now.server.fault = () => undefined;
    expect(await desk.now.run()).toBe('done');
    expect(desk.now.server.applied).toHaveLength(1);
  });

  it('sends urgent acts and their photos before everything else', async () => {
    await desk.now.save();
    const sha = await desk.now.store.keepPhoto(new Uint8Array(1000).fill(7), 'image/jpeg');
    const urgent = await desk.now.save({ lane: 'urgent', photos: [sha] });
    await desk.now.run();
    const order = desk.now.server.log.filter((r) => r.path.endsWith('/push') || r.method === 'PATCH').map((r) => (r.method === 'PATCH' ? 'photo' : (r.json['mutations'] as { lane: string }[])[0]?.lane));
    expect(order.slice(0, 3)).toEqual(['urgent', 'photo', 'normal']);
    expect(desk.now.server.applied[0]?.id).toBe(urgent);
  });

  it('cuts batches at 200 mutations and below 1 MiB', async () => {
    for (let n = 0; n < 230; n += 1) await desk.now.save();
    for (let n = 0; n < 12; n += 1) await desk.now.save({ payload: { id: nextId(), note: '长'.repeat(40_000) } });
    await desk.now.run();
    const pushes = desk.now.server.calls('POST', '/api/v1/sync/push');
    for (const push of pushes) {
      expect((push.json['mutations'] as unknown[]).length).toBeLessThanOrEqual(200);
      expect(push.body.length).toBeLessThanOrEqual(1024 * 1024);
    }
    expect(desk.now.server.applied).toHaveLength(242);
    expect(desk.now.store.status().waiting).toBe(0);
  });

  it('keeps a refusal with its words, and the mutations behind it go on', async () => {
    desk.now.server.judge = (mutation) => (mutation.payload.includes('坏') ? { outcome: 'refused', problem: { code: 'matter_not_in_force', status: 422, detail_zh: '事项未生效' } } : undefined);
    const bad = await desk.now.save({ payload: { id: uuid(999), note: '坏' }, shows: { kind: 'record', row: { id: uuid(999) } } });
    await desk.now.save();
    await desk.now.run();
    expect(desk.now.store.status()).toMatchObject({ waiting: 0, refused: 1 });
    const item = (await desk.now.store.outbox()).find((one) => one.mutation_id === bad);
    expect(item).toMatchObject({ state: 'refused', problem: { code: 'matter_not_in_force' }, payload: { note: '坏' } });
    expect((await desk.now.store.get('record', uuid(999)))?.delivery).toBe('refused');
    await desk.now.store.dismiss(bad);
    expect(desk.now.store.status().refused).toBe(0);
    expect(await desk.now.store.get('record', uuid(999))).toBeUndefined();
  });

  it('queues a deferred act again as it was done: its time and its scope stay, only the repaired parent is new', async () => {
    const { server, world } = desk.now;
    const no = { code: 'x', status: 409 };
    server.judge = ({ name }) => (name === 'child' ? { outcome: 'deferred', problem: no } : { outcome: 'refused', problem: no });
    const parent = await desk.now.save();
    world.now += 1000;
    const done_at = world.now;
    await desk.now.save({ name: 'child', depends_on: [parent] });
    await desk.now.run();
    server.judge = () => undefined;
    server.scope_version = 2; // another grid since
    world.now += 3 * 86_400_000;
    await desk.now.run();
    expect(desk.now.store.session.scope_version).toBe(2);
    await desk.now.store.replace(parent, hazard());
    await desk.now.run();
    const [repaired, child] = server.received.slice(-2);
    expect(repaired).toMatchObject({ scope_version: 2, made_at: world.now });
    expect(child).toMatchObject({ name: 'child', scope_version: 1, made_at: done_at });
  });
  it('queues deferred acts again under new ids when the refused parent is repaired', async () => {
    desk.now.server.judge = (mutation) => {
      if (mutation.payload.includes('坏')) return { outcome: 'refused', problem: { code: 'invalid', status: 422 } };
      const parent = mutation.depends_on?.find((id) => desk.now.server.outcomes.get(id)?.['outcome'] !== 'applied');
      return parent ? { outcome: 'deferred', problem: { code: 'parent_refused', status: 409, fields: { parent } } } : undefined;
    };
    const parent = await desk.now.save({ payload: { id: uuid(900), note: '坏' } });
    const child = await desk.now.save({ name: 'hazards.relook', payload: { id: uuid(901), hazard_id: uuid(900) }, depends_on: [parent] });
    const grandchild = await desk.now.save({ payload: { id: uuid(902), note: 'x' }, depends_on: [child] });
    await desk.now.run();
    expect((await desk.now.store.outbox()).filter((one) => one.state === 'deferred').map((one) => one.mutation_id).sort()).toEqual([child, grandchild].sort());
    const again = await desk.now.store.replace(parent, hazard(uuid(900)));
    expect(again.saved).toBe(true);
    await desk.now.run();
    expect(desk.now.server.applied.map((one) => JSON.parse(one.payload).id)).toEqual([uuid(900), uuid(901), uuid(902)]);
    expect(new Set(desk.now.server.applied.map((one) => one.id)).has(child)).toBe(false);
    expect(desk.now.store.status()).toMatchObject({ waiting: 0, refused: 0 });
    expect((await desk.now.store.outbox()).every((one) => one.state === 'done')).toBe(true);
  });

  it('shows a conflict with the server\'s row and never as refused', async () => {
    desk.now.server.put('grid:g1', 'record', { id: uuid(1), version: 3, note: 'server' });
    desk.now.server.judge = () => ({ outcome: 'conflict', problem: { code: 'stale', status: 409 }, server: { id: uuid(1), version: 3, note: 'server' } });
    const id = await desk.now.save({ name: 'approvals.approve', payload: { record_id: uuid(1) }, base_version: 2, shows: { kind: 'record', row: { id: uuid(1), note: 'mine' } } });
    await desk.now.run();
    expect(desk.now.store.status().refused).toBe(0);
    expect((await desk.now.store.outbox()).find((one) => one.mutation_id === id)).toMatchObject({ state: 'conflict', server: { version: 3 } });
    expect(await desk.now.store.get('record', uuid(1))).toMatchObject({ note: 'server', delivery: 'delivered' });
  });

  it('halves a batch that is refused as a whole, voids the one that is bad, and the seq is used up', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 9; n += 1) ids.push(await desk.now.save(n === 5 ? { payload: { id: uuid(555), note: 'BOMB' } } : {}));
    desk.now.server.fault = ({ path, json }) => {
      const bad = path.endsWith('/push') && (json['mutations'] as { payload: string }[]).some((one) => one.payload.includes('BOMB'));
      return bad ? problem(422, 'invalid') : undefined;
    };
    expect(await desk.now.run()).toBe('done');
    expect(desk.now.server.applied).toHaveLength(8);
    const voided = desk.now.server.received.find((one) => one.name === 'void');
    expect(voided).toMatchObject({ id: ids[5], seq: 6, payload: '{}' });
    expect((await desk.now.store.outbox()).find((one) => one.mutation_id === ids[5])).toMatchObject({ state: 'refused', payload: { note: 'BOMB' } });
    expect(desk.now.store.status()).toMatchObject({ waiting: 0, refused: 1 });
  });

  it('voids nothing when the server refuses even an empty push', async () => {
    await desk.now.save();
    desk.now.server.fault = ({ path }) => (path.endsWith('/push') ? problem(422, 'invalid') : undefined);
    expect(await desk.now.run()).toBe('failed');
    desk.now.server.fault = () => undefined;
    expect(await desk.now.run()).toBe('done');
    expect(desk.now.server.applied).toHaveLength(1);
  });

  it('goes on, and voids nothing, when only the list of what waits cannot be read', async () => {
    await desk.now.save({ name: 'odd name', payload: { id: nextId() } });
    await desk.now.save({ lane: 'urgent' });
    desk.now.server.fault = ({ path, json }) => (path.endsWith('/push') && json['waiting'] ? problem(422, 'invalid') : undefined);
    expect(await desk.now.run()).toBe('done');
    expect(desk.now.server.applied).toHaveLength(2);
    expect(desk.now.server.received.some((one) => one.name === 'void')).toBe(false);
    expect(desk.now.store.status()).toMatchObject({ waiting: 0, refused: 0 });
  });

  it('tells in the end that no photo waits, also when a bad mutation spoilt the push that would have told it', async () => {
    let [passes, unsent] = [false, [] as string[]];
    desk.now.server.fault = ({ path, json }) => {
      if (!path.endsWith('/push')) return undefined;
      const mutations = json['mutations'] as { payload: string }[];
      if (mutations.length && !passes) throw new TypeError('connection reset');
      if (mutations.some((one) => one.payload.includes('BOMB'))) return problem(422, 'invalid');
      if (json['unsent_photos']) unsent = json['unsent_photos'] as string[];
      return undefined;
    };
    const sha = await desk.now.store.keepPhoto(Uint8Array.from({ length: 1000 }, (_, at) => (at * 7) % 253), 'image/jpeg');
    await desk.now.save({ lane: 'urgent', photos: [sha] });
    await desk.now.save({ payload: { id: uuid(556), note: 'BOMB' } });
    await desk.now.save();
    for (const _ of 'ab') expect(await desk.now.run()).toBe('failed');
    expect(unsent).toEqual([sha]); // announced on a link that no record passed
    passes = true;
    expect(await desk.now.run()).toBe('done');
    expect(desk.now.server.photos.has(sha)).toBe(true);
    expect(unsent).toEqual([]); // or a lost phone would never be wiped
  });

  it('reads what another tab has queued before it calls a number lost', async () => {
    const other = createPhone(desk.now.browser.env());
    other.manual = true;
    const tab = (await other.resume())!;
    let first = true;
    desk.now.server.fault = async () => {
      if (!first) return undefined;
      first = false;
      desk.now.store.refresh = async () => {}; // this tab has not heard of it yet
      await tab.act(hazard());
      await desk.now.save();
      return undefined;
    };
    expect(await desk.now.run()).toBe('done');
    expect(desk.now.server.lost).toEqual([]);
    expect(desk.now.server.applied.map((one) => one.seq)).toEqual([1, 2]);
  });

  it('takes a new device id after a clone and numbers again what is unacknowledged, ids unchanged', async () => {
    await desk.now.save();
    await desk.now.run();
    const device = desk.now.store.outbox_state.meta.device;
    desk.now.server.devices.get(device)!.expected.normal = 4; // the other copy has used 2 and 3
    const ids = [await desk.now.save(), await desk.now.save(), await desk.now.save()];
    expect(await desk.now.run()).toBe('done');
    expect(desk.now.store.outbox_state.meta.device).not.toBe(device);
    expect(desk.now.server.applied.slice(1).map((one) => [one.id, one.seq])).toEqual(ids.map((id, at) => [id, at + 1]));
  });

  it('declares what it has lost after a gap, and goes on', async () => {
    for (let n = 0; n < 3; n += 1) await desk.now.save();
    await desk.now.store.room.db.write(['outbox', 'meta'], async (tx) => {
      const first = (await tx.all('outbox')).filter((row) => row.seq < 3);
      for (const row of first) tx.delete('outbox', row.id);
    });
    await desk.now.store.outbox_state.load();
    expect(await desk.now.run()).toBe('done');
    expect(desk.now.server.lost).toEqual([{ lane: 'normal', from: 1, to: 2 }]);
    expect(desk.now.server.applied.map((one) => one.seq)).toEqual([3]);
    expect(desk.now.store.status().lost).toEqual({ from: 1, to: 2, count: 2 }); // the person reads it too, not only the server
  });

  it('obeys Retry-After, whatever wakes it', async () => {
    desk.now.phone.manual = false;
    desk.now.phone.engine!.manual = false;
    desk.now.server.fault = ({ path }) => (path.endsWith('/push') ? problem(429, 'too_many_requests', {}, { 'Retry-After': '120' }) : undefined);
    await desk.now.save();
    await desk.now.phone.engine!.idle();
    const before = desk.now.server.calls('POST', '/api/v1/sync/push').length;
    desk.now.server.fault = () => undefined;
    desk.now.phone.engine!.wake('online');
    await desk.now.world.pass(110_000);
    expect(desk.now.server.calls('POST', '/api/v1/sync/push')).toHaveLength(before);
    await desk.now.world.pass(15_000);
    await desk.now.phone.engine!.idle();
    expect(desk.now.server.applied).toHaveLength(1);
  });

  it('tries again by itself with growing waits, and at once when the link is back', async () => {
    desk.now.phone.engine!.manual = false;
    desk.now.browser.fetch = offline;
    await desk.now.save();
    await desk.now.phone.engine!.idle();
    await desk.now.world.pass(600_000);
    await desk.now.phone.engine!.idle();
    expect(desk.now.world.timersWaiting()).toBe(1);
    desk.now.browser.fetch = desk.now.server.fetch;
    desk.now.phone.engine!.wake('online');
    await desk.now.phone.engine!.idle();
    expect(desk.now.server.applied).toHaveLength(1);
  });

  it('stops at 401, keeps everything, works on, and delivers after signing in again', async () => {
    await desk.now.save();
    desk.now.server.signed_in = undefined;
    expect(await desk.now.run()).toBe('stopped');
    expect(desk.now.store.status()).toMatchObject({ signed_out: true, waiting: 1 });
    await desk.now.save();
    await desk.now.signIn();
    await desk.now.run();
    expect(desk.now.server.applied).toHaveLength(2);
    expect(desk.now.store.status()).toMatchObject({ signed_out: false, waiting: 0 });
  });

  it('fetches a new CSRF token once and repeats', async () => {
    await desk.now.save();
    desk.now.server.csrf = 'token-2';
    expect(await desk.now.run()).toBe('done');
    expect(desk.now.server.applied).toHaveLength(1);
    expect(desk.now.server.calls('GET', '/api/v1/session')).toHaveLength(1);
  });

  it('announces what waits before it tries a second time', async () => {
    for (let n = 0; n < 7; n += 1) await desk.now.save();
    desk.now.server.fault = ({ path, json }) => (path.endsWith('/push') && (json['mutations'] as unknown[]).length ? Promise.reject(new TypeError('cut')) : undefined);
    await desk.now.run();
    await desk.now.run();
    expect(desk.now.server.waiting).toHaveLength(7);
    expect(desk.now.server.waiting[0]).toMatchObject({ lane: 'normal', seq: 1, name: 'hazards.report' });
    expect(desk.now.server.applied).toHaveLength(0);
  });

  it('sends a plain record in one push and says nothing more', async () => {
    await desk.now.run();
    const before = desk.now.server.log.length;
    await desk.now.save();
    await desk.now.run();
    expect(desk.now.server.log.slice(before).map((one) => `${one.method} ${one.path}`)).toEqual(['POST /api/v1/sync/push', 'GET /api/v1/sync/pull']);
  });

  it('refuses a payload over 128 KiB in words at save', async () => {
    expect(await desk.now.store.act(hazard(undefined, { payload: { note: '长'.repeat(50_000) } }))).toEqual({ saved: false, reason: 'too_long' });
    expect(desk.now.store.status().waiting).toBe(0);
  });

  it('takes a receipt over other bytes for no proof of delivery', async () => {
    desk.now.server.judge = () => ({ outcome: 'applied', version: 1, receipt: { kid: 'k1', at: 1, hash: 'other', sig: 'x' } });
    await desk.now.save();
    await desk.now.run();
    expect((await desk.now.store.outbox())[0]).toMatchObject({ state: 'refused', problem: { code: 'receipt_mismatch' } });
  });
});

it('does not tell under a new device id what was lost under the old one', async () => {
  const { server, store } = desk.now;
  for (let n = 0; n < 3; n += 1) await desk.now.save();
  await desk.now.run();
  const rows = await store.room.db.read(['outbox'], (tx) => tx.all('outbox'));
  await store.room.db.write(['outbox'], async (tx) => rows.forEach(({ id }) => tx.delete('outbox', id)));
  await store.outbox_state.load();
  server.devices.get(store.outbox_state.meta.device)!.expected.normal = 1;
  await desk.now.save();
  let is_cloned = false;
  server.fault = ({ json }) => {
    if (!json['lost'] || is_cloned) return undefined;
    is_cloned = true;
    return problem(409, 'device_cloned');
  };
  await desk.now.run();
  expect(is_cloned).toBe(true);
  expect(server.lost).toEqual([]);
  expect(server.applied).toHaveLength(4);
  expect(store.status().waiting).toBe(0);
});
