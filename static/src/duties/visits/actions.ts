/** The acts of the visit form: report and correct. */
import type { Id, SaveResult, Store } from '../../store/api';
import { entered, ownRow, perform, trimmed } from '../../records/envelope';
import type { Matter, RecordRow } from '../../records/shapes';
import { waitsForHousehold } from '../../records/waits_for';
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
  return perform(store, draft.replaces, entered(store.session, draft.on_behalf, {
    name: 'visits.report', payload: { id, ...trimmed(reportFields(draft, matter)) }, photos: hashes, shows: { kind: 'record', row: row as never }, draft_id: id,
    ...(await waitsForHousehold(store, draft.household_id)),
  }));
}
