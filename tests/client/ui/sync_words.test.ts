import { describe, expect, it } from 'vitest';
import { stillOut } from '../../../static/src/records/still_out';
import { syncWords } from '../../../static/src/shell/sync_words';
import type { OutboxItem } from '../../../static/src/store/api';
import { zh } from '../../../static/src/text/zh';
import { FakeStore, sessionOf } from './fake_store';

const ALL = zh['sync.all'];
const item = (mutation_id: string, state: OutboxItem['state']): OutboxItem => ({ mutation_id, lane: 'normal', name: 'approvals.approve', made_at: 1, state, photos_waiting: 0, payload: {} });
const told = (person_id: string, ...ids: string[]) => ({ id: `a-${person_id}`, person_id, person_name: '沈建国', device_label: 'Android', at: 2, items: ids.map((id) => ({ id, name: 'hazards.report', made_at: 1 })) });

async function chip(items: OutboxItem[], announced: ReturnType<typeof told>[] = []) {
  const store = new FakeStore(sessionOf([]), { announced });
  store.items = items;
  return syncWords(store.status(), await stillOut(store));
}

describe('the chip says that all has arrived', () => {
  it('when it has', async () => expect(await chip([item('a', 'done')])).toMatchObject({ tone: 'ok', words: ALL }));
  it('not while the platform holds an act back', async () => expect(await chip([item('a', 'done'), item('b', 'deferred')])).toMatchObject({ tone: 'wait', words: '1 条等前面的' }));
  it('not while two versions of one thing wait for a choice', async () => expect(await chip([item('a', 'conflict')])).toMatchObject({ tone: 'stop', words: '1 条要您看' }));
  it('not while work that was announced has not arrived', async () => {
    const me = new FakeStore(sessionOf([])).session.person.id;
    expect(await chip([item('a', 'done')], [told(me, 'x', 'y')])).toMatchObject({ tone: 'wait', words: '2 条还没送到' });
  });
  it('whatever another person announced, and what this phone itself has delivered since', async () => {
    const me = new FakeStore(sessionOf([])).session.person.id;
    expect(await chip([item('a', 'done')], [told('someone', 'x'), told(me, 'a')])).toMatchObject({ tone: 'ok', words: ALL });
  });
  it('and what waits here is said first', async () => {
    const store = new FakeStore(sessionOf([]));
    store.items = [item('a', 'deferred'), item('b', 'waiting')];
    store.now = { ...store.now, waiting: 1 };
    expect(syncWords(store.status(), await stillOut(store))).toMatchObject({ tone: 'wait', words: '1 条待发 · 点看' });
  });
});
