/** Whoever leads or advises a grid has the leader's screens on the phone before a way without a network; nobody else pays for them. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { leadAhead } from '../../../static/src/shell/lead_ahead';
import { leave, status, take } from '../../../static/src/shell/session';
import { keepPiece } from '../../../static/src/device/pieces';
import { FakeStore, sessionOf } from './fake_store';

vi.mock('../../../static/src/shell/look', () => ({ openLook: async () => {} }));

const held = (role: string) => ({ role, grid_id: 'g', org_unit_id: 'u', org_unit_name: '', from: '2026-01-01' });
const load = vi.fn(async (): Promise<unknown> => undefined);
let stop = () => {};

beforeEach(() => { load.mockClear(); vi.stubGlobal('navigator', { language: 'zh-CN', onLine: true }); stop = leadAhead(load); });
afterEach(() => { stop(); leave(); vi.unstubAllGlobals(); });

it('is not asked for a worker', async () => {
  await take(new FakeStore(sessionOf([held('full_time_worker')])));
  expect(load).not.toHaveBeenCalled();
});

it.each(['grid_leader', 'grid_adviser'])('is asked for a %s', async (role) => {
  await take(new FakeStore(sessionOf([held(role)])));
  expect(load).toHaveBeenCalled();
});

it('is asked for when the office comes later, while the app is open', async () => {
  const store = new FakeStore(sessionOf([held('part_time_worker')]));
  await take(store);
  store.session.roles.push(held('grid_leader'));
  store['tell']('session');
  expect(load).toHaveBeenCalled();
});

it('is asked for again with the network, when it could not be had without one', async () => {
  load.mockRejectedValueOnce(new TypeError('no network'));
  const store = new FakeStore(sessionOf([held('grid_leader')]));
  store.now = { ...store.now, online: false };
  await take(store);
  const before = load.mock.calls.length;
  status.value = { ...store.now, online: true };
  expect(load.mock.calls.length).toBe(before + 1);
});

/** A phone with a service worker in each state of its life. */
function phoneWith(more: object = {}) {
  const said = vi.fn();
  const worker = (which: string) => ({ postMessage: (message: unknown) => said(which, message) });
  const ready = Promise.resolve({ active: worker('active'), waiting: worker('waiting'), installing: worker('installing') });
  vi.stubGlobal('navigator', { language: 'zh-CN', onLine: true, serviceWorker: { ready }, ...more });
  return said;
}
const LEADER = { type: 'keep', piece: 'leader' };

it('is not loaded without a network, for the browser would remember the failure; the worker is asked all the same', async () => {
  const said = phoneWith({ onLine: false });
  await take(new FakeStore(sessionOf([held('grid_leader')])));
  await vi.waitFor(() => expect(said).toHaveBeenCalledWith('active', LEADER));
  expect(load).not.toHaveBeenCalled();
});

it('is asked for once, not at every news of the engine', async () => {
  const said = phoneWith();
  const store = new FakeStore(sessionOf([held('grid_leader')]));
  await take(store);
  await vi.waitFor(() => expect(said).toHaveBeenCalled());
  const before = load.mock.calls.length;
  status.value = { ...store.now, last_contact: 1 };
  status.value = { ...store.now, last_contact: 2 };
  expect(load.mock.calls.length).toBe(before);
});

it('is said to the versions that wait or are being installed too, so that they bring it along', async () => {
  const said = phoneWith();
  keepPiece('leader');
  await vi.waitFor(() => expect(said.mock.calls).toEqual([['active', LEADER], ['waiting', LEADER], ['installing', LEADER]]));
});

it('is kept by the phone that has loaded it', async () => {
  const postMessage = vi.fn();
  vi.stubGlobal('navigator', { language: 'zh-CN', serviceWorker: { ready: Promise.resolve({ active: { postMessage } }) } });
  await import('../../../static/src/screens/leader/index');
  await vi.waitFor(() => expect(postMessage).toHaveBeenCalledWith({ type: 'keep', piece: 'leader' }));
  vi.unstubAllGlobals();
});
