/** When the engine runs: one writer among tabs, waking, ticking, waiting. */
import { beforeEach, describe, expect, it } from 'vitest';
import { ALARM_TICK_MS, Backoff, TICK_MS, createPhone } from '../../../static/src/sync/index';
import type { LocalPhone } from '../../../static/src/sync/index';
import { Browser, World, offline, settle } from '../phone_env';
import { FakeServer } from './fake_server';

let world: World;
let browser: Browser;
let server: FakeServer;
const act = (id: string) => ({ name: 'hazards.report', payload: { id }, shows: { kind: 'record', row: { id } } });

beforeEach(() => {
  world = new World();
  browser = new Browser(world);
  server = new FakeServer(() => world.now);
  browser.fetch = server.fetch;
});
async function boot(): Promise<LocalPhone> {
  const phone = createPhone(browser.env());
  const opened = await phone.signIn('worker', 'secret');
  if ('problem' in opened) throw new Error(opened.problem.code);
  await phone.ready();
  await phone.engine!.idle();
  return phone;
}

describe('the engine', () => {
  it('sends at once after a save', async () => {
    const phone = await boot();
    await phone.store!.act(act('a'));
    await phone.engine!.idle();
    expect(server.applied).toHaveLength(1);
  });
  it('sends a held act when its time is over', async () => {
    const phone = await boot();
    await phone.store!.act({ ...act('a'), hold_ms: 5000 });
    await world.pass(4900);
    expect(server.applied).toHaveLength(0);
    await world.pass(200);
    await phone.engine!.idle();
    expect(server.applied).toHaveLength(1);
  });
  it('pulls every minute while visible and is silent while hidden', async () => {
    const phone = await boot();
    phone.engine!.wake('visible');
    await phone.engine!.idle();
    const before = server.calls('GET', '/api/v1/sync/pull').length;
    for (let n = 0; n < 3; n += 1) {
      await world.pass(TICK_MS + 100);
      await phone.engine!.idle();
    }
    expect(server.calls('GET', '/api/v1/sync/pull')).toHaveLength(before + 3);
    phone.engine!.hidden();
    await world.pass(TICK_MS * 10);
    await phone.engine!.idle();
    expect(server.calls('GET', '/api/v1/sync/pull').length).toBeLessThanOrEqual(before + 4);
  });
  it('that meets a held lock with nothing to send pulls again with the next tick', async () => {
    const phone = await boot();
    phone.engine!.wake('visible');
    await phone.engine!.idle();
    let letGo = (): void => {};
    const held = browser.env().locks.tryRun(`gridwalk-sync-${phone.store!.session.person.id}`, () => new Promise((resolve) => (letGo = resolve)));
    const before = server.calls('GET', '/api/v1/sync/pull').length;
    await world.pass(TICK_MS + 100);
    await phone.engine!.idle();
    expect(server.calls('GET', '/api/v1/sync/pull')).toHaveLength(before);
    letGo();
    await held;
    await world.pass(TICK_MS);
    await phone.engine!.idle();
    expect(server.calls('GET', '/api/v1/sync/pull')).toHaveLength(before + 1);
  });
  it('pulls every fifteen seconds while a call-out is open, and every minute again when it has ended', async () => {
    const phone = await boot();
    const pulls = () => server.calls('GET', '/api/v1/sync/pull').length;
    const pass = async (ms: number) => { await world.pass(ms); await phone.engine!.idle(); };
    const callout = { id: '01930000-0000-7000-8000-00000000ca11', version: 1, state: 'open', ends_at: world.now + 3600_000 };
    server.put('grid:g1', 'callout', callout);
    phone.engine!.wake('visible');
    await phone.engine!.idle();
    const before = pulls();
    for (let n = 0; n < 4; n += 1) await pass(ALARM_TICK_MS + 100);
    expect(pulls()).toBe(before + 4);
    server.put('grid:g1', 'callout', { ...callout, version: 2, state: 'ended' });
    await pass(ALARM_TICK_MS + 100);
    const ended = pulls();
    await pass(TICK_MS - 2000);
    expect(pulls()).toBe(ended);
    await pass(2100);
    expect(pulls()).toBe(ended + 1);
  });
  it('pulls every minute again when the time of a call-out is over, though nobody has said so', async () => {
    const phone = await boot();
    const pulls = () => server.calls('GET', '/api/v1/sync/pull').length;
    const pass = async (ms: number) => { await world.pass(ms); await phone.engine!.idle(); };
    server.put('grid:g1', 'callout', { id: '01930000-0000-7000-8000-00000000ca11', version: 1, state: 'open', ends_at: world.now + ALARM_TICK_MS + 5000 });
    phone.engine!.wake('visible');
    await phone.engine!.idle();
    for (let n = 0; n < 2; n += 1) await pass(ALARM_TICK_MS + 100);
    const before = pulls();
    await pass(TICK_MS - 2000);
    expect(pulls()).toBe(before);
    await pass(2100);
    expect(pulls()).toBe(before + 1);
  });
  it('recovers by itself within a minute of the server\'s return, while visible', async () => {
    const phone = await boot();
    phone.engine!.wake('visible');
    await phone.engine!.idle();
    browser.fetch = offline;
    await phone.store!.act(act('a'));
    await phone.engine!.idle();
    for (let n = 0; n < 60; n += 1) {
      await world.pass(60_000);
      await phone.engine!.idle();
    }
    browser.fetch = server.fetch;
    await world.pass(TICK_MS + 100);
    await phone.engine!.idle();
    expect(server.applied).toHaveLength(1);
  });
  it('lets one of two tabs write, and the other\'s act is sent by whoever runs', async () => {
    const phone = await boot();
    const tab = createPhone(browser.env());
    await tab.resume();
    await tab.ready();
    await tab.engine!.idle();
    let running = 0;
    let most = 0;
    server.fault = async () => {
      running += 1;
      most = Math.max(most, running);
      await settle(3);
      running -= 1;
      return undefined;
    };
    await Promise.all([phone.store!.act(act('a')), tab.store!.act(act('b')), phone.store!.act(act('c'))]);
    for (let n = 0; n < 10; n += 1) {
      await settle();
      await Promise.all([phone.engine!.idle(), tab.engine!.idle()]);
      await world.pass(2000);
    }
    expect(most).toBe(1);
    expect(server.applied.map((one) => one.seq)).toEqual([1, 2, 3]);
    for (const one of [phone, tab]) expect(one.store!.status().waiting).toBe(0);
  });
  it('does not spin when the server keeps asking for the impossible', async () => {
    const phone = await boot();
    await phone.store!.act(act('a'));
    await phone.engine!.idle();
    const before = server.log.length;
    server.fault = ({ path }) =>
      path.endsWith('/push') ? new Response(JSON.stringify({ code: 'device_cloned', status: 409 }), { status: 409 }) : undefined;
    await phone.store!.act(act('b'));
    await phone.engine!.idle();
    expect(server.log.length - before).toBeLessThan(60);
    server.fault = () => undefined;
    await world.pass(400_000);
    await phone.engine!.idle();
    expect(server.applied).toHaveLength(2);
  });
});

describe('backoff', () => {
  it('doubles from 1 s to 5 min with jitter', () => {
    const backoff = new Backoff({ now: () => 0, random: () => 1 });
    const waits = Array.from({ length: 12 }, () => {
      backoff.failed();
      return backoff.wait();
    });
    expect(waits.slice(0, 4)).toEqual([1000, 2000, 4000, 8000]);
    expect(waits.at(-1)).toBe(300_000);
    const low = new Backoff({ now: () => 0, random: () => 0 });
    low.failed();
    expect(low.wait()).toBe(500);
  });
  it('is not frozen by a clock that was set back', () => {
    let now = 1_000_000_000;
    const backoff = new Backoff({ now: () => now, random: () => 1 });
    backoff.failed();
    now = 0;
    expect(backoff.wait()).toBeLessThanOrEqual(300_000);
  });
  it('waits what the server asked once, and once more at most when the clock is set back two days', () => {
    let now = 1_000_000_000;
    const backoff = new Backoff({ now: () => now, random: () => 1 });
    backoff.failed(60_000);
    now -= 2 * 86_400_000;
    backoff.forgive();
    expect(backoff.wait()).toBe(60_000);
    now += 60_000;
    expect(backoff.wait()).toBe(0);
  });
  it('lets no stranger send the phone to sleep for longer than an hour', () => {
    const backoff = new Backoff({ now: () => 5, random: () => 1 });
    backoff.failed(30 * 86_400_000);
    expect(backoff.wait()).toBe(3_600_000);
  });
});
