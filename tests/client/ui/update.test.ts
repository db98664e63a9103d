/** Taking a new version: a tap is answered within seconds, and never over a form that was opened meanwhile. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { applyUpdate } from '../../../static/src/phone';

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
