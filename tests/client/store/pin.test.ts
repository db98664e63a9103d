/** The policy `pin`: no usable key on the disk, counted tries, and never anything erased. */
import { beforeEach, describe, expect, it } from 'vitest';
import { createPhone } from '../../../static/src/sync/index';
import type { LocalPhone } from '../../../static/src/sync/index';
import { measureRounds } from '../../../static/src/store/pin_copy';
import { Browser, World, offline, settle } from '../phone_env';
import { FakeServer, OTHER, PERSON } from '../sync/fake_server';

const PIN = '471903', WRONG = '000000';
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
async function enter(password = 'secret', username = 'worker', new_pin = false) {
  const opened = await phone.signIn(username, password, new_pin);
  if ('problem' in opened) throw new Error(opened.problem.code);
  return opened.store;
}
const lock = () => phone.pin();
const unlock = async (pin = PIN, person = PERSON) => (await lock()).unlock(person, pin);
const restart = () => {
  browser.kill();
  phone = boot();
};
/** The row of the person as a copied profile would show it. */
const row = async () => (await phone.people_kept.row(PERSON))!;

beforeEach(async () => {
  world = new World();
  browser = new Browser(world);
  server = new FakeServer(() => world.now);
  server.pin = true;
  browser.fetch = server.fetch;
  phone = boot();
});
const firstDay = async () => {
  const store = await enter();
  expect(await (await lock()).wanted()).toBe(true);
  expect(await (await lock()).set(PIN)).toBe(true);
  expect(await (await lock()).wanted()).toBe(false);
  return store;
};

describe('what lies on the phone', () => {
  it('is wrapped copies only, from the first sign-in on', async () => {
    await enter();
    expect(await row()).not.toHaveProperty('key');
    await (await lock()).set(PIN);
    expect(Object.keys(await row()).sort()).toEqual(['box', 'by_server', 'id', 'pin', 'wrapped']);
  });
  it('opens with six digits, without a network, drafts and unsent work in it', async () => {
    const store = await firstDay();
    await store.act(act('one'));
    await store.keepDraft({ id: 'd', form: 'hazard', body: { note: 'begun' } });
    restart();
    browser.fetch = offline;
    expect(await phone.resume()).toBeUndefined();
    expect(await phone.held()).toEqual({ id: PERSON, name: '王-worker' });
    const opened = await unlock();
    if (!('store' in opened)) throw new Error(opened.problem.code);
    expect(await opened.store.list('record')).toHaveLength(1);
    expect((await opened.store.drafts())[0]?.body).toEqual({ note: 'begun' });
  });
  it('loses its bare key when the policy came later, once the PIN is chosen', async () => {
    server.pin = false;
    await (await enter()).act(act('one'));
    server.pin = true;
    await phone.engine!.session.renew();
    restart();
    const store = await phone.resume();
    expect(store).toBeDefined();
    expect(await (await lock()).wanted()).toBe(true);
    await (await lock()).set(PIN);
    expect(await row()).not.toHaveProperty('key');
    expect(await row()).not.toHaveProperty('by_phone');
    restart();
    expect(await phone.resume()).toBeUndefined();
    expect('store' in (await unlock())).toBe(true);
  });
  it('opens by itself again after the policy was lifted', async () => {
    await firstDay();
    server.pin = false;
    await phone.engine!.session.renew();
    restart();
    expect('store' in (await unlock())).toBe(true);
    restart();
    expect(await phone.resume()).toBeDefined();
  });
});

describe('tries', () => {
  it('count on the disk before they are judged, ten close the phone until an online sign-in, nothing is lost', async () => {
    await (await firstDay()).act(act('one'));
    restart();
    browser.fetch = offline;
    for (let left = 9; left > 0; left -= 1) {
      expect(await unlock(WRONG)).toMatchObject({ problem: { code: 'pin_wrong', fields: { left } } });
      if (left === 5) restart(); // the battery wins no try
    }
    expect(await unlock(WRONG)).toMatchObject({ problem: { code: 'only_online' } });
    expect(await unlock(PIN)).toMatchObject({ problem: { code: 'only_online' } });
    expect(await phone.signIn('worker', 'secret')).toMatchObject({ problem: { code: 'only_online' } });
    browser.fetch = server.fetch;
    const store = await enter();
    expect(await store.list('record')).toHaveLength(1);
    expect(await (await lock()).wanted()).toBe(true);
    expect(await (await lock()).set('222222')).toBe(true);
    restart();
    expect('store' in (await unlock('222222'))).toBe(true);
  });
  it('begin anew after a right one', async () => {
    await firstDay();
    restart();
    for (let round = 0; round < 3; round += 1) {
      for (let n = 0; n < 8; n += 1) await unlock(WRONG);
      expect('store' in (await unlock())).toBe(true);
    }
  });
  it('cost at least half a second each on this phone', async () => {
    let now = 0;
    const people = { env: { ...browser.env(), kdf_rounds: undefined } };
    const fast = await measureRounds(people as never, () => (now += 10)); // 100 000 rounds in 10 ms
    expect(fast * (10 / 100_000)).toBeGreaterThanOrEqual(500);
    expect(await measureRounds(people as never, () => (now += 5000))).toBe(600_000);
  });
});

describe('a forgotten PIN or password', () => {
  it('is settled by an online sign-in, with the data still there', async () => {
    await (await firstDay()).act(act('one'));
    server.password = 'another'; // by a one-time code
    restart();
    const store = await enter('another', 'worker', true);
    expect(await store.list('record')).toHaveLength(1);
    expect(await (await lock()).set('333333')).toBe(true);
    restart();
    expect(await unlock(PIN)).toMatchObject({ problem: { code: 'pin_wrong' } });
    expect('store' in (await unlock('333333'))).toBe(true);
  });
});

describe('locked', () => {
  it('closes every tab, and nothing is sent', async () => {
    const store = await firstDay();
    const tab = boot();
    const second = await (await tab.pin()).unlock(PERSON, PIN);
    expect('store' in second).toBe(true);
    await store.act(act('one'));
    await (await lock()).lock();
    await settle();
    expect(tab.store).toBeUndefined();
    expect(phone.store).toBeUndefined();
    expect(phone.engine).toBeUndefined();
    expect(server.received).toHaveLength(0);
    expect(await phone.resume()).toBeUndefined(); // the service worker's way
    await unlock();
    expect(await phone.engine!.runOnce()).toBe('done');
    expect(server.applied).toHaveLength(1);
  });
  it('has given up the cookie: the browser alone opens no door', async () => {
    const store = await firstDay();
    expect(await phone.engine!.runOnce()).toBe('done');
    expect(server.signed_in).toBeUndefined();
    await store.act(act('one'));
    expect(await phone.engine!.runOnce()).toBe('done');
    expect(server.applied).toHaveLength(1);
    restart();
    await unlock();
    await phone.store!.act(act('two'));
    expect(await phone.engine!.runOnce()).toBe('done');
    expect(server.applied).toHaveLength(2);
    server.tokens.clear(); // ended by the office
    await phone.engine!.runOnce();
    expect(phone.store!.status().signed_out).toBe(true);
    await enter();
    await phone.store!.act(act('three'));
    expect(await phone.engine!.runOnce()).toBe('done');
    expect(server.applied).toHaveLength(3);
  });
  it('goes on where the giving up was cut', async () => {
    await firstDay();
    server.fault = ({ method, path }) => (method === 'DELETE' && path === '/api/v1/session' ? 'lose_answer' : undefined);
    await phone.engine!.runOnce();
    server.fault = () => undefined;
    expect(await phone.engine!.runOnce()).toBe('done');
    expect(await phone.people_kept.cookieOwner()).toBeNull();
  });
  it('asks the other person for their own PIN', async () => {
    await firstDay();
    await enter('secret', 'worker2');
    await (await lock()).set('555555');
    browser.fetch = offline;
    expect(await phone.switchTo(PERSON)).toMatchObject({ problem: { code: 'pin_needed' } });
    expect(await phone.held(PERSON)).toMatchObject({ id: PERSON });
    expect('store' in (await unlock())).toBe(true);
    expect(phone.store!.session.person.id).toBe(PERSON);
    expect(await unlock(PIN, OTHER)).toMatchObject({ problem: { code: 'pin_wrong' } });
  });
  it('is asked for after signing out as well', async () => {
    await enter();
    await (await lock()).set(PIN);
    await phone.signOut();
    expect(await phone.switchTo(PERSON)).toMatchObject({ problem: { code: 'pin_needed' } });
    expect('store' in (await unlock())).toBe(true);
  });
});
