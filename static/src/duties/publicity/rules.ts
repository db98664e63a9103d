/** Decisions of the publicity form. Pure. */
import type { Id, Photo } from '../../store/api';
import { asCorrection, changedFields, type Behalf, type Correcting } from '../../records/envelope';
import type { Matter, PhotoGap, PublicityBody, RecordRow } from '../../records/shapes';

export interface PublicityDraft {
  grid_id: Id; matter_code?: string | undefined; people: number; households: number; note: string;
  photos: Photo[]; photo_gap?: PhotoGap | undefined; obstructed: boolean; correcting?: Correcting; replaces?: Id; on_behalf?: Behalf | undefined;
}

export function freshDraft(grid: Id): PublicityDraft {
  return { grid_id: grid, people: 0, households: 0, note: '', photos: [], obstructed: false };
}

export const isWorthKeeping = (draft: PublicityDraft): boolean => !!(draft.matter_code || draft.people || draft.households || draft.note || draft.photos.length || draft.obstructed);

/** One thing that still has to be said, as a text key: about what, and how many were reached. */
export function missing(draft: PublicityDraft): 'matter' | 'reached' | undefined {
  if (!draft.matter_code) return 'matter';
  return draft.people || draft.households || draft.obstructed ? undefined : 'reached';
}

/** Why it is done, in one line: by the published plan, or within a time of the policy. */
export function dueKey(matter: Matter): 'publicity.by_plan' | 'publicity.within' | undefined {
  if (matter.deadline_unit === 'plan') return 'publicity.by_plan';
  return matter.deadline && matter.deadline_unit === 'working_days' ? 'publicity.within' : undefined;
}

const sent = (draft: PublicityDraft, matter: Matter | undefined): Photo[] => (matter?.photo_policy === 'forbidden' ? [] : draft.photos);

/** The fields of `publicity.report` (docs/wire.md §6). A forbidden photo never leaves the form. */
export function reportFields(draft: PublicityDraft, matter: Matter | undefined): Record<string, unknown> {
  const photos = sent(draft, matter);
  return {
    grid_id: draft.grid_id, matter_code: draft.matter_code, people: draft.people, households: draft.households, note: draft.note.trim(), photos,
    photo_gap: photos.length || matter?.photo_policy === 'forbidden' ? undefined : draft.photo_gap, obstructed: draft.obstructed || undefined,
  };
}

/** What of it may be corrected. */
const correctable = (draft: PublicityDraft, matter: Matter | undefined): Record<string, unknown> =>
  ({ matter_code: draft.matter_code, people: draft.people, households: draft.households, note: draft.note.trim(), photos: sent(draft, matter) });

export const bodyFor = (draft: PublicityDraft): PublicityBody => ({ people: draft.people, households: draft.households, note: draft.note.trim() });

export function draftFromRecord(record: RecordRow, matter: Matter | undefined): PublicityDraft {
  const body = record.body as unknown as PublicityBody;
  const draft: PublicityDraft = {
    ...freshDraft(record.grid_id), matter_code: record.matter_code, people: body.people ?? 0, households: body.households ?? 0, note: body.note ?? '',
    photos: record.photos.map(({ sha256, role, taken_at }) => ({ sha256, role, ...(taken_at ? { taken_at } : {}) })), photo_gap: record.photo_gap, obstructed: !!record.obstructed,
  };
  return { ...draft, correcting: { base_version: record.version ?? 0, before: correctable(draft, matter) } };
}

export function draftFromPayload(payload: Record<string, unknown>, replaces: Id): PublicityDraft {
  const fields = payload as unknown as Partial<PublicityDraft>;
  return { ...freshDraft(String(payload.grid_id ?? '')), ...fields, photos: fields.photos ?? [], obstructed: !!fields.obstructed, replaces };
}

export function correction(draft: PublicityDraft, matter: Matter | undefined): Record<string, unknown> | undefined {
  if (!draft.correcting) return undefined;
  return asCorrection(changedFields(draft.correcting, correctable(draft, matter)));
}
