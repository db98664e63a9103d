/** Pulling: what the person may see is here, what they may not is gone, after the outbox was drained. */
import { describe, expect, it } from 'vitest';
import { createPhone } from '../../../static/src/sync/index';
import { settle } from '../phone_env';
import { MirrorMoved } from '../../../static/src/store/mirror_change';
import { shutIfSent } from '../../../static/src/store/outcomes';
import { desk, deskBeforeEach, hazard, uuid } from './desk';
import { OTHER, PERSON, answer, problem } from './fake_server';

deskBeforeEach();

describe('pulling', () => {
  const rows = (n: number) => Array.from({ length: n }, (_, at) => ({ id: uuid(10_000 + at), version: 1, note: `n${at}` }));

  it('reads many rows over several answers and asks nothing when nothing changed', async () => {
    for (const row of rows(950)) desk.now.server.put('grid:g1', 'record', row);
    desk.now.server.page = 300;
    await desk.now.run();
    expect(desk.now.store.mirror.count()).toBe(950);
    expect(await desk.now.store.get('record', uuid(10_949))).toMatchObject({ note: 'n949', delivery: 'delivered' });
    const before = desk.now.server.log.length;
    await desk.now.run();
    expect(desk.now.server.log.length - before).toBe(1);
  });

  it('removes what is gone, and follows a row into another stream', async () => {
    for (const row of rows(3)) desk.now.server.put('grid:g1', 'record', row);
    await desk.now.run();
    desk.now.server.gone('grid:g1', 'record', uuid(10_000));
    desk.now.server.streams.push('team:t1');
    desk.now.server.move('grid:g1', 'team:t1', 'record', { id: uuid(10_001), version: 2 });
    desk.now.server.move('grid:g1', 'team:other', 'record', { id: uuid(10_002), version: 2 });
    await desk.now.run();
    expect((await desk.now.store.list('record')).map((row) => row.id)).toEqual([uuid(10_001)]);
    expect(desk.now.store.mirror.streams()).toEqual(new Set(['team:t1']));
  });

  it('purges a revoked stream only after the outbox was drained', async () => {
    for (const row of rows(3)) desk.now.server.put('grid:g1', 'record', row);
    await desk.now.run();
    await desk.now.save();
    desk.now.server.streams = [`person:${PERSON}`];
    desk.now.server.fault = ({ path, json }) => (path.endsWith('/push') && (json['mutations'] as unknown[]).length ? problem(503, 'unavailable') : undefined);
    await desk.now.run();
    expect(desk.now.store.mirror.count()).toBe(3);
    desk.now.server.fault = () => undefined;
    await desk.now.run();
    expect(desk.now.server.applied).toHaveLength(1);
    expect(desk.now.store.mirror.count()).toBe(0);
    expect(await desk.now.store.list('record')).toHaveLength(0);
  });

  it('begins anew after 410 and takes away what the new reading does not name', async () => {
    for (const row of rows(5)) desk.now.server.put('grid:g1', 'record', row);
    await desk.now.run();
    desk.now.server.feeds.set('grid:g1', desk.now.server.feeds.get('grid:g1')!.slice(2));
    desk.now.server.fault = ({ path, url }) => (path.endsWith('/pull') && url.searchParams.has('cursor') ? problem(410, 'cursor_expired') : undefined);
    await desk.now.run();
    expect((await desk.now.store.list('record')).map((row) => row.id).sort()).toEqual([uuid(10_002), uuid(10_003), uuid(10_004)]);
  });

  it('begins such a reading anew when it was cut by a kill', async () => {
    for (const row of rows(5)) desk.now.server.put('grid:g1', 'record', row);
    await desk.now.run();
    desk.now.server.feeds.set('grid:g1', desk.now.server.feeds.get('grid:g1')!.slice(2));
    desk.now.server.page = 1;
    let pulls = 0;
    desk.now.server.fault = ({ path, url }) => {
      if (!path.endsWith('/pull')) return undefined;
      pulls += 1;
      if (pulls === 1 && url.searchParams.has('cursor')) return problem(410, 'cursor_expired');
      return pulls === 4 ? Promise.reject(new TypeError('cut')) : undefined;
    };
    expect(await desk.now.run()).toBe('failed');
    await desk.now.restart();
    expect(await desk.now.run()).toBe('done');
    expect(desk.now.store.mirror.count()).toBe(3);
  });

  it.each([[204, null], [200, '<html>'], [200, '{}']])('takes no stranger\u2019s %s for an empty feed when it reads from the beginning', async (status, body) => {
    const { server, store } = desk.now;
    for (const row of rows(5)) server.put('grid:g1', 'record', row);
    await desk.now.run();
    const draft = { id: rows(5)[0]!.id, form: 'hazard', body: { correcting: { base_version: 1 } } };
    await store.keepDraft(draft);
    let asked = 0;
    server.fault = ({ path }) => {
      if (!path.endsWith('/pull')) return undefined;
      asked += 1;
      return asked === 1 ? problem(410, 'cursor_expired') : new Response(body, { status });
    };
    expect(await desk.now.run()).toBe('failed');
    expect(asked).toBe(2);
    expect(store.mirror.count()).toBe(5);
    expect(await store.drafts()).toHaveLength(1);
    server.fault = () => undefined;
    expect(await desk.now.run()).toBe('done');
    expect(store.mirror.count()).toBe(5);
  });

  it('wipes only after everything was handed over', async () => {
    desk.now.server.restricted = true;
    desk.now.server.judge = () => ({ outcome: 'refused', problem: { code: 'no_longer_in_post', status: 403 } });
    await desk.now.save();
    desk.now.server.wipe = true;
    const push = desk.now.server.fault;
    desk.now.server.fault = ({ path, json }) => (path.endsWith('/push') && (json['mutations'] as unknown[]).length ? problem(503, 'unavailable') : undefined);
    expect(await desk.now.run()).toBe('failed');
    expect(await desk.now.phone.people()).toHaveLength(1);
    desk.now.server.fault = push;
    expect(await desk.now.run()).toBe('wiped');
    expect(desk.now.server.received).toHaveLength(1);
    expect(await desk.now.phone.people()).toHaveLength(0);
  });

  it('hands everything over again before it obeys the wipe of a restored server', async () => {
    await desk.now.save();
    expect(await desk.now.run()).toBe('done');
    Object.assign(desk.now.server, { epoch: 'e2', restricted: true, wipe: true, received: [] });
    desk.now.server.devices.clear();
    expect(await desk.now.run()).toBe('wiped');
    expect(desk.now.server.received).toHaveLength(1);
  });

  it('does not wipe what another tab has saved while the answer was on its way', async () => {
    const other = createPhone(desk.now.browser.env());
    other.manual = true;
    const tab = (await other.resume())!;
    await desk.now.run();
    Object.assign(desk.now.server, { restricted: true, wipe: true });
    let once = true;
    desk.now.server.fault = async ({ path }) => {
      if (!path.endsWith('/pull') || !once) return undefined;
      once = false;
      desk.now.store.refresh = () => Promise.resolve(); // the news of it has not reached this tab
      expect(await tab.act(hazard())).toMatchObject({ saved: true });
      return undefined;
    };
    expect(await desk.now.run()).toBe('failed');
    expect(await desk.now.phone.people()).toHaveLength(1);
    await desk.now.restart();
    expect(await desk.now.run()).toBe('wiped');
    expect(desk.now.server.received).toHaveLength(1);
  });

  it('saves nothing between the last look and the wipe, and ends a wipe that was cut', async () => {
    const other = createPhone(desk.now.browser.env());
    other.manual = true;
    const tab = (await other.resume())!;
    await desk.now.run();
    expect(await shutIfSent(desk.now.store.outbox_state)).toBe(true);
    expect(await tab.act(hazard())).toEqual({ saved: false, reason: 'database_lost' });
    await desk.now.restart();
    expect(await desk.now.run()).toBe('wiped');
    expect(await desk.now.phone.people()).toHaveLength(0);
  });

  it('closes the person in every tab when one tab has obeyed the wipe', async () => {
    const other = createPhone(desk.now.browser.env());
    other.manual = true;
    const gone: string[] = [];
    other.onGone = (person) => gone.push(person);
    const tab = (await other.resume())!;
    Object.assign(desk.now.server, { restricted: true, wipe: true });
    expect(await desk.now.run()).toBe('wiped');
    await settle();
    expect(gone).toEqual([tab.session.person.id]);
    expect(other.store).toBeUndefined();
    expect(tab.closed).toBe(true);
  });

  it('never takes another person\'s rows, though the cookie changed in between', async () => {
    await desk.now.run();
    desk.now.server.put('grid:g1', 'record', { id: uuid(5), version: 1 });
    desk.now.server.fault = ({ path }) => {
      if (path.endsWith('/pull')) void desk.now.phone.people_kept.setCookieOwner(OTHER);
      return undefined;
    };
    await desk.now.run();
    expect(desk.now.store.mirror.count()).toBe(0);
    expect(desk.now.store.status().signed_out).toBe(true);
  });

  it('reads anew when the feed has a hole', async () => {
    desk.now.server.put('grid:g1', 'record', { id: uuid(5), version: 1 });
    await desk.now.run();
    desk.now.server.put('grid:g1', 'record', { id: uuid(6), version: 1 });
    desk.now.server.fault = ({ path, url }) => {
      if (!path.endsWith('/pull') || !url.searchParams.has('cursor')) return undefined;
      return answer(200, { epoch: 'e1', scope_version: 1, streams: [{ stream: 'grid:g1', from: 9, to: 10, put: {} }], cursor: 'x' });
    };
    expect(await desk.now.run()).toBe('failed');
    desk.now.server.fault = () => undefined;
    expect(await desk.now.run()).toBe('done');
    expect(desk.now.store.mirror.count()).toBe(2);
  });
});

describe("the browser's one cookie", () => {
  it('takes no rows of another person who signed in on the office pages, and asks whose cookie it is', async () => {
    await desk.now.run();
    const { store, server } = desk.now;
    server.signed_in = OTHER; // the form of another tab: the phone was not told
    server.put('grid:g1', 'household', { id: uuid(9000), version: 1, contact_name: '别人的住户' });
    expect(await desk.now.run()).toBe('stopped');
    expect(await store.list('household')).toHaveLength(0);
    expect(store.status().signed_out).toBe(true);
    expect(await desk.now.run()).toBe('stopped');
    expect(await desk.now.phone.people_kept.cookieOwner()).toBe(OTHER);
    server.signed_in = PERSON;
    await desk.now.phone.people_kept.setCookieOwner(null);
    expect(await desk.now.run()).toBe('done');
    expect(await store.list('household')).toHaveLength(1);
  });
  it('says with every call whom it is for, the last one too', async () => {
    await desk.now.save({ photos: [await desk.now.store.keepPhoto(new Uint8Array(40), 'image/jpeg')] });
    await desk.now.run();
    await desk.now.phone.signOut();
    const unnamed = desk.now.server.log.filter(({ path, method, headers }) => headers.get('X-Person') !== PERSON && !(path === '/api/v1/session' && method !== 'DELETE'));
    expect(unnamed.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
    expect(desk.now.server.calls('DELETE', '/api/v1/session')).toHaveLength(1);
  });
});

describe('the other side of a conflict', () => {
  const other = { id: uuid(7000), version: 2, body: { note: '别人的话' } };
  const met = async () => {
    const { store, server } = desk.now;
    server.put('grid:g1', 'record', other);
    server.judge = () => ({ outcome: 'conflict', version: 2, problem: { code: 'changed_meanwhile', status: 409 }, server: { ...other, fields: ['note'] } });
    await store.act({ name: 'records.correct', payload: { id: other.id, changes: { note: '我的话' } }, base_version: 1, shows: { kind: 'record', row: { ...other, version: 1 } } });
    await desk.now.run();
    return (await store.outbox())[0]!;
  };
  it('is shown while its row may be seen, and is not kept a pull longer', async () => {
    expect(await met()).toMatchObject({ state: 'conflict', fields: ['note'], server: { body: { note: '别人的话' } } });
    await desk.now.run();
    expect((await desk.now.store.outbox())[0]!.server).toBeDefined();
    desk.now.server.streams = [`person:${PERSON}`];
    await desk.now.run();
    const [left] = await desk.now.store.outbox();
    expect(left).toMatchObject({ state: 'conflict', fields: ['note'] });
    expect(left!.server).toBeUndefined();
    await desk.now.restart();
    expect((await desk.now.store.outbox())[0]!.server).toBeUndefined();
  });
  it('goes with a row that moved where this person may not follow', async () => {
    await met();
    desk.now.server.move('grid:g1', 'team:other', 'record', { ...other, version: 3 });
    await desk.now.run();
    expect((await desk.now.store.outbox())[0]!.server).toBeUndefined();
  });
});

describe('two writers, after a tab slept past its lease', () => {
  it('writes neither rows nor cursor over what the other has written', async () => {
    const other = createPhone(desk.now.browser.env());
    other.manual = true;
    const tab = (await other.resume())!;
    await desk.now.run();
    desk.now.server.put('grid:g1', 'record', { id: uuid(1), version: 1 });
    const mine = desk.now.store.mirror.change();
    await mine.put('grid:g1', 'record', { id: uuid(1), version: 1 });
    expect(await other.engine!.runOnce()).toBe('done');
    desk.now.server.put('grid:g1', 'record', { id: uuid(2), version: 1 });
    expect(await other.engine!.runOnce()).toBe('done');
    await desk.now.store.refresh(); // it has heard of the other's pages: its change is older still
    let wrote = false;
    await expect(mine.commit(() => (wrote = true))).rejects.toThrow(MirrorMoved);
    expect(wrote).toBe(false);
    await desk.now.restart();
    expect(desk.now.store.mirror.count()).toBe(2);
    expect(tab.mirror.count()).toBe(2);
  });
  it('goes on after a restart where it stood, and does not read everything anew', async () => {
    desk.now.server.put('grid:g1', 'record', { id: uuid(1), version: 1 });
    await desk.now.run();
    await desk.now.restart();
    const before = desk.now.server.calls('GET', '/api/v1/sync/pull').length;
    await desk.now.run();
    const asked = desk.now.server.calls('GET', '/api/v1/sync/pull').slice(before);
    expect(asked.map(({ url }) => url.searchParams.has('cursor'))).toEqual([true]);
  });
});

it('a reading from the beginning that one tab began and another began anew loses no row', async () => {
  const { server, store } = desk.now;
  server.streams = ['a', 'b'];
  for (let n = 0; n < 4; n += 1) for (const [stream, at] of [['a', 6000], ['b', 6100]] as const) server.put(stream, 'record', { id: uuid(at + n), version: 1 });
  await desk.now.run();
  server.epoch = 'e2'; // everything is read anew
  server.page = 3;
  let left = 4;
  server.fault = ({ path }) => (path.endsWith('/pull') && left-- <= 0 ? Promise.reject(new TypeError('cut')) : undefined);
  expect(await desk.now.run()).toBe('failed');
  server.put('a', 'record', { id: uuid(6050), version: 1 }); // in the stream that this tab has read by now
  const other = createPhone(desk.now.browser.env());
  other.manual = true;
  await other.resume();
  left = 2;
  expect(await other.engine!.runOnce()).toBe('failed');
  left = Infinity;
  expect(await desk.now.run()).toBe('done');
  expect((await store.list('record')).map(({ id }) => id)).toContain(uuid(6050));
  expect(await store.list('record')).toHaveLength(9);
});
