/** The acts of the emergency form, in the lane that goes before everything else: told with one tap, added to later. */
import type { Act, Id, SaveResult, Store } from '../../store/api';
import { ownRow, perform, trimmed } from '../../records/envelope';
import { HOLD_MS } from '../../records/save';
import { waitsFor } from '../../records/waits_for';
import type { Matter, RecordRow } from '../../records/shapes';
import { addition, bodyFor, reportFields, type EmergencyDraft } from './rules';

export async function saveEmergency(store: Store, id: Id, draft: EmergencyDraft, matter: Matter): Promise<SaveResult> {
  const fields = trimmed(reportFields(draft, matter));
  const photos = fields.photos as { sha256: string; role: 'scene' }[];
  const row = ownRow(store.session, {
    id, kind: 'emergency', grid_id: draft.grid_id, acted_at: Date.now(), body: bodyFor(draft), photos, matter, photo_gap: draft.photo_gap, obstructed: draft.obstructed, state: 'closed',
  });
  return perform(store, draft.replaces, {
    name: 'emergencies.report', lane: 'urgent', payload: { id, ...fields }, photos: photos.map((photo) => photo.sha256), shows: { kind: 'record', row: row as never }, draft_id: id,
    ...(draft.replaces ? {} : { hold_ms: HOLD_MS }),
  });
}

/** What followed; it never overtakes the report, and waits for one that is refused. */
export async function addToEmergency(store: Store, id: Id, draft: EmergencyDraft, matter: Matter | undefined): Promise<SaveResult> {
  const record = (await store.get('record', id)) as unknown as RecordRow | undefined;
  const photos = matter?.photo_policy === 'forbidden' ? [] : draft.photos;
  const row = record && { ...record, matter_code: matter?.code ?? record.matter_code, body: { ...record.body, ...bodyFor(draft) }, photos };
  const act: Act = {
    name: 'records.correct', lane: 'urgent', payload: { id, changes: addition(draft, matter) ?? { note: draft.note.trim() } }, base_version: draft.correcting!.base_version,
    photos: photos.map((photo) => photo.sha256), draft_id: id, ...(row ? { shows: { kind: 'record', row: row as never } } : {}), ...(await waitsFor(store, 'emergencies.report', id)),
  };
  return perform(store, draft.replaces, act);
}
