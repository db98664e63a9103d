import { expect, it } from 'vitest';
import { unreadMessages } from '../../../static/src/records/messages';
import { FakeStore, sessionOf } from './fake_store';

const message = (id: string, kind: string, at: number, read?: boolean) => ({ id, kind, at, text_zh: kind, text_en: kind, ...(kind === 'patrol_reported' ? { quiet: true } : {}), ...(read ? { read } : {}) });

it('what rang stands first, the newest on top; what came in silence after it; a kind that the phone does not know is a message too', async () => {
  const store = new FakeStore(sessionOf([]), {
    message: [message('a', 'patrol_reported', 9), message('b', 'record_returned', 1), message('c', 'patrol_reported', 8), message('d', 'of_a_later_version', 3), message('e', 'hazard_reported', 7, true)],
  });
  expect((await unreadMessages(store)).map(({ id }) => id)).toEqual(['d', 'b', 'a', 'c']);
});
