/** 指导意见: an adviser's few words on a colleague's record. It decides nothing and leaves the version as it is. */
import type { SaveResult, SessionInfo, Store } from '../store/api';
import { gridsAdvised } from './roles';
import type { RecordRow } from './shapes';

export const MOST_WORDS = 500;

/** The adviser of its grid, on what others wrote and the platform has; what lives in a team is the team's. */
export const mayComment = (record: RecordRow, session: SessionInfo): boolean =>
  !record.team_id && record.author_id !== session.person.id && record.version !== undefined && gridsAdvised(session).includes(record.grid_id);

export function comment(store: Store, record: RecordRow, words: string): Promise<SaveResult> {
  const step = { at: Date.now(), by_name: store.session.person.name, step: 'commented', words: words.trim() };
  const row = { ...record, history: [...(record.history ?? []), step] };
  return store.act({ name: 'records.comment', payload: { record_id: record.id, words: step.words }, shows: { kind: 'record', row: row as never } });
}
