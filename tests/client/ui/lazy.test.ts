/** A part that arrives between being drawn as coming and the moment after: the screen must not stay empty for ever. */
import { expect, it, vi } from 'vitest';

const hooks = vi.hoisted(() => ({ said: [] as unknown[], after: [] as (() => void)[], now: undefined as unknown }));
vi.mock('preact/hooks', () => ({
  useState: (first: unknown) => [hooks.now ?? first, (next: unknown) => hooks.said.push(next)],
  useEffect: (run: () => void) => hooks.after.push(run),
}));
import { lazy } from '../../../static/src/ui/lazy';

it('is shown when somebody else fetched it after it was drawn', async () => {
  const Part = lazy(async () => ({ default: () => null }), () => null);
  Part({});
  await Part.preload();
  hooks.after.forEach((run) => run());
  await vi.waitFor(() => expect(hooks.said).toEqual(['there']));
});

it('says so when it cannot be fetched', async () => {
  hooks.said.length = 0; hooks.after.length = 0;
  const Part = lazy(async (): Promise<{ default: () => null }> => { throw new Error('no network'); }, () => null);
  Part({});
  hooks.after.forEach((run) => run());
  await vi.waitFor(() => expect(hooks.said).toEqual(['failed']));
});

it.each([true, false])('asked again in vain, the page is loaded anew, for Chromium remembers the failure: with a network alone (%s)', async (onLine) => {
  const reload = vi.fn();
  vi.stubGlobal('navigator', { onLine });
  vi.stubGlobal('location', { reload });
  hooks.now = 'failed';
  const load = vi.fn(async (): Promise<{ default: () => null }> => { throw new Error('no network'); });
  const { retry } = (lazy(load, () => null)({}) as unknown as { props: { retry: () => void } }).props;
  retry();
  await new Promise((resolve) => setTimeout(resolve));
  expect([load.mock.calls.length, reload.mock.calls.length]).toEqual([1, onLine ? 1 : 0]);
  vi.unstubAllGlobals();
  hooks.now = undefined;
});
