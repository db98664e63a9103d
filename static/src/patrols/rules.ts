/** Decisions of a patrol. Pure. Nothing here knows a track, a length or a duration, and nothing may. */
import type { Id, Photo } from '../store/api';
import { metresBetween, type LngLat } from '../maps/projection';
import { asCorrection, changedFields, trimmed, type Correcting } from '../records/envelope';
import type { CheckDone, PatrolBody, Place, RecordRow } from '../records/shapes';

export interface PatrolDraft { grid_id: Id; checks: CheckDone[]; note: string; photos: Photo[]; obstructed: boolean; correcting?: Correcting; replaces?: Id }
export type CheckResult = CheckDone['result'];

const TOO_VAGUE_M = 200;

export const freshDraft = (grid: Id): PatrolDraft => ({ grid_id: grid, checks: [], note: '', photos: [], obstructed: false });

export function plannedPoints(places: Place[], grid: Id): Place[] {
  return places.filter((place) => place.kind === 'check_point' && place.in_plan && place.grid_id === grid).sort((a, b) => a.name.localeCompare(b.name, 'zh'));
}

/** What of a fix may leave the phone: how exact it was, and on which side of the point's circle. */
export function placeOfFix(fix: LngLat & { accuracy_m: number } | undefined, point: Pick<Place, 'lng' | 'lat' | 'radius_m'>): CheckDone['fix'] {
  if (!fix) return undefined;
  if (fix.accuracy_m > TOO_VAGUE_M) return { accuracy_m: fix.accuracy_m, inside: 'unknown' };
  const away = metresBetween(fix, point);
  if (away <= point.radius_m + fix.accuracy_m) return { accuracy_m: fix.accuracy_m, inside: 'inside' };
  return { accuracy_m: fix.accuracy_m, inside: 'outside' };
}

/** One answer per point: a later one replaces the earlier. */
export function withCheck(checks: CheckDone[], check: CheckDone): CheckDone[] {
  return [...checks.filter((one) => one.place_id !== check.place_id), check];
}

/** A fix that came after the tap joins its check, unless the answer was changed since. */
export function withFix(checks: CheckDone[], place_id: Id, at: number, fix: CheckDone['fix']): CheckDone[] {
  return checks.map((check) => (check.place_id === place_id && check.at === at && fix ? { ...check, fix } : check));
}

export function checkAt(place: Place, result: CheckResult, at: number): CheckDone {
  return { place_id: place.id, place_name: place.name, result, at, matters: place.matters ?? [] };
}

export const lookedAt = (checks: CheckDone[]): number => checks.filter((check) => check.result !== 'not_reached').length;

/** Something was looked at, or nothing was planned: then, or when a walk that is corrected was told. */
export const canFinish = (draft: PatrolDraft, planned: number): boolean => !!draft.checks.length || !planned || (draft.correcting?.before.checks as CheckDone[] | undefined)?.length === 0;

/** It would tell nothing at all, perhaps because the points are not on this phone yet: worth a second tap. */
export const isBare = (draft: PatrolDraft, hazards: number): boolean => !draft.checks.length && !draft.note.trim() && !hazards && !draft.correcting;

/** Points marked as a hazard of which none was written down; `places`: of the hazards that were. Worth a second tap, too. */
export const withoutHazard = (draft: PatrolDraft, places: unknown[]): number => draft.checks.filter(({ result, place_id }) => result === 'hazard' && !places.includes(place_id)).length;

export function reportFields(draft: PatrolDraft): Record<string, unknown> {
  return {
    grid_id: draft.grid_id, note: draft.note.trim(), photos: draft.photos, obstructed: draft.obstructed || undefined,
    checks: draft.checks.map(({ place_id, result, at, matters, fix }) => ({ place_id, result, at, ...(matters.length ? { matters } : {}), ...(fix ? { fix } : {}) })),
  };
}

export function bodyFor(draft: PatrolDraft, planned: number): PatrolBody {
  return { checks: draft.checks, planned, looked_at: lookedAt(draft.checks), ...(draft.note.trim() ? { note: draft.note.trim() } : {}) };
}

export function draftFromRecord(record: RecordRow): PatrolDraft {
  const body = record.body as unknown as PatrolBody;
  const draft: PatrolDraft = { grid_id: record.grid_id, checks: body.checks ?? [], note: body.note ?? '', photos: record.photos.map(({ sha256, role }) => ({ sha256, role })), obstructed: !!record.obstructed };
  return { ...draft, correcting: { base_version: record.version ?? 0, before: trimmed(reportFields(draft)) } };
}

export function draftFromPayload(payload: Record<string, unknown>, places: Place[], replaces: Id): PatrolDraft {
  const names = new Map(places.map((place) => [place.id, place.name]));
  const checks = ((payload.checks as CheckDone[] | undefined) ?? []).map((check) => ({ ...check, matters: check.matters ?? [], place_name: names.get(check.place_id) ?? '' }));
  return { ...freshDraft(String(payload.grid_id ?? '')), note: String(payload.note ?? ''), photos: (payload.photos as Photo[] | undefined) ?? [], obstructed: !!payload.obstructed, checks, replaces };
}

export function correction(draft: PatrolDraft): Record<string, unknown> | undefined {
  if (!draft.correcting) return undefined;
  const { grid_id: _grid, ...changes } = changedFields(draft.correcting, trimmed(reportFields(draft)));
  return asCorrection(changes);
}
