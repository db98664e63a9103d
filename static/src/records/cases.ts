/** Cases: what became of a record that needs more than the grid. The phone reads them; a leader verifies the result. */
import type { Id, Row, SaveResult, SessionInfo, Store } from '../store/api';
import { gridsLed } from './roles';
import { HOLD_MS } from './save';

export const MOST_WORDS = 500;
export type CaseState = 'accepted' | 'assigned' | 'in_progress' | 'suspended' | 'contested' | 'done_reported' | 'verified' | 'closed' | 'not_verified';
export interface CaseStep { step: string; at: number; by_name?: string; unit_name?: string; words?: string; photo?: string }
export interface Case extends Row {
  record_id: Id; grid_id: Id; matter_code: string; level: string; state: CaseState; opened_at: number; due_at?: number; due_day?: string; verify_by?: string;
  lead_name?: string; helpers: string[]; grid_helps?: boolean; steps: CaseStep[];
}

export const caseOf = async (store: Store, record: Id): Promise<Case | undefined> => ((await store.list('case')) as unknown as Case[]).find((one) => one.record_id === record);
export const mayVerify = (one: Case, session: SessionInfo): boolean => one.state === 'done_reported' && gridsLed(session).includes(one.grid_id);

/** Settled, or sent back with words: of the version seen. */
export function verify(store: Store, one: Case, settled: boolean, words = ''): Promise<SaveResult> {
  const step: CaseStep = { step: settled ? 'verified' : 'sent_back', at: Date.now(), by_name: store.session.person.name, ...(words ? { words } : {}) };
  const row: Case = { ...one, state: settled ? 'verified' : 'in_progress', steps: [...one.steps, step] };
  return store.act({ name: 'cases.verify', payload: { case_id: one.id, settled, words }, base_version: one.version ?? 0, shows: { kind: 'case', row: row as Row }, hold_ms: HOLD_MS });
}
