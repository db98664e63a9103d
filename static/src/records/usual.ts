/** Which matters a person is offered first. Pure. */
import { byText } from './lists';
import type { Id } from '../store/api';
import type { Matter, RecordKind, RecordRow } from './shapes';

export const USUAL = 6;

/** The matters this person logs most in this grid come first; then those open to everybody (class S last), by code. */
export function usualMatters(matters: Matter[], records: RecordRow[], me: Id, grid: Id, kind: RecordKind, count: number = USUAL): Matter[] {
  const uses = new Map<string, number>();
  for (const record of records) {
    if (record.kind === kind && record.author_id === me && record.grid_id === grid && record.matter_code) uses.set(record.matter_code, (uses.get(record.matter_code) ?? 0) + 1);
  }
  const isTeams = (matter: Matter) => (matter.data_class === 'S' ? 1 : 0);
  return [...matters].sort((a, b) => (uses.get(b.code) ?? 0) - (uses.get(a.code) ?? 0) || isTeams(a) - isTeams(b) || byText(a.code, b.code)).slice(0, count);
}
