/** The acts of a patrol: told once, at its finish (decision 0002), held 5 s so that a wet finger can take it back. */
import type { Id, SaveResult, Store } from '../store/api';
import { ownRow, perform, trimmed } from '../records/envelope';
import { HOLD_MS } from '../records/save';
import type { RecordRow } from '../records/shapes';
import { bodyFor, correction, reportFields, type PatrolDraft } from './rules';

export async function finishPatrol(store: Store, id: Id, draft: PatrolDraft, planned: number, isReviewed: boolean): Promise<SaveResult> {
  const hashes = draft.photos.map((photo) => photo.sha256);
  if (draft.correcting) {
    const record = (await store.get('record', id)) as unknown as RecordRow | undefined;
    const row = record && { ...record, body: { ...record.body, ...bodyFor(draft, planned) }, review: { ...record.review, status: 'waiting' } };
    return perform(store, draft.replaces, {
      name: 'records.correct', payload: { id, changes: correction(draft) ?? { note: draft.note.trim() } }, base_version: draft.correcting.base_version, photos: hashes,
      ...(row ? { shows: { kind: 'record', row: row as never } } : {}), draft_id: id,
    });
  }
  const row = ownRow(store.session, { id, kind: 'patrol', grid_id: draft.grid_id, acted_at: Date.now(), body: bodyFor(draft, planned), photos: draft.photos, obstructed: draft.obstructed, state: 'closed', reviewed: isReviewed });
  return perform(store, draft.replaces, {
    name: 'patrols.report', payload: { id, photos: [], ...trimmed(reportFields(draft)) }, photos: hashes, shows: { kind: 'record', row: row as never }, draft_id: id, ...(draft.replaces ? {} : { hold_ms: HOLD_MS }),
  });
}
