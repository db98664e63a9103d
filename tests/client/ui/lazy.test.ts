/** A part that arrives between being drawn as coming and the moment after: the screen must not stay empty for ever. */
import { expect, it, vi } from 'vitest';

const hooks = vi.hoisted(() => ({ said: [] as unknown[], after: [] as (() => void)[] }));
vi.mock('preact/hooks', () => ({
  useState: (first: unknown) => [first, (next: unknown) => hooks.said.push(next)],
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
