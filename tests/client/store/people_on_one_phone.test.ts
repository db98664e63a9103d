/** Several people on one phone: own database, own key, own queue; nothing of one is sent or shown as another's. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createPhone } from '../../../static/src/sync/index';
import type { LocalPhone } from '../../../static/src/sync/index';
import { Browser, World, offline } from '../phone_env';
import { FakeServer, OTHER, PERSON } from '../sync/fake_server';

let world: World;
let browser: Browser;
let server: FakeServer;
let phone: LocalPhone;

const act = (note: string) => ({ name: 'hazards.report', payload: { id: note, note }, shows: { kind: 'record', row: { id: note, note } } });
const boot = (): LocalPhone => {
  const made = createPhone(browser.env());
  made.manual = true;
  return made;
};
async function enter(username: string, password = 'secret') {
  const opened = await phone.signIn(username, password);
  if ('problem' in opened) throw new Error(opened.problem.code);
  return opened.store;
}

beforeEach(() => {
  world = new World();
  browser = new Browser(world);
  server = new FakeServer(() => world.now);
  browser.fetch = server.fetch;
  phone = boot();
});

describe('signing in', () => {
  it('opens again without asking after a restart', async () => {
    await (await enter('worker')).act(act('one'));
    browser.kill();
    browser.fetch = offline;
    phone = boot();
    const store = await phone.resume();
    expect(store?.session.person.username).toBe('worker');
    expect(await store?.list('record')).toHaveLength(1);
  });
  it('says what the server says to a wrong password', async () => {
    expect(await phone.signIn('worker', 'wrong')).toMatchObject({ problem: { code: 'wrong_credentials' } });
    expect(await phone.resume()).toBeUndefined();
  });
  it('works offline with the password for whoever was here before, and for nobody else', async () => {
    await (await enter('worker')).act(act('one'));
    browser.fetch = offline;
    expect(await phone.signIn('worker', 'wrong')).toMatchObject({ problem: { code: 'offline_wrong_password' } });
    expect(await phone.signIn('worker2', 'secret')).toMatchObject({ problem: { code: 'offline_unknown_person' } });
    const store = await enter('worker');
    expect(await store.list('record')).toHaveLength(1);
    expect(await phone.engine!.runOnce()).toBe('failed');
    expect(store.status()).toMatchObject({ online: false, signed_out: false, waiting: 1 });
  });
  it('keeps unsent work readable after the password was reset', async () => {
    await (await enter('worker')).act(act('one'));
    const fetch = server.fetch;
    browser.fetch = (url, init) => {
      const body = typeof init?.body === 'object' && init.body ? new TextDecoder().decode(init.body as Uint8Array) : '';
      if (!url.endsWith('/session') || init?.method !== 'POST') return fetch(url, init);
      const typed = JSON.parse(body) as { password: string };
      const real = { ...init, body: new TextEncoder().encode(JSON.stringify({ ...typed, password: typed.password === 'new' ? 'secret' : 'old' })) };
      return fetch(url, real);
    };
    const store = await enter('worker', 'new');
    expect(await store.list('record')).toHaveLength(1);
    browser.fetch = offline;
    expect(await phone.signIn('worker', 'secret')).toMatchObject({ problem: { code: 'offline_wrong_password' } });
    await enter('worker', 'new');
  });
});

describe('switching', () => {
  it('works offline, keeps the other\'s queue, and sends nothing under the wrong name', async () => {
    await (await enter('worker')).act(act('one'));
    const second = await enter('worker2');
    await second.act(act('two'));
    browser.fetch = offline;
    const back = await phone.switchTo(PERSON);
    expect('store' in back && (await back.store.list('record')).map((row) => row['note'])).toEqual(['one']);
    browser.fetch = server.fetch;
    expect(await phone.engine!.runOnce()).toBe('stopped'); // the cookie is worker2's
    expect(server.received).toHaveLength(0);
    expect(phone.store!.status()).toMatchObject({ signed_out: true, waiting: 1 });
    await phone.switchTo(OTHER);
    expect(await phone.engine!.runOnce()).toBe('done');
    expect(server.received.map((one) => one.id)).toHaveLength(1);
    expect((await phone.people()).map(({ username, waiting }) => [username, waiting]).sort()).toEqual([['worker', 1], ['worker2', 0]]);
  });
  it('never lets the first person\'s feed receive the second\'s rows', async () => {
    const first = await enter('worker');
    await phone.engine!.runOnce();
    server.put(`person:${PERSON}`, 'message', { id: 'm1', version: 1 });
    const engine = phone.engine!;
    // another tab signs the second person in while the first's engine is alive
    const tab = boot();
    await tab.signIn('worker2', 'secret');
    expect(await engine.runOnce()).toBe('stopped');
    expect(first.mirror.count()).toBe(0);
  });
  it('asks the server whose cookie it is when a sign-in was cut', async () => {
    await (await enter('worker')).act(act('one'));
    server.fault = ({ method, path }) => (method === 'POST' && path.endsWith('/session') ? 'lose_answer' : undefined);
    expect(await phone.signIn('worker2', 'secret')).toMatchObject({ problem: { code: 'offline_unknown_person' } });
    server.fault = () => undefined;
    expect(server.signed_in).toBe(OTHER);
    expect(await phone.engine!.runOnce()).toBe('stopped');
    expect(server.received).toHaveLength(0);
  });
});

describe('leaving', () => {
  it('refuses to remove a person while anything is unsent, and removes everything afterwards', async () => {
    const store = await enter('worker');
    await store.act({ ...act('one'), hold_ms: 5000 });
    expect(await phone.removeFromPhone(PERSON)).toMatchObject({ problem: { code: 'unsent_work' } });
    world.now += 6000;
    await phone.engine!.runOnce();
    expect(server.applied).toHaveLength(1);
    expect(await phone.removeFromPhone(PERSON)).toEqual({ removed: true });
    expect(await phone.people()).toEqual([]);
    const left = await browser.indexedDB!.databases();
    expect(left.map((one) => one.name)).not.toContain(`gridwalk-${PERSON}`);
  });
  it('refuses it over what another tab has just saved, and nothing is gone', async () => {
    await enter('worker');
    const other = boot();
    const saving = (await other.resume())!;
    expect((await saving.act(act('one'))).saved).toBe(true);
    expect(await phone.removeFromPhone(PERSON)).toMatchObject({ problem: { code: 'unsent_work' } }); // not yet heard of it
    expect((await saving.act(act('two'))).saved).toBe(true);
    expect(await saving.list('record')).toHaveLength(2);
  });
  it('counts the unsent of a person who is not open now', async () => {
    await (await enter('worker')).act(act('one'));
    await enter('worker2');
    expect(await phone.removeFromPhone(PERSON)).toMatchObject({ problem: { code: 'unsent_work' } });
  });
  it('signs out of the server and keeps the queue', async () => {
    await (await enter('worker')).act(act('one'));
    await phone.signOut();
    expect(server.signed_in).toBeUndefined();
    expect(await phone.resume()).toBeUndefined();
    expect((await phone.people())[0]).toMatchObject({ username: 'worker', waiting: 1 });
  });
  it('without a PIN still opens by a tap after signing out, and neither sends nor fetches (docs/security.md)', async () => {
    await (await enter('worker')).act(act('one'));
    await phone.signOut();
    const back = await phone.switchTo(PERSON);
    expect('store' in back && (await back.store.list('record')).map((row) => row['note'])).toEqual(['one']);
    expect(await phone.engine!.runOnce()).toBe('stopped');
    expect(server.received).toHaveLength(0);
    await enter('worker');
    expect(await phone.engine!.runOnce()).toBe('done');
    expect(server.applied).toHaveLength(1);
  });
  it('takes a new device id when this one belongs to another person', async () => {
    const store = await enter('worker');
    const device = store.outbox_state.meta.device;
    server.devices.set(device, { person: OTHER, expected: { urgent: 1, normal: 1 }, by_seq: new Map() });
    await store.act(act('one'));
    expect(await phone.engine!.runOnce()).toBe('done');
    expect(store.outbox_state.meta.device).not.toBe(device);
    expect(server.applied).toHaveLength(1);
  });
});

describe('without IndexedDB', () => {
  it('works online with drafts in memory and never says 已存手机', async () => {
    browser.indexedDB = undefined;
    phone = boot();
    expect(phone.canKeep).toBe(false);
    const store = await enter('worker');
    expect(await store.act(act('one'))).toMatchObject({ saved: true, in_memory_only: true });
    expect((await store.list('record'))[0]?.delivery).toBe('saved'); // the tag's words say 没存进手机
    expect(store.status().in_memory_only).toBe(true);
    await store.keepDraft({ id: 'd', form: 'visit', body: { x: 1 } });
    expect(await store.drafts()).toHaveLength(1);
    expect(await phone.engine!.runOnce()).toBe('done');
    expect(server.applied).toHaveLength(1);
  });
});

describe('signing out without a network', () => {
  async function left(): Promise<string> {
    const store = await enter('worker');
    await phone.ready();
    expect(await phone.engine!.runOnce()).toBe('done');
    browser.fetch = offline;
    await store.act(act('one'));
    await phone.signOut();
    browser.fetch = server.fetch;
    return store.session.person.id;
  }
  it('ends the session as soon as there is one: a tap on the name sends nothing without a password', async () => {
    const person = await left();
    const opened = await phone.switchTo(person);
    if ('problem' in opened) throw new Error(opened.problem.code);
    await phone.ready();
    expect(await phone.engine!.runOnce()).toBe('stopped');
    expect([server.applied.length, server.signed_in]).toEqual([0, undefined]);
    expect(opened.store.status()).toMatchObject({ signed_out: true, waiting: 1 });
    await enter('worker');
    await phone.ready();
    expect(await phone.engine!.runOnce()).toBe('done');
    expect(server.applied).toHaveLength(1);
  });
  it('ends it at the next start, though nobody comes back', async () => {
    await left();
    browser.kill();
    phone = boot();
    expect(await phone.resume()).toBeUndefined();
    await vi.waitFor(async () => expect(await phone.people_kept.left()).toEqual([]), 5000);
    expect(server.signed_in).toBeUndefined();
  });
  it('is undone by whoever comes back with the password', async () => {
    const person = await left();
    browser.fetch = offline;
    expect('store' in (await phone.switchTo(person, 'secret'))).toBe(true);
    browser.fetch = server.fetch;
    await phone.ready();
    expect(await phone.engine!.runOnce()).toBe('done');
    expect(server.applied).toHaveLength(1);
  });
  it('takes nothing from whoever signs in next', async () => {
    await left();
    const store = await enter('worker2');
    await phone.ready();
    expect(await phone.engine!.runOnce()).toBe('done');
    expect(server.signed_in).toBe(OTHER);
    expect(store.status().signed_out).toBe(false);
  });
  async function sendsNothing(person: string): Promise<void> {
    const opened = await phone.switchTo(person);
    if ('problem' in opened) throw new Error(opened.problem.code);
    await phone.ready();
    expect(await phone.engine!.runOnce()).toBe('stopped');
    expect([server.applied.length, server.signed_in]).toEqual([0, undefined]);
  }
  it('ends it though another had typed a password meanwhile and nobody knew whose cookie it was', async () => {
    await enter('worker2');
    await enter('worker');
    await phone.ready();
    expect(await phone.engine!.runOnce()).toBe('done');
    browser.fetch = offline;
    await enter('worker2');
    const store = await enter('worker');
    await store.act(act('one'));
    await phone.signOut();
    await enter('worker2');
    await phone.signOut();
    browser.fetch = server.fetch;
    await sendsNothing(store.session.person.id);
  });
  it('ends it though the phone was killed while the server was being told', async () => {
    const store = await enter('worker');
    await phone.ready();
    await store.act(act('one'));
    browser.fetch = () => new Promise(() => {});
    void phone.signOut();
    await vi.waitFor(async () => expect(await phone.people_kept.left()).toHaveLength(1), 5000);
    browser.kill();
    browser.fetch = offline;
    phone = boot();
    expect(await phone.resume()).toBeUndefined();
    const opened = await phone.switchTo(PERSON);
    if ('problem' in opened) throw new Error(opened.problem.code);
    await phone.ready();
    expect(await phone.engine!.runOnce()).toBe('failed');
    browser.fetch = server.fetch;
    await sendsNothing(PERSON);
  });
  it('is not forgotten for an answer that ends nothing', async () => {
    const person = await left();
    server.fault = async ({ path }) => (path === '/api/v1/session' ? new Response(JSON.stringify({ code: 'unavailable' }), { status: 503 }) : undefined);
    const opened = await phone.switchTo(person);
    if ('problem' in opened) throw new Error(opened.problem.code);
    await phone.ready();
    expect(await phone.engine!.runOnce()).toBe('failed');
    server.fault = async () => undefined;
    await sendsNothing(person);
  });
  it('keeps nobody waiting who takes the phone meanwhile', async () => {
    await enter('worker2');
    const person = await left();
    let asked = 0;
    browser.fetch = (_url, init) => new Promise((_done, fail) => {
      asked += 1;
      init!.signal!.addEventListener('abort', () => fail(new DOMException('cut', 'AbortError')));
    });
    await phone.switchTo(OTHER);
    await phone.ready();
    const running = phone.engine!.runOnce();
    await vi.waitFor(() => expect(asked).toBe(1), 5000);
    expect('store' in (await phone.switchTo(person))).toBe(true);
    expect(await running).toBe('failed');
  });
  it('is not taken for whose session it is by an answer that was on its way', async () => {
    const store = await enter('worker');
    await phone.ready();
    await phone.people_kept.setCookieOwner(null);
    const { fetch } = server;
    let answer = () => {};
    browser.fetch = async (url, init) => {
      const response = await fetch(url, init);
      await new Promise<void>((done) => (answer = done));
      return response;
    };
    const running = phone.engine!.runOnce();
    await vi.waitFor(() => expect(server.calls('GET', '/api/v1/session')).toHaveLength(1), 5000);
    await phone.people_kept.leave(store.session.person.id); // in another tab
    answer();
    expect(await running).toBe('failed');
    expect(await phone.people_kept.cookieOwner()).toBeNull();
  });
});
