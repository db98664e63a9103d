/** The acts of the visit form: report and correct. */
import type { Id, SaveResult, Store } from '../../store/api';
import { changedFields, ownRow, perform, trimmed } from '../../records/envelope';
import type { Household, Matter, RecordRow } from '../../records/shapes';
import { bodyFor, correction, reportFields, type VisitDraft } from './rules';

export async function saveVisit(store: Store, id: Id, draft: VisitDraft, matter: Matter | undefined): Promise<SaveResult> {
  const photos = matter?.photo_policy === 'forbidden' ? [] : draft.photos;
  const hashes = photos.map((photo) => photo.sha256);
  if (draft.correcting) {
    const record = (await store.get('record', id)) as unknown as RecordRow | undefined;
    const row = record && { ...record, matter_code: draft.matter_code, body: { ...record.body, ...bodyFor(draft) }, photos, review: { ...record.review, status: 'waiting' } };
    return perform(store, draft.replaces, {
      name: 'records.correct', payload: { id, changes: correction(draft, matter) ?? { note: draft.note.trim() } }, base_version: draft.correcting.base_version, photos: hashes,
      ...(row ? { shows: { kind: 'record', row: row as never } } : {}), draft_id: id,
    });
  }
  const row = ownRow(store.session, {
    id, kind: 'visit', grid_id: draft.grid_id, acted_at: Date.now(), body: bodyFor(draft), photos, matter, photo_gap: draft.photo_gap, obstructed: draft.obstructed, state: 'closed',
  });
  return perform(store, draft.replaces, {
    name: 'visits.report', payload: { id, ...trimmed(reportFields(draft, matter)) }, photos: hashes, shows: { kind: 'record', row: row as never }, draft_id: id,
  });
}

/** A household that is not on the list yet: the least that a visit needs. */
export function saveHousehold(store: Store, household: { id: Id; micro_grid_id: Id; grid_id: Id; door: string; contact_name: string; contact_phone: string }): Promise<SaveResult> {
  const { grid_id, ...payload } = household;
  return store.act({ name: 'households.save', payload, shows: { kind: 'household', row: { ...payload, grid_id, initials: '' } } });
}

type HouseholdFields = Pick<Household, 'door' | 'contact_name' | 'contact_phone'>;

/** Sends the changed fields alone; the same again is no act worth a refusal. */
export function changeHousehold(store: Store, household: Household, fields: HouseholdFields): Promise<SaveResult> {
  const before = { door: household.door, contact_name: household.contact_name, contact_phone: household.contact_phone };
  const changes = changedFields(before, { ...fields });
  return store.act({
    name: 'households.save', payload: { id: household.id, changes: Object.keys(changes).length ? changes : { door: fields.door } }, base_version: household.version ?? 0,
    shows: { kind: 'household', row: { ...household, ...fields } },
  });
}

export function closeHousehold(store: Store, household: Household, reason: 'moved_out' | 'duplicate'): Promise<SaveResult> {
  return store.act({ name: 'households.close', payload: { id: household.id, reason }, base_version: household.version ?? 0, shows: { kind: 'household', row: { ...household, closed: true } } });
}
