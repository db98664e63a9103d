/** Typed reads that several screens share; each is one question to the store. */
import type { Id, Store } from '../store/api';
import { today } from '../text/days';
import type { Duty, Grid, Matter, MicroGrid, Place, RecordRow, Staff, Team, VisitBody, VisitPlan } from './shapes';

/** Codes, days and doors in the order of their characters: the first `localeCompare` costs a slow phone 60 ms. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const rows = async <T,>(store: Store, kind: string, where?: Parameters<Store['list']>[1]): Promise<T[]> => (await store.list(kind, where)) as unknown as T[];

export const grids = (store: Store) => rows<Grid>(store, 'grid');
export const microGrids = (store: Store) => rows<MicroGrid>(store, 'micro_grid');
export const staff = (store: Store) => rows<Staff>(store, 'staff');
export const teams = (store: Store) => rows<Team>(store, 'team');
export const places = (store: Store) => rows<Place>(store, 'place');
export const visitPlans = (store: Store, dueTo?: string) => rows<VisitPlan>(store, 'visit_plan', dueTo ? { due_to: dueTo } : undefined);

/** How far back a screen looks at once; a phone may hold 10,000 records and opens only what it shows. */
export const RECENT = 300;

export async function records(store: Store, where: { state?: string; due_to?: string; limit?: number } = { limit: RECENT }): Promise<RecordRow[]> {
  return (await rows<RecordRow>(store, 'record', where)).sort((a, b) => b.acted_at - a.acted_at);
}

/** Own records that the server would not take, found through the outbox. */
export async function refusedRecords(store: Store): Promise<RecordRow[]> {
  if (!store.status().refused) return [];
  const ids = new Set((await store.outbox()).filter((item) => item.state === 'refused' && item.shows?.kind === 'record').map((item) => item.shows!.id));
  const found = await Promise.all([...ids].map((id) => recordById(store, id)));
  return found.filter((record): record is RecordRow => !!record && record.delivery === 'refused');
}

export async function recordById(store: Store, id: Id): Promise<RecordRow | undefined> {
  return (await store.get('record', id)) as unknown as RecordRow | undefined;
}

export async function mattersInForce(store: Store, duty?: Duty, day: string = today()): Promise<Matter[]> {
  return (await rows<Matter>(store, 'matter')).filter((matter) => (!duty || matter.duty === duty) && isInForce(matter, day)).sort((a, b) => byText(a.code, b.code));
}

export function isInForce(matter: Matter, day: string): boolean {
  return matter.from <= day && (!matter.to || day < matter.to);
}

export async function matterByCode(store: Store): Promise<Map<string, Matter>> {
  return new Map((await rows<Matter>(store, 'matter')).map((matter) => [matter.code, matter]));
}

/** Plans due by `day` that no own visit has answered yet; the most urgent first. */
export function stillDue(plans: VisitPlan[], visits: RecordRow[], roles: string[], day: string): VisitPlan[] {
  const answered = new Map<Id, string>();
  for (const visit of visits) {
    const plan = (visit.body as unknown as VisitBody).plan_id;
    if (visit.kind === 'visit' && plan && visit.delivery !== 'refused' && visit.day > (answered.get(plan) ?? '')) answered.set(plan, visit.day);
  }
  return plans
    .filter((plan) => plan.due <= day && (!plan.for_role || roles.includes(plan.for_role)))
    .filter((plan) => { const done = answered.get(plan.id); return !done || (plan.last_visit ?? '') >= done; })
    .sort((a, b) => byText(a.due, b.due) || byText(a.door, b.door));
}
