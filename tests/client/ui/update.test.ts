/** Taking a new version: a tap is answered within seconds, and never over a form that was opened meanwhile. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { applyUpdate } from '../../../static/src/update';

const form = vi.hoisted(() => ({ is_open: false }));
vi.mock('../../../static/src/ui/dock', () => ({ isDockTaken: () => form.is_open }));

const reload = vi.fn();
const said: string[] = [];
let changed: () => void = () => {};
const worker = (name: string) => ({ postMessage: ({ type }: { type: string }) => said.push(`${name}: ${type}`) });

beforeEach(() => {
  vi.useFakeTimers();
  reload.mockClear();
  said.length = 0;
  vi.stubGlobal('location', { reload });
  vi.stubGlobal('navigator', { serviceWorker: { getRegistration: async () => ({ active: worker('old'), waiting: worker('new') }), addEventListener: (_name: string, call: () => void) => { changed = call; } } });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it.each([[false, 1], [true, 0]])('with a form open (%s) it loads anew %i times when the browser does not change the workers', async (is_open, times) => {
  form.is_open = false;
  await applyUpdate();
  expect(said).toEqual(['old: leave_off', 'new: use_new_version']);
  form.is_open = is_open;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(reload).toHaveBeenCalledTimes(times);
});

it.each([[false, true], [true, false]])('with a form opened since the tap (%s) it loads anew (%s) when the browser changes the workers', async (is_open, loads) => {
  form.is_open = false;
  await applyUpdate();
  form.is_open = is_open;
  changed();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(reload.mock.calls.length > 0).toBe(loads);
});

describe('a page that came up while the two were being changed', () => {
  const registration = { active: { state: 'activated' }, waiting: null, scope: 'https://phone/', addEventListener: () => {} };
  const isSaid = vi.fn();
  const come_up = async (taking: boolean, its_files_are_kept: boolean) => {
    const kept = new Map(taking ? [['gridwalk.taking', '1']] : []);
    isSaid.mockClear();
    form.is_open = false;
    vi.stubGlobal('sessionStorage', { getItem: (name: string) => kept.get(name) ?? null, removeItem: (name: string) => kept.delete(name) });
    vi.stubGlobal('document', { scripts: [{ src: 'https://phone/static/dist/start-1.js' }] });
    vi.stubGlobal('caches', { match: async () => (its_files_are_kept ? new Response('') : undefined) });
    const serviceWorker = { controller: {}, getRegistration: async () => registration, addEventListener: () => {} };
    vi.stubGlobal('navigator', { serviceWorker });
    vi.resetModules();
    const { watchUpdates } = await import('../../../static/src/update');
    await watchUpdates({ store: { setUpdateReady: isSaid } } as never, registration as never);
    expect(kept.size).toBe(0);
  };

  it('in the version before, after a yes: it loads anew, once', async () => {
    await come_up(true, false);
    expect(reload).toHaveBeenCalledTimes(1);
  });
  it('in the version before, with no yes of this tab: it says so and waits', async () => {
    await come_up(false, false);
    expect(reload).not.toHaveBeenCalled();
    expect(isSaid).toHaveBeenLastCalledWith(true);
  });
  it('in the version in charge: nothing', async () => {
    await come_up(true, true);
    expect(reload).not.toHaveBeenCalled();
    expect(isSaid).toHaveBeenLastCalledWith(false);
  });
});
