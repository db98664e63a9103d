/** Decisions of the hazard form. Pure: days, rows and the person are arguments. */
import type { Id, Photo } from '../../store/api';
import type { HazardBody, Matter, PhotoGap, PlaceOfHazard, RecordRow } from '../../records/shapes';
import { asCorrection, changedFields, trimmed, type Behalf, type Correcting } from '../../records/envelope';
import { addDays } from '../../text/days';

export interface HazardDraft {
  grid_id: Id; matter_code?: string; severity: HazardBody['severity']; advice: string[]; advised_fix_by?: string | undefined; fixed_on_spot: boolean;
  relook_on?: string | undefined; note: string; place: PlaceOfHazard; place_id?: Id | undefined; place_words: string; patrol_id?: Id | undefined;
  photos: Photo[]; photo_gap?: PhotoGap | undefined; obstructed: boolean; same_as?: Id | undefined;
  correcting?: Correcting; replaces?: Id; on_behalf?: Behalf | undefined;
}

export interface Preset { severity: HazardBody['severity']; advice: string[]; advised_fix_by?: string | undefined; relook_on?: string | undefined }

/** What the matter proposes; shown in one line, every part of it can be changed. */
export function presetFor(matter: Matter, today: string): Preset {
  return {
    severity: 'general',
    advice: matter.advice?.[0] ? [matter.advice[0].code] : [],
    advised_fix_by: matter.fix_days ? addDays(today, matter.fix_days) : undefined,
    relook_on: matter.relook_days ? addDays(today, matter.relook_days) : undefined,
  };
}

/** The day of the next look, counted from the day of this one: none when it is fixed or the day was taken away (''). */
export function nextOn({ outcome, next_on }: { outcome?: string; next_on?: string }, matter: Matter | undefined, day: string): string | undefined {
  if (!outcome || outcome === 'fixed' || next_on === '') return undefined;
  return next_on && next_on > day ? next_on : matter && presetFor(matter, day).relook_on;
}

export function freshDraft(grid: Id, patrol?: Id): HazardDraft {
  return { grid_id: grid, severity: 'general', advice: [], fixed_on_spot: false, note: '', place: { source: 'none' }, place_words: '', photos: [], obstructed: false, ...(patrol ? { patrol_id: patrol } : {}) };
}

/** There is something to lose once a person chose or wrote anything; a fix alone is nothing. */
export const isWorthKeeping = (draft: HazardDraft): boolean => !!(draft.matter_code || draft.note || draft.place_words || draft.photos.length || draft.obstructed);

/** Why it cannot be saved yet, as a text key; nothing but the matter is ever demanded. */
export const missing = (draft: HazardDraft): 'matter' | undefined => (draft.matter_code ? undefined : 'matter');

/** The fields of `hazards.report` (docs/wire.md §6). A forbidden photo never leaves the form. */
export function reportFields(draft: HazardDraft, matter: Matter | undefined): Record<string, unknown> {
  const photos = matter?.photo_policy === 'forbidden' ? [] : draft.photos.filter((photo) => photo.role === 'scene' || draft.fixed_on_spot);
  return {
    grid_id: draft.grid_id, matter_code: draft.matter_code, severity: draft.severity, advice: draft.advice,
    advised_fix_by: draft.fixed_on_spot ? undefined : draft.advised_fix_by, fixed_on_spot: draft.fixed_on_spot,
    relook_on: draft.fixed_on_spot ? undefined : draft.relook_on, note: draft.note.trim(), place: draft.place, place_id: draft.place_id,
    place_words: draft.place_words.trim(), patrol_id: draft.patrol_id, photos,
    photo_gap: photos.length ? undefined : draft.photo_gap, obstructed: draft.obstructed || undefined, same_as: draft.same_as,
  };
}

/** The row that lists show at once. */
export function bodyFor(draft: HazardDraft): HazardBody {
  return {
    severity: draft.severity, advice: draft.advice, fixed_on_spot: draft.fixed_on_spot, note: draft.note.trim(), place: draft.place,
    ...(draft.same_as ? { same_as: draft.same_as } : {}), ...(draft.place_words ? { place_words: draft.place_words.trim() } : {}), ...(draft.place_id ? { place_id: draft.place_id } : {}),
    ...(!draft.fixed_on_spot && draft.advised_fix_by ? { advised_fix_by: draft.advised_fix_by } : {}), ...(!draft.fixed_on_spot && draft.relook_on ? { relook_on: draft.relook_on } : {}), relooks: [],
  };
}

export function draftFromRecord(record: RecordRow, matter: Matter | undefined): HazardDraft {
  const body = record.body as unknown as HazardBody;
  const draft: HazardDraft = {
    grid_id: record.grid_id, ...(record.matter_code ? { matter_code: record.matter_code } : {}), severity: body.severity, advice: body.advice ?? [], advised_fix_by: body.advised_fix_by,
    fixed_on_spot: body.fixed_on_spot, relook_on: body.relook_on, note: body.note ?? '', place: body.place ?? { source: 'none' }, place_id: body.place_id,
    place_words: body.place_words ?? '', patrol_id: record.patrol_id, photos: record.photos.map(({ sha256, role, taken_at }) => ({ sha256, role, ...(taken_at ? { taken_at } : {}) })),
    photo_gap: record.photo_gap, obstructed: !!record.obstructed, same_as: body.same_as,
  };
  return { ...draft, correcting: { base_version: record.version ?? 0, before: trimmed(reportFields(draft, matter)) } };
}

export function draftFromPayload(payload: Record<string, unknown>, replaces: Id): HazardDraft {
  const fields = payload as unknown as Partial<HazardDraft>;
  return { ...freshDraft(String(payload.grid_id ?? '')), ...fields, photos: fields.photos ?? [], obstructed: !!fields.obstructed, replaces };
}

/** Changes to send; `undefined` when nothing differs. Grid, patrol and what it is the same as stay as they are in an arrived record. */
export function correction(draft: HazardDraft, matter: Matter | undefined): Record<string, unknown> | undefined {
  if (!draft.correcting) return undefined;
  const { grid_id: _grid, patrol_id: _patrol, same_as: _same, ...changes } = changedFields(draft.correcting, trimmed(reportFields(draft, matter)));
  return asCorrection(changes);
}
