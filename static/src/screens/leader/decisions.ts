/** Who may decide what on this phone, and the acts of a decision. Reads are pure; each act is held 5 s for the undo. */
import { gridsAdvised, gridsLed } from '../../records/roles';
import { HOLD_MS } from '../../records/save';
import type { Matter, RecordRow, Team } from '../../records/shapes';
import type { SaveResult, SessionInfo, Store } from '../../store/api';

export const REASONS = ['unclear', 'wrong_place', 'wrong_matter', 'photo_unclear', 'other'] as const;
export type Reason = (typeof REASONS)[number];

/** Waiting records this person reviews: of a led grid, or of a team whose reviewer they are. Never their own, nor one they entered for another. */
export function toReview(records: RecordRow[], session: SessionInfo, teams: Team[]): RecordRow[] {
  const led = gridsLed(session), me = session.person.id;
  const reviewed = new Set(teams.filter((team) => team.reviewer_id === me).map((team) => team.id));
  return records
    .filter((record) => record.review.status === 'waiting' && record.author_id !== me && !(record.confirmation && record.entered_by_id === me))
    .filter((record) => (record.team_id ? reviewed.has(record.team_id) : led.includes(record.grid_id)))
    .sort(mostUrgentFirst);
}

/** Disputed returns that an adviser of the grid decides, inside a team any other member; not their own, nor their own return. */
export function toRule(records: RecordRow[], session: SessionInfo, teams: Team[]): RecordRow[] {
  const advised = gridsAdvised(session), me = session.person.id;
  const member = new Set(teams.filter((team) => team.members.some((one) => one.person_id === me)).map((team) => team.id));
  return records
    .filter((record) => record.review.status === 'disputed' && record.author_id !== me && record.review.by_id !== me)
    .filter((record) => (record.team_id ? member.has(record.team_id) : advised.includes(record.grid_id)))
    .sort(mostUrgentFirst);
}

/** Grave hazards first, then whatever lapses first, then the oldest. */
function mostUrgentFirst(a: RecordRow, b: RecordRow): number {
  const grave = (record: RecordRow) => (record.body.severity === 'major' ? 0 : 1);
  return grave(a) - grave(b) || String(a.review.due ?? '9').localeCompare(String(b.review.due ?? '9')) || a.acted_at - b.acted_at;
}

/** Low-risk matters without any hint of the rules may be passed together; a disputed return is ruled on, each by itself. */
export function lowRisk(records: RecordRow[], matters: Map<string, Matter>): RecordRow[] {
  return records.filter((record) => record.review.status === 'waiting' && matters.get(record.matter_code ?? '')?.low_risk && !record.review.hints?.length && !record.team_id);
}

function decide(store: Store, record: RecordRow, name: string, payload: Record<string, unknown>, status: RecordRow['review']['status'], more: object = {}): Promise<SaveResult> {
  const row = { ...record, review: { ...record.review, status, by_name: store.session.person.name, at: Date.now(), ...more } };
  return store.act({ name, payload: { record_id: record.id, ...payload }, base_version: record.version ?? 0, shows: { kind: 'record', row: row as never }, hold_ms: HOLD_MS });
}

export const approve = (store: Store, record: RecordRow): Promise<SaveResult> => decide(store, record, 'approvals.approve', {}, 'approved');

export function handBack(store: Store, record: RecordRow, reason: Reason, words: string): Promise<SaveResult> {
  const said = words.trim() ? { words: words.trim() } : {};
  return decide(store, record, 'approvals.return', { reason, ...said }, 'returned', { reason, ...said });
}

export function rule(store: Store, record: RecordRow, upheld: boolean, words: string): Promise<SaveResult> {
  const said = words.trim() ? { words: words.trim() } : {};
  return decide(store, record, 'approvals.rule', { upheld, ...said }, upheld ? 'approved' : 'returned', said);
}
