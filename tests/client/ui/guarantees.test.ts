/** The own covers on the phone: what has ended since the last contact is said to be lacking. */
import { describe, expect, it } from 'vitest';
import { stateOf, words, type Cover } from '../../../static/src/screens/worker/guarantees';

const cover = (state: Cover['state'], last_day: string | null): Cover => ({ kind: 'accident', state, last_day, ask: '百步镇', ask_phone: null });

describe('own covers', () => {
  it('are as the server said while their last day has not passed', () => {
    expect(stateOf(cover('covered', '2026-12-31'), '2026-12-31')).toBe('covered');
    expect(stateOf(cover('covered', null), '2099-01-01')).toBe('covered');
    expect(stateOf(cover('lacking', null), '2026-01-01')).toBe('lacking');
  });
  it('are lacking from the day after their last, without a network', () => {
    expect(stateOf(cover('ending', '2026-12-31'), '2027-01-01')).toBe('lacking');
    expect(words(cover('ending', '2026-12-31'), '2027-01-01')).toBe('没有');
  });
  it('say until when', () => {
    expect(words(cover('ending', '2026-12-31'), '2026-12-01')).toContain('快到期');
    expect(words(cover('covered', '2026-12-31'), '2026-06-01')).toContain('12月31日');
    expect(words(cover('covered', null), '2026-06-01')).toBe('有效');
  });
});
