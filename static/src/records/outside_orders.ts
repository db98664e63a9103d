/** 清单外的事: what somebody told a person to do outside this system. It goes past leader, village and town. */
import type { Id, Photo, Row, SaveResult, ShownRow, Store } from '../store/api';
import { trimmed } from './envelope';
import { HOLD_MS } from './save';
import type { Ground, Refusal } from './tasks';

export const MOST = { giver: 80, words: 500, photos: 3 } as const;

export interface OrderDraft { giver: string; words: string; photos: Photo[] }
export interface OutsideOrder extends ShownRow {
  giver: string; words: string; ground: Ground; at: number; photos: Photo[]; rule_by?: string; ruling?: NonNullable<Refusal['ruling']>; ruled_at?: number; ruling_words?: string;
}

export const freshOrder = (): OrderDraft => ({ giver: '', words: '', photos: [] });
export const isWorthKeeping = (draft: OrderDraft): boolean => !!(draft.giver.trim() || draft.words.trim() || draft.photos.length);

/** Newest first. */
export const ownOrders = async (store: Store): Promise<OutsideOrder[]> => ((await store.list('outside_order')) as unknown as OutsideOrder[]).sort((a, b) => b.at - a.at);

const tooLong = (text: string, most: number) => [...text.trim()].length > most;
/** What stands in the way of saving, by field. */
export function faults({ giver, words, photos }: OrderDraft): { giver?: 'missing' | 'too_long'; words?: 'missing' | 'too_long'; photos?: 'too_many' } {
  const of = (name: 'giver' | 'words', text: string) => (!text.trim() ? { [name]: 'missing' } : tooLong(text, MOST[name]) ? { [name]: 'too_long' } : {});
  return { ...of('giver', giver), ...of('words', words), ...(photos.length > MOST.photos ? { photos: 'too_many' } : {}) };
}

/** The tap on a ground saves it, held 5 s so that it can be taken back. */
export function tellOrder(store: Store, id: Id, draft: OrderDraft, ground: Ground, now: number): Promise<SaveResult> {
  const { photos } = draft;
  const payload = { ...trimmed({ id, giver: draft.giver.trim(), words: draft.words.trim(), ground }), photos };
  return store.act({ name: 'orders.report', payload, photos: photos.map(({ sha256 }) => sha256), shows: { kind: 'outside_order', row: { ...payload, at: now } as unknown as Row }, hold_ms: HOLD_MS, draft_id: id });
}
