/** Decisions of the visit form. Pure. */
import type { Id, Photo } from '../../store/api';
import { asCorrection, changedFields, trimmed, type Behalf, type Correcting } from '../../records/envelope';
import { isTyped, type HouseholdWords } from '../../records/household_acts';
import type { Matter, PhotoGap, RecordRow, VisitBody, VisitPlan } from '../../records/shapes';
import { addDays } from '../../text/days';

export const MODES: VisitBody['mode'][] = ['door', 'phone', 'street', 'office'];
export const TICKS = ['phone_ok', 'gas_ok', 'fire_ok', 'living_ok', 'medicine_ok'] as const;
export const NEEDS = ['repair', 'medical', 'errand', 'policy', 'talk', 'other'] as const;

export interface VisitDraft {
  grid_id: Id; matter_code?: string | undefined; household_id?: Id | undefined; place_id?: Id | undefined; plan_id?: Id | undefined; door?: string | undefined;
  mode: VisitBody['mode']; all_well: boolean; ticks: string[]; needs: string[]; note: string; next_on?: string | undefined;
  photos: Photo[]; photo_gap?: PhotoGap | undefined; obstructed: boolean; correcting?: Correcting; replaces?: Id; on_behalf?: Behalf | undefined;
  /** a household that is being added, until it is saved */
  adding?: HouseholdWords | undefined;
}

export function freshDraft(grid: Id): VisitDraft {
  return { grid_id: grid, mode: 'door', all_well: false, ticks: [], needs: [], note: '', photos: [], obstructed: false };
}

/** A due row opens the form with everything known filled in. */
export function draftForPlan(plan: VisitPlan, grid: Id, today: string): VisitDraft {
  return { ...freshDraft(grid), matter_code: plan.matter_code, household_id: plan.household_id, place_id: plan.place_id, plan_id: plan.id, door: plan.door, next_on: nextVisit(plan, today) };
}

/** The next visit is counted from the day of this one, not from the day it was due. */
export function nextVisit(plan: VisitPlan | undefined, today: string): string | undefined {
  return plan?.every_days ? addDays(today, plan.every_days) : undefined;
}

export const isWorthKeeping = (draft: VisitDraft): boolean => !!(draft.all_well || draft.ticks.length || draft.needs.length || draft.note || draft.photos.length || draft.obstructed || (draft.household_id && !draft.plan_id) || isTyped(draft.adding));

/** One thing that still has to be said, as a text key: where, about which matter, how it was. */
export function missing(draft: VisitDraft): 'household' | 'matter' | 'outcome' | undefined {
  if (!draft.household_id && !draft.place_id && (draft.mode === 'door' || draft.mode === 'phone')) return 'household';
  if (!draft.matter_code) return 'matter';
  const said = draft.all_well || draft.ticks.length || draft.needs.length || draft.note.trim() || draft.obstructed;
  return said ? undefined : 'outcome';
}

/** 一切正常 says all of it, so ticks stand beside it only when set by hand; a need ends it. */
export function withNeeds(needs: string[]): Partial<VisitDraft> {
  return needs.length ? { needs, all_well: false } : { needs };
}

export function reportFields(draft: VisitDraft, matter: Matter | undefined): Record<string, unknown> {
  const photos = matter?.photo_policy === 'forbidden' ? [] : draft.photos;
  return {
    grid_id: draft.grid_id, matter_code: draft.matter_code, household_id: draft.household_id, place_id: draft.place_id, plan_id: draft.plan_id, mode: draft.mode,
    all_well: draft.all_well, ticks: draft.ticks, needs: draft.needs, note: draft.note.trim(), next_on: draft.next_on, photos,
    photo_gap: photos.length || matter?.photo_policy === 'forbidden' ? undefined : draft.photo_gap, obstructed: draft.obstructed || undefined,
  };
}

export function bodyFor(draft: VisitDraft): VisitBody {
  return {
    mode: draft.mode, all_well: draft.all_well, ticks: draft.ticks, needs: draft.needs, note: draft.note.trim(),
    ...(draft.household_id ? { household_id: draft.household_id } : {}), ...(draft.place_id ? { place_id: draft.place_id } : {}),
    ...(draft.plan_id ? { plan_id: draft.plan_id } : {}), ...(draft.next_on ? { next_on: draft.next_on } : {}),
  };
}

export function draftFromRecord(record: RecordRow, matter: Matter | undefined): VisitDraft {
  const body = record.body as unknown as VisitBody;
  const draft: VisitDraft = {
    ...freshDraft(record.grid_id), matter_code: record.matter_code, household_id: body.household_id, place_id: body.place_id, plan_id: body.plan_id, mode: body.mode, all_well: body.all_well,
    ticks: body.ticks ?? [], needs: body.needs ?? [], note: body.note ?? '', next_on: body.next_on,
    photos: record.photos.map(({ sha256, role, taken_at }) => ({ sha256, role, ...(taken_at ? { taken_at } : {}) })), photo_gap: record.photo_gap, obstructed: !!record.obstructed,
  };
  return { ...draft, correcting: { base_version: record.version ?? 0, before: trimmed(reportFields(draft, matter)) } };
}

export function draftFromPayload(payload: Record<string, unknown>, replaces: Id): VisitDraft {
  const fields = payload as unknown as Partial<VisitDraft>;
  return { ...freshDraft(String(payload.grid_id ?? '')), ...fields, ticks: fields.ticks ?? [], needs: fields.needs ?? [], photos: fields.photos ?? [], obstructed: !!fields.obstructed, replaces };
}

export function correction(draft: VisitDraft, matter: Matter | undefined): Record<string, unknown> | undefined {
  if (!draft.correcting) return undefined;
  const { grid_id: _grid, plan_id: _plan, ...changes } = changedFields(draft.correcting, trimmed(reportFields(draft, matter)));
  return asCorrection(changes);
}
