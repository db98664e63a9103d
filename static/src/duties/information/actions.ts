/** The acts of the information form: report, held 5 s so that a wet finger can take it back, and correct. */
import type { Id, SaveResult, Store } from '../../store/api';
import { ownRow, perform, trimmed } from '../../records/envelope';
import { HOLD_MS } from '../../records/save';
import type { Matter, RecordRow } from '../../records/shapes';
import { bodyFor, correction, reportFields, type InformationDraft } from './rules';

export async function saveInformation(store: Store, id: Id, draft: InformationDraft, matter: Matter | undefined): Promise<SaveResult> {
  const fields = reportFields(draft, matter);
  const photos = fields.photos as InformationDraft['photos'];
  const hashes = photos.map((photo) => photo.sha256);
  if (draft.correcting) {
    const record = (await store.get('record', id)) as unknown as RecordRow | undefined;
    const row = record && { ...record, body: bodyFor(draft), photos, review: { ...record.review, status: 'waiting' } };
    return perform(store, draft.replaces, {
      name: 'records.correct', payload: { id, changes: correction(draft, matter) ?? { note: draft.note.trim() } }, base_version: draft.correcting.base_version, photos: hashes,
      ...(row ? { shows: { kind: 'record', row: row as never } } : {}), draft_id: id,
    });
  }
  const row = ownRow(store.session, {
    id, kind: 'information', grid_id: draft.grid_id, acted_at: Date.now(), body: bodyFor(draft), photos, matter, photo_gap: draft.photo_gap, obstructed: draft.obstructed, state: 'closed',
  });
  return perform(store, draft.replaces, {
    name: 'information.report', payload: { id, ...trimmed(fields) }, photos: hashes, shows: { kind: 'record', row: row as never }, draft_id: id, ...(draft.replaces ? {} : { hold_ms: HOLD_MS }),
  });
}
