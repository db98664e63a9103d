/** Score sheets as they came, own objections to their lines, and what is due this month. */
import type { Facts, Line, RuleSet, Sheet } from '../evaluation/shapes';
import type { Id, Row, SaveResult, ShownRow, Store } from '../store/api';
import { dayOf } from '../text/days';
import { newId } from './ids';
import * as lists from './lists';
import type { HazardBody, RecordRow, Relook, VisitBody } from './shapes';
import { allTasks, ownTasks } from './tasks';

export const REASONS = ['miscounted', 'not_mine', 'no_opportunity', 'late_by_others', 'mark', 'other'] as const;
export type Reason = (typeof REASONS)[number];
export const MOST_WORDS = 500;
export const MOST_EVIDENCE = 10;
const MOST_OFFERED = 40;

export interface Objection {
  id: Id; indicator: string; stage: 1 | 2; reason: Reason; words?: string; evidence?: Id[]; at: number; answer_by?: string;
  outcome?: 'accepted' | 'kept'; answer_words?: string; answered_at?: number;
}
export interface EarlierSheet { version: number; at: number; total: string | null; sha256: string; points: Record<string, string> }
export interface ScoreSheet extends ShownRow {
  period: string; object_until: string | null; closed: boolean; rule_set_id: Id; at: number; average?: string;
  facts: Facts; sheet: Sheet; sheet_sha256: string; earlier: EarlierSheet[]; objections: Objection[];
}
export interface RuleSetRow extends Row { title: string; sha256: string; body: Omit<RuleSet, 'grades'> & { unit_zh: string; unit_en: string; title_en: string; document_no: string; grades: { code: string; from?: string; title_zh: string; title_en: string }[] } }

/** The newest period first. */
export const scoreSheets = async (store: Store): Promise<ScoreSheet[]> =>
  ((await store.list('score_sheet')) as unknown as ScoreSheet[]).filter((one) => one.sheet).sort((a, b) => lists.byText(b.period, a.period));
export const scoreSheet = async (store: Store, id: Id): Promise<ScoreSheet | undefined> => (await store.get('score_sheet', id)) as unknown as ScoreSheet | undefined;
export const ruleSetOf = async (store: Store, sheet: ScoreSheet): Promise<RuleSetRow | undefined> => (await store.get('rule_set', sheet.rule_set_id)) as unknown as RuleSetRow | undefined;

export const objectionsTo = (sheet: ScoreSheet, indicator: string): Objection[] => sheet.objections.filter((one) => one.indicator === indicator);
export const isDisputed = (sheet: ScoreSheet, line: Line): boolean => line.disputed || objectionsTo(sheet, line.indicator).some((one) => !one.outcome);
/** Within the window; once kept, once more to the county (the server knows until when). */
export function mayObject(sheet: ScoreSheet, indicator: string, today: string): boolean {
  const mine = objectionsTo(sheet, indicator);
  const last = mine[mine.length - 1];
  if (!last) return !!sheet.object_until && today <= sheet.object_until;
  return last.outcome === 'kept' && last.stage === 1;
}

const shows = (sheet: ScoreSheet, objections: Objection[]) => ({ kind: 'score_sheet', row: { ...sheet, objections } as unknown as Row });

/** The second tap: the reason saves it. Offline too; made in time counts as in time. */
export function objectTo(store: Store, sheet: ScoreSheet, indicator: string, reason: Reason, now: number): Promise<SaveResult> {
  const id = newId();
  const stage = objectionsTo(sheet, indicator).length ? 2 : 1;
  const made: Objection = { id, indicator, stage, reason, at: now };
  return store.act({ name: 'objections.make', payload: { id, sheet_id: sheet.id, indicator, reason }, shows: shows(sheet, [...sheet.objections, made]) });
}
export function sayMore(store: Store, sheet: ScoreSheet, objection: Objection, words: string, evidence: Id[]): Promise<SaveResult> {
  const objections = sheet.objections.map((one) => (one.id === objection.id ? { ...one, words, evidence } : one));
  return store.act({ name: 'objections.say', payload: { id: objection.id, words, evidence }, shows: shows(sheet, objections) });
}
/** Own records of the sheet's period that have arrived, the newest first: what may speak for an objection. */
export async function mayBeEvidence(store: Store, { facts }: ScoreSheet): Promise<RecordRow[]> {
  const { start, end } = facts.period, all = await lists.records(store, { limit: 1000 });
  return all.filter((one) => one.author_id === store.session.person.id && one.delivery === 'delivered' && start <= one.day && one.day <= end).slice(0, MOST_OFFERED);
}

export interface Due { kind: 'visits' | 'relooks' | 'tasks'; done: number; due: number }
/** Own duties of a month, done of due. What was refused, handed back or taken back is in neither. */
export async function dutiesOf(store: Store, month: string): Promise<Due[]> {
  const me = store.session.person.id, end = `${month}-31`;
  const all = await lists.records(store, { limit: 1000 });
  const mine = all.filter((record) => record.author_id === me && record.delivery !== 'refused');
  const visits = mine.filter((record) => record.kind === 'visit' && record.day.startsWith(month) && (record.body as unknown as VisitBody).plan_id);
  const roles = store.session.roles.map((held) => held.role);
  const open = lists.stillDue(await lists.visitPlans(store, end), mine, roles, end);
  const looks = all.flatMap((record) => promisedLooks(record, me)).filter(({ on }) => on.startsWith(month));
  const tasks = ownTasks(await allTasks(store), me).filter((task) => task.due_day.startsWith(month) && ['open', 'accepted', 'done'].includes(task.state));
  const found: Due[] = [
    { kind: 'visits', done: visits.length, due: visits.length + open.length },
    { kind: 'relooks', done: looks.filter(({ kept }) => kept).length, due: looks.length },
    { kind: 'tasks', done: tasks.filter((task) => task.state === 'done').length, due: tasks.length },
  ];
  return found.filter((one) => one.due > 0);
}

/** The looks that a person promised, at the report or at the look before, and whether anybody came. Looks of one day are one. */
export function promisedLooks({ kind, author_id, delivery, body }: RecordRow, me: Id): { on: string; kept: boolean }[] {
  if (kind !== 'hazard' || delivery === 'refused') return [];
  const { relook_on, relooks = [] } = body as unknown as HazardBody;
  const found = author_id === me && relook_on ? [{ on: relook_on, kept: relooks.length > 0 }] : [];
  let promised: Relook | undefined;
  const end = (kept: boolean) => { if (promised?.by_id === me) found.push({ on: promised.next_on!, kept }); promised = undefined; };
  for (const look of relooks) {
    if (promised && dayOf(look.at) > dayOf(promised.at)) end(true);
    if (look.outcome === 'fixed') promised = undefined;
    else if (look.next_on && look.next_on > dayOf(look.at)) promised = look;
  }
  end(false);
  return found;
}
