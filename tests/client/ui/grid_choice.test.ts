/** Which grid a new record is for: never one that was merged while a post in it still stands. */
import { describe, expect, it } from 'vitest';
import { chosenGrid } from '../../../static/src/records/grid_choice';
import type { Store } from '../../../static/src/store/api';

const phone = (posts: string[], open: string[], last?: string): Store => ({
  session: { roles: posts.map((grid_id) => ({ role: 'full_time_worker', grid_id })) },
  setting: async () => last,
  list: async () => open.map((id) => ({ id })),
}) as unknown as Store;

describe('the grid of a new record', () => {
  it('is the last one chosen, while it is there', async () => {
    expect(await chosenGrid(phone(['a', 'b'], ['a', 'b'], 'b'))).toBe('b');
    expect(await chosenGrid(phone(['a', 'b'], ['a', 'b']))).toBe('a');
  });

  it('is not one that was merged, remembered or not', async () => {
    expect(await chosenGrid(phone(['merged', 'kept'], ['kept'], 'merged'))).toBe('kept');
    expect(await chosenGrid(phone(['merged', 'kept'], ['kept']))).toBe('kept');
  });

  it('is the own one before any grid has arrived', async () => {
    expect(await chosenGrid(phone(['a'], []))).toBe('a');
    expect(await chosenGrid(phone([], ['a']))).toBe('a');
  });
});
