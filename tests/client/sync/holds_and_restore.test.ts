/** Undo, kill and restore: the seq is given late, the tail is kept long. */
import { describe, expect, it } from 'vitest';
import { desk, deskBeforeEach, hazard, uuid } from './desk';
import { FakeServer, PERSON, answer } from './fake_server';

deskBeforeEach();

describe('holds', () => {
  it('takes an act back without a hole, and gives the seq only when it is sent', async () => {
    const held = await desk.now.save({ hold_ms: 5000 });
    expect((await desk.now.store.outbox())[0]).toMatchObject({ state: 'held', mutation_id: held });
    expect(await desk.now.store.undo(held)).toBe(true);
    await desk.now.save();
    await desk.now.run();
    expect(desk.now.server.applied.map((one) => one.seq)).toEqual([1]);
    expect(await desk.now.store.list('record')).toHaveLength(1);
  });
  it('sends it when its time is over, also after a kill', async () => {
    await desk.now.store.keepDraft({ id: uuid(1), form: 'patrol', body: { a: 1 } });
    const held = await desk.now.save({ hold_ms: 5000, draft_id: uuid(1) });
    expect(await desk.now.store.drafts()).toHaveLength(0);
    desk.now.world.now += 6000;
    await desk.now.restart();
    expect(await desk.now.store.undo(held)).toBe(false);
    await desk.now.run();
    expect(desk.now.server.applied.map((one) => one.id)).toEqual([held]);
    expect(await desk.now.store.drafts()).toHaveLength(0);
  });
  it('says that it was taken back although the connection was killed behind the commit', async () => {
    const held = await desk.now.save({ hold_ms: 5000 });
    const db = desk.now.store.room.db as unknown as { once(tables: string[], mode: string, ...more: unknown[]): Promise<unknown> };
    const once = db.once.bind(db);
    let kills = 1;
    db.once = async (tables, mode, ...more) => {
      const result = await once(tables, mode, ...more);
      if (mode === 'readwrite' && kills-- > 0) throw Object.assign(new Error(), { name: 'InvalidStateError' });
      return result;
    };
    expect(await desk.now.store.undo(held)).toBe(true);
    expect(await desk.now.store.list('record')).toHaveLength(0);
    await desk.now.world.pass(6000);
    expect(await desk.now.store.undo(held)).toBe(false);
    await desk.now.run();
    expect(desk.now.server.applied).toHaveLength(0);
  });
  it('gives the draft back after an undo', async () => {
    await desk.now.store.keepDraft({ id: uuid(1), form: 'patrol', body: { a: 1 } });
    const held = await desk.now.save({ hold_ms: 5000, draft_id: uuid(1) });
    await desk.now.store.undo(held);
    expect(await desk.now.store.draft(uuid(1))).toMatchObject({ body: { a: 1 } });
  });
});

describe('restore', () => {
  it('sends the kept tail and its photos again under a new epoch, and reads the feed anew', async () => {
    const bytes = new Uint8Array(5000).map((_, at) => at % 251);
    const sha = await desk.now.store.keepPhoto(bytes, 'image/jpeg');
    for (let n = 0; n < 4; n += 1) await desk.now.save(n === 3 ? { photos: [sha] } : {});
    await desk.now.run();
    expect(desk.now.store.status().waiting).toBe(0);
    // the backup held the first two
    const fresh = new FakeServer(() => desk.now.world.now);
    fresh.epoch = 'e2';
    fresh.signed_in = PERSON;
    for (const one of desk.now.server.applied.slice(0, 2)) {
      fresh.outcomes.set(one.id, desk.now.server.outcomes.get(one.id)!);
      fresh.hashes.set(one.id, desk.now.server.hashes.get(one.id)!);
      fresh.put('grid:g1', 'record', { ...(JSON.parse(one.payload) as { id: string }), version: 1 });
    }
    fresh.put('grid:g1', 'record', { id: uuid(777), version: 1 });
    fresh.devices.set(desk.now.store.outbox_state.meta.device, { person: PERSON, expected: { urgent: 1, normal: 3 }, by_seq: new Map() });
    desk.now.browser.fetch = fresh.fetch;
    expect(await desk.now.run()).toBe('done');
    expect(fresh.applied.map((one) => one.seq)).toEqual([3, 4]);
    expect(fresh.photos.has(sha)).toBe(true);
    expect((await desk.now.store.list('record')).length).toBe(5);
    expect(desk.now.store.session.epoch).toBe('e2');
    expect(desk.now.store.status().waiting).toBe(0);
  });

  it('brings back a picture that the backup lacked, long after its act was cleared', async () => {
    const sha = await desk.now.store.keepPhoto(new Uint8Array(5000).map((_, at) => at % 249), 'image/jpeg');
    await desk.now.save({ photos: [sha] });
    await desk.now.run();
    await desk.now.run(); // the backup holds the act, not yet the picture
    desk.now.world.now += 15 * 86_400_000;
    await desk.now.run();
    expect(desk.now.store.outbox_state.heads.size).toBe(0);
    desk.now.server.photos.clear();
    desk.now.server.epoch = 'e2';
    await desk.now.run();
    expect(desk.now.server.photos.has(sha)).toBe(true);
    expect(desk.now.store.status().waiting).toBe(0);
  });

  it('does not do after all what was let go, or said again in other words', async () => {
    const { store, server, world } = desk.now;
    server.judge = () => ({ outcome: 'refused', problem: { code: 'matter_not_in_force', status: 422 } });
    const dropped = await desk.now.save();
    const record = uuid(5000);
    const first = await store.act(hazard(record));
    const kept = await desk.now.save();
    await desk.now.run();
    if (!first.saved) throw new Error(first.reason);
    await store.dismiss(dropped);
    server.judge = () => undefined;
    const again = await store.replace(first.mutation_id, hazard(record, { payload: { id: record, note: '改过' } }));
    await desk.now.run();
    const fresh = new FakeServer(() => world.now); // it knows the matter now, and nothing of the above
    fresh.epoch = 'e2';
    fresh.signed_in = PERSON;
    desk.now.browser.fetch = fresh.fetch;
    await desk.now.run();
    expect(fresh.received.map(({ name, id, reason }) => [name, id, reason])).toEqual([
      ['void', dropped, 'let_go'], ['void', first.mutation_id, 'let_go'], ['hazards.report', kept, undefined],
      ['hazards.report', again.saved ? again.mutation_id : '', undefined],
    ]);
    expect(fresh.applied.map((one) => (JSON.parse(one.payload) as { note: string }).note)).toEqual(['灭火器过期', '改过']);
    expect(store.status()).toMatchObject({ waiting: 0, refused: 0 });
    expect((await store.outbox()).map((item) => item.mutation_id)).not.toContain(dropped);
  });

  it('shows its newest receipt to a server that knows less, and goes back to what it wants', async () => {
    const { server } = desk.now;
    await desk.now.save();
    desk.now.world.now += 5000;
    const last = await desk.now.save();
    await desk.now.run();
    const [device] = [...server.devices.values()];
    device!.expected.normal = 1; // restored by hand, under the same epoch
    server.fault = ({ path, json }) => {
      const acked = (json['acked'] as { normal: number } | undefined)?.normal ?? 0;
      if (!path.endsWith('/push') || acked < device!.expected.normal) return undefined;
      return answer(200, { epoch: server.epoch, expected: device!.expected, durable_through: { urgent: 0, normal: 0 }, results: [], prove: true });
    };
    await desk.now.save();
    await desk.now.run();
    const [shown] = server.log.map(({ json }) => json['proof'] as { id: string; hash: string } | undefined).filter(Boolean);
    expect(shown).toMatchObject({ id: last, hash: server.hashes.get(last), kid: 'k1', sig: 'x' });
    expect(server.log.filter(({ json }) => json['proof']).length).toBe(1);
    expect(server.received.map((one) => one.seq)).toEqual([1, 2, 1, 2, 3]);
    expect(desk.now.store.status().waiting).toBe(0);
  });

  it('is not kept busy by a server that begins epoch after epoch', async () => {
    await desk.now.save();
    const before = desk.now.server.log.length;
    desk.now.server.fault = ({ path }) => {
      if (!path.endsWith('/push')) return undefined;
      desk.now.server.epoch += '+';
      return answer(200, { epoch: desk.now.server.epoch, expected: { urgent: 1, normal: 1 }, durable_through: { urgent: 0, normal: 0 }, results: [] });
    };
    expect(await desk.now.run()).toBe('failed');
    expect(desk.now.server.log.length - before).toBeLessThan(20);
    desk.now.server.fault = () => undefined;
    await desk.now.run();
    expect(desk.now.server.applied).toHaveLength(1);
  });

  it('keeps a mutation that the server holds, and takes its final outcome from the feed', async () => {
    desk.now.server.judge = () => ({ outcome: 'held', receipt: undefined });
    const id = await desk.now.save({ name: 'approvals.approve', payload: { record_id: uuid(1) }, base_version: 2 });
    expect(await desk.now.run()).toBe('done');
    expect((await desk.now.store.outbox())[0]).toMatchObject({ state: 'deferred', kept_back: true });
    await desk.now.store.dismiss(id); // the server may yet do it: it can not be let go
    expect((await desk.now.store.outbox())[0]).toMatchObject({ mutation_id: id });
    // told under the number that another phone with the same act gave it
    desk.now.server.put(`person:${PERSON}`, 'outcome', { id, version: 1, lane: 'normal', seq: 17, outcome: 'applied', receipt: { kid: 'k1', at: 1, hash: 'h', sig: 's' } });
    await desk.now.run();
    expect((await desk.now.store.outbox())[0]).toMatchObject({ state: 'done', receipt: { kid: 'k1' } });
  });

  it('never claims more outcomes than the restored server has numbers, though the tail is no longer kept', async () => {
    for (let n = 0; n < 3; n += 1) await desk.now.save();
    await desk.now.run();
    await desk.now.store.room.db.write(['outbox'], async (tx) => {
      for (const row of await tx.all('outbox')) tx.delete('outbox', row.id);
    });
    await desk.now.store.outbox_state.load();
    const fresh = new FakeServer(() => desk.now.world.now);
    fresh.epoch = 'e2';
    fresh.signed_in = PERSON;
    fresh.devices.set(desk.now.store.outbox_state.meta.device, { person: PERSON, expected: { urgent: 1, normal: 2 }, by_seq: new Map() });
    fresh.fault = ({ path, json }) => {
      if (!path.endsWith('/push') || (json['acked'] as { normal: number }).normal < fresh.devices.get(json['device_id'] as string)!.expected.normal) return undefined;
      fresh.epoch += '+';
      return answer(200, { epoch: fresh.epoch, expected: { urgent: 1, normal: 2 }, durable_through: { urgent: 0, normal: 1 }, results: [] });
    };
    desk.now.browser.fetch = fresh.fetch;
    await desk.now.save();
    for (let n = 0; n < 3; n += 1) await desk.now.run();
    expect(fresh.epoch.length).toBeLessThanOrEqual(3);
    expect(fresh.lost).toEqual([{ lane: 'normal', from: 2, to: 3 }]);
    expect(fresh.applied.map((one) => one.seq)).toEqual([4]);
  });

  it('registers the same device again when the restored server does not know it', async () => {
    await desk.now.save();
    await desk.now.run();
    const device = desk.now.store.outbox_state.meta.device;
    const fresh = new FakeServer(() => desk.now.world.now);
    fresh.epoch = 'e2';
    fresh.signed_in = PERSON;
    desk.now.browser.fetch = fresh.fetch;
    await desk.now.save();
    for (let n = 0; n < 3; n += 1) await desk.now.run();
    expect([...fresh.devices.keys()]).toEqual([device]);
    expect(fresh.applied.map((one) => one.seq)).toEqual([1, 2]);
  });

  it('keeps acknowledged mutations and photos until 14 days past durable, then clears them', async () => {
    const sha = await desk.now.store.keepPhoto(new Uint8Array(100).fill(3), 'image/jpeg');
    await desk.now.save({ photos: [sha] });
    desk.now.server.durable = { urgent: 0, normal: 0 };
    await desk.now.run();
    desk.now.world.now += 40 * 86_400_000;
    await desk.now.run();
    expect(desk.now.store.outbox_state.heads.size).toBe(1);
    desk.now.server.durable = { urgent: 0, normal: 1 };
    desk.now.server.durable_photos.add(sha);
    await desk.now.save();
    await desk.now.run();
    desk.now.world.now += 13 * 86_400_000;
    await desk.now.run();
    expect(desk.now.store.outbox_state.heads.size).toBe(2);
    desk.now.world.now += 2 * 86_400_000;
    await desk.now.run();
    expect([...desk.now.store.outbox_state.heads.values()].map((head) => head.seq)).toEqual([2]);
    expect(desk.now.store.outbox_state.photos.size).toBe(1); // found durable only 13 days ago
    desk.now.world.now += 15 * 86_400_000;
    await desk.now.run();
    expect(desk.now.store.outbox_state.photos.size).toBe(0);
  });
  it('clears nothing because the clock of the phone leapt: what was sent under an earlier device id comes back after a restore', async () => {
    const before = await desk.now.save();
    await desk.now.run();
    let is_cloned = true;
    desk.now.server.fault = ({ path }) => {
      if (!path.endsWith('/push') || !is_cloned) return undefined;
      is_cloned = false;
      return new Response(JSON.stringify({ code: 'device_cloned', status: 409 }), { status: 409 });
    };
    await desk.now.save();
    await desk.now.run();
    const { now } = desk.now.world;
    desk.now.server.now = () => now;
    desk.now.world.now += 3650 * 86_400_000;
    await desk.now.run();
    await desk.now.save();
    await desk.now.run();
    const fresh = new FakeServer(() => now);
    fresh.epoch = 'e2';
    fresh.signed_in = PERSON;
    desk.now.browser.fetch = fresh.fetch;
    await desk.now.run();
    expect(fresh.applied.map((one) => one.id)).toContain(before);
    expect(fresh.applied).toHaveLength(3);
  });
});
