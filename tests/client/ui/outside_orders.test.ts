import { describe, expect, it } from 'vitest';
import { faults, isWorthKeeping, ownOrders, tellOrder } from '../../../static/src/records/outside_orders';
import type { Photo, Row } from '../../../static/src/store/api';
import { FakeStore, sessionOf } from './fake_store';

const worker = sessionOf([]);
const photo = (sha256: string): Photo => ({ sha256, role: 'scene' });

describe('an order outside the list', () => {
  it('shows at once, takes its pictures along and is held so that it can be taken back', async () => {
    const store = new FakeStore(worker, {});
    await tellOrder(store, 'a', { giver: ' 某主任 ', words: ' 去收罚款 ', photos: [photo('s')] }, 2, 5);
    const act = store.acts[0]!;
    expect(act).toMatchObject({ name: 'orders.report', payload: { id: 'a', giver: '某主任', words: '去收罚款', ground: 2 }, photos: ['s'], draft_id: 'a' });
    expect(act.hold_ms).toBeGreaterThan(0);
    expect(act.payload.photos).toEqual([photo('s')]);
  });
  it('says what is missing, what is too long, and that there are too many pictures', () => {
    expect(faults({ giver: ' ', words: '', photos: [] })).toEqual({ giver: 'missing', words: 'missing' });
    expect(faults({ giver: '长'.repeat(81), words: '长'.repeat(500), photos: [] })).toEqual({ giver: 'too_long' });
    expect(faults({ giver: 'a', words: 'b', photos: ['1', '2', '3', '4'].map(photo) })).toEqual({ photos: 'too_many' });
  });
  it('leaves nothing behind when it was only looked at', () => {
    expect(isWorthKeeping({ giver: ' ', words: '', photos: [] })).toBe(false);
    expect(isWorthKeeping({ giver: '', words: '', photos: [photo('s')] })).toBe(true);
  });
  it('stands newest first', async () => {
    const rows = [{ id: 'a', at: 1 }, { id: 'b', at: 2 }] as unknown as Row[];
    expect((await ownOrders(new FakeStore(worker, { outside_order: rows }))).map((one) => one.id)).toEqual(['b', 'a']);
  });
});
