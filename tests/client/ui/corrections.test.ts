import { describe, expect, it } from 'vitest';
import { askCorrection, ownRequests } from '../../../static/src/records/correction_requests';
import type { Row } from '../../../static/src/store/api';
import { FakeStore, sessionOf } from './fake_store';

const worker = sessionOf([]);

describe('a correction request', () => {
  it('shows at once as asked, and says its words without the blanks around them', async () => {
    const store = new FakeStore(worker, {});
    await askCorrection(store, { id: 'a', about: 'phone', words: ' 少一位 ' }, 5);
    expect(store.acts[0]).toMatchObject({ name: 'corrections.ask', payload: { id: 'a', about: 'phone', words: '少一位' } });
    expect((await ownRequests(store))[0]).toMatchObject({ id: 'a', state: 'asked', asked_at: 5, words: '少一位' });
  });
  it('names a record only where it is about one', async () => {
    const store = new FakeStore(worker, {});
    await askCorrection(store, { id: 'a', about: 'post', record_id: 'r', words: 'x' }, 5);
    await askCorrection(store, { id: 'b', about: 'record', record_id: 'r', words: 'x' }, 5);
    expect(store.acts.map((act) => act.payload.record_id)).toEqual([undefined, 'r']);
  });
  it('stands newest first', async () => {
    const rows = [{ id: 'a', asked_at: 1 }, { id: 'b', asked_at: 2 }] as unknown as Row[];
    expect((await ownRequests(new FakeStore(worker, { correction_request: rows }))).map((one) => one.id)).toEqual(['b', 'a']);
  });
});
