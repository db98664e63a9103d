/** 更正申请: what a person says is wrong with what is kept of them, and how the office answered. */
import type { Id, Row, SaveResult, ShownRow, Store } from '../store/api';
import { trimmed } from './envelope';

export const ABOUT = ['phone', 'post', 'record', 'fixes'] as const;
export type About = (typeof ABOUT)[number];
export const MOST_WORDS = 500;

export interface CorrectionRequest extends ShownRow {
  about: About; record_id?: Id; words: string; asked_at: number; state: 'asked' | 'answered';
  answer?: 'explained' | 'corrected' | 'refused'; answer_words?: string; answered_at?: number; answered_by_name?: string;
}
export interface Asked { id: Id; about: About; record_id?: Id | undefined; words: string }

/** Newest first. */
export const ownRequests = async (store: Store): Promise<CorrectionRequest[]> => ((await store.list('correction_request')) as unknown as CorrectionRequest[]).sort((a, b) => b.asked_at - a.asked_at);

/** A record is named only where the request is about one. */
export function askCorrection(store: Store, { id, about, record_id, words }: Asked, now: number): Promise<SaveResult> {
  const payload = trimmed({ id, about, record_id: about === 'record' ? record_id : undefined, words: words.trim() });
  return store.act({ name: 'corrections.ask', payload, shows: { kind: 'correction_request', row: { ...payload, state: 'asked', asked_at: now } as unknown as Row } });
}
