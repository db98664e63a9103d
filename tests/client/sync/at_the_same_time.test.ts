/** Two tabs, two people, two taps: what one does while the other is at it. */
import { describe, expect, it, vi } from 'vitest';
import { createPhone } from '../../../static/src/sync/index';
import { desk, deskBeforeEach, hazard, nextId, uuid } from './desk';
import { OTHER, answer } from './fake_server';

deskBeforeEach();

type Once = { once(tables: string[], mode: string, options: unknown, work: unknown): Promise<unknown> };

it('somebody signs in while the other engine asks whose session it is: nobody is taken for signed out', async () => {
  const { server, browser, phone } = desk.now;
  await desk.now.run();
  server.scope_version = 2; // the pull ends with a look at the session
  server.put('grid:g1', 'record', { id: uuid(900), version: 1 });
  let let_go = (): void => {};
  const slow = new Promise<void>((resolve) => { let_go = resolve; });
  let is_waiting = false;
  server.fault = async ({ method, path }) => {
    if (method !== 'GET' || path !== '/api/v1/session' || is_waiting) return undefined;
    const said = answer(200, server.session()); // as the cookie was when it was asked
    is_waiting = true;
    await slow;
    return said;
  };
  const cycle = phone.engine!.runOnce();
  await vi.waitFor(() => expect(is_waiting).toBe(true), 5000);
  const tab = createPhone(browser.env());
  tab.manual = true;
  const opened = await tab.signIn('worker2', 'secret');
  if ('problem' in opened) throw new Error(opened.problem.code);
  let_go();
  await cycle;
  expect(await tab.people_kept.cookieOwner()).toBe(OTHER);
  await opened.store.act(hazard(uuid(901)));
  expect(await tab.engine!.runOnce()).toBe('done');
  expect(server.applied).toHaveLength(1);
  expect(opened.store.status().signed_out).toBe(false);
});

describe('an act done again', () => {
  const conflict = () => ({ outcome: 'conflict' as const, problem: { code: 'x', status: 409 }, server: { id: uuid(9), version: 2, fields: ['note'] } });
  it('twice is queued once, and the second is told so', async () => {
    const { server, store } = desk.now;
    server.judge = conflict;
    const id = await desk.now.save();
    await desk.now.run();
    const both = await Promise.all([store.replace(id, hazard(uuid(9))), store.replace(id, hazard(uuid(9)))]);
    expect(both.map((one) => one.saved)).toEqual([true, false]);
    expect(both[1]).toMatchObject({ reason: 'said_again' });
    expect(store.outbox_state.queued('normal')).toHaveLength(1);
  });
  it('whose connection is killed behind its commit is no second one', async () => {
    const { server, store } = desk.now;
    server.judge = conflict;
    const id = await desk.now.save();
    await desk.now.run();
    const db = store.room.db as unknown as Once;
    const once = db.once.bind(db);
    let kills = 1;
    db.once = async (tables, mode, options, work) => {
      const result = await once(tables, mode, options, work);
      if (mode === 'readwrite' && kills-- > 0) throw Object.assign(new Error('killed'), { name: 'InvalidStateError' });
      return result;
    };
    expect(await store.replace(id, hazard(uuid(9)))).toMatchObject({ saved: true });
    expect(store.outbox_state.queued('normal')).toHaveLength(1);
  });
  it('that finds no room leaves the refused record where it was', async () => {
    const { server, store } = desk.now;
    server.judge = () => ({ outcome: 'refused', problem: { code: 'x', status: 409 } });
    const record = nextId();
    const first = await store.act(hazard(record));
    await desk.now.run();
    const db = store.room.db as unknown as Once;
    const once = db.once.bind(db);
    db.once = (tables, mode, options, work) =>
      once(tables, mode, options, mode === 'readonly' ? work : async (tx: never) => {
        await (work as (tx: never) => Promise<unknown>)(tx);
        throw Object.assign(new Error('full'), { name: 'QuotaExceededError' });
      });
    expect(await store.replace(first.saved ? first.mutation_id : '', hazard(record))).toMatchObject({ saved: false, reason: 'no_room' });
    db.once = once;
    expect(await store.list('record')).toHaveLength(1);
  });
});

it('a picture taken out of a draft in one tab stays when another tab has just saved the draft', async () => {
  const { browser, store } = desk.now;
  const tab = createPhone(browser.env());
  tab.manual = true;
  const beside = (await tab.resume())!;
  const sha = await store.keepPhoto(new Uint8Array(5000).map((_, at) => at % 251), 'image/jpeg');
  await store.keepDraft({ id: uuid(5), form: 'hazard', body: { photos: [{ sha256: sha }] } });
  await beside.refresh();
  await store.act(hazard(uuid(5), { photos: [sha], draft_id: uuid(5) }));
  await beside.dropPhoto(sha);
  expect(await store.photo(sha)).toBeDefined();
});
