/** The lock under a clock that somebody sets. */
import { expect, it } from 'vitest';
import { IDLE_MS, PICK_MS, WALK_MS, mustLock } from '../../../static/src/lock/rules';

const NOW = Date.UTC(2026, 10, 24, 9, 0, 0);
const DAY = 86_400_000;

it('falls after five idle minutes, later while a patrol is walked or a camera is open', () => {
  expect(mustLock(NOW, { touched_at: NOW - IDLE_MS + 1 })).toBe(false);
  expect(mustLock(NOW, { touched_at: NOW - IDLE_MS })).toBe(true);
  expect(mustLock(NOW, { touched_at: NOW - DAY, walked_at: NOW - WALK_MS + 1 })).toBe(false);
  expect(mustLock(NOW, { touched_at: NOW - DAY, walked_at: NOW - WALK_MS })).toBe(true);
  expect(mustLock(NOW, { touched_at: NOW - DAY, picking_since: NOW - PICK_MS + 1 })).toBe(false);
  expect(mustLock(NOW, { touched_at: NOW - DAY, picking_since: NOW - PICK_MS })).toBe(true);
});

it.each(['touched_at', 'walked_at', 'picking_since'])('is not kept open by a clock set back a day (%s)', (name) => {
  expect(mustLock(NOW, { touched_at: NOW - DAY, [name]: NOW + DAY })).toBe(true);
});

it('does not fall when the network corrects the clock by seconds', () => {
  expect(mustLock(NOW, { touched_at: NOW + 2000 })).toBe(false);
});
