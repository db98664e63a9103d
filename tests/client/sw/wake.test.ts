/** The worker's turn: what a closed page leaves behind is sent, and the browser is asked to come again while anything waits. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { leaveOff, wakeEngine } from '../../../service_worker/wake';
import { settle } from '../phone_env';
import { desk, deskBeforeEach } from '../sync/desk';

vi.mock('../../../static/src/device/env', () => ({ browserEnv: async () => desk.now.browser.env() }));
deskBeforeEach();
beforeEach(() => void vi.stubGlobal('navigator', { userAgent: 'worker' }));
afterEach(() => vi.unstubAllGlobals());

const AGAIN = 'not delivered yet';
/** How the event ended; one that is rejected makes the browser come again. `during`: when the worker has run and waits. */
async function sync(during: () => unknown = () => {}): Promise<string> {
  let end: string | undefined;
  const waits = vi.spyOn(desk.now.world, 'setTimeout');
  const done = wakeEngine().then(() => 'fulfilled', (error: Error) => error.message).then((how) => (end = how));
  await vi.waitFor(() => expect(end ?? waits.mock.calls.find(([, ms]) => ms === 6000)).toBeDefined(), { interval: 2 });
  await during();
  await desk.now.world.pass(6000);
  return done;
}
/** The page is pushing, on a link that says nothing. */
async function pagePushes(): Promise<void> {
  desk.now.server.fault = () => new Promise(() => {});
  void desk.now.phone.engine!.runOnce();
  await settle();
}

it('an act in the seconds of undo is sent when they are over, though the page is gone', async () => {
  await desk.now.save({ hold_ms: 5000 });
  desk.now.browser.kill();
  expect(await sync()).toBe('fulfilled');
  expect(desk.now.server.applied).toHaveLength(1);
});
it('an act that was taken back meanwhile is not', async () => {
  const id = await desk.now.save({ hold_ms: 5000 });
  expect(await sync(() => desk.now.store.undo(id))).toBe('fulfilled');
  expect(desk.now.server.applied).toHaveLength(0);
});
it('a page that holds the lock and dies leaves the rest to the worker', async () => {
  await desk.now.save();
  await pagePushes();
  const die = () => { desk.now.browser.kill(); desk.now.server.fault = () => undefined; };
  expect(await sync(die)).toBe('fulfilled');
  expect(desk.now.server.applied).toHaveLength(1);
});
it('the browser is to come again while the page still holds the lock', async () => {
  await desk.now.save();
  await pagePushes();
  expect(await sync()).toBe(AGAIN);
});
it('and for what was saved while the worker ran', async () => {
  let is_first = true;
  desk.now.server.fault = async ({ path }) => {
    if (path.endsWith('/pull') && is_first) { is_first = false; await desk.now.save({ hold_ms: 60_000 }); }
    return undefined;
  };
  expect(await sync()).toBe(AGAIN);
});
it('not for a photo that waits for Wi-Fi, nor where nothing is left', async () => {
  expect(await sync()).toBe('fulfilled');
  const { store, browser } = desk.now;
  const env = browser.env.bind(browser);
  browser.env = () => ({ ...env(), link: () => 'cellular' });
  await store.keepSetting('wifi_only', true);
  await desk.now.save({ photos: [await store.keepPhoto(new Uint8Array(9), 'image/jpeg')] });
  expect(await sync()).toBe('fulfilled');
  await store.refresh();
  expect([desk.now.server.applied.length, store.status().waiting]).toEqual([1, 1]);
});
it('a new version that takes over does not wait for the seconds of undo', async () => {
  await desk.now.save({ hold_ms: 5000 });
  expect(await sync(leaveOff)).toBe('a new version takes over');
});
