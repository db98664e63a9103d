/** A record told, held 5 s so that a wet finger can take it back, or corrected: the act of every plain form. */
import type { Id, Photo, SaveResult, Store } from '../store/api';
import { entered, ownRow, perform, trimmed, type Behalf, type Correcting } from './envelope';
import { HOLD_MS } from './save';
import type { Matter, PhotoGap, RecordKind, RecordRow } from './shapes';
import { waitsForHousehold } from './waits_for';

interface Plain { grid_id: Id; note: string; photo_gap?: PhotoGap | undefined; obstructed: boolean; correcting?: Correcting; replaces?: Id; on_behalf?: Behalf | undefined }
interface Told {
  kind: RecordKind;
  matter: Matter | undefined;
  /** the fields of `<kind>.report` (docs/wire.md §6) */
  fields: Record<string, unknown>;
  body: object;
  changes: Record<string, unknown> | undefined;
}

export async function reportOrCorrect(store: Store, id: Id, draft: Plain, { kind, matter, fields, body, changes }: Told): Promise<SaveResult> {
  const photos = fields.photos as Photo[];
  const hashes = photos.map((photo) => photo.sha256);
  if (draft.correcting) {
    const record = (await store.get('record', id)) as unknown as RecordRow | undefined;
    const row = record && { ...record, matter_code: matter?.code ?? record.matter_code, body, photos, review: { ...record.review, status: 'waiting' } };
    return perform(store, draft.replaces, {
      name: 'records.correct', payload: { id, changes: changes ?? { note: draft.note.trim() } }, base_version: draft.correcting.base_version, photos: hashes,
      ...(row ? { shows: { kind: 'record', row: row as never } } : {}), draft_id: id,
    });
  }
  const row = ownRow(store.session, { id, kind, grid_id: draft.grid_id, acted_at: Date.now(), body: body as never, photos, matter, photo_gap: draft.photo_gap, obstructed: draft.obstructed, state: 'closed' });
  return perform(store, draft.replaces, entered(store.session, draft.on_behalf, {
    name: `${kind}.report`, payload: { id, ...trimmed(fields) }, photos: hashes, shows: { kind: 'record', row: row as never }, draft_id: id, ...(draft.replaces ? {} : { hold_ms: HOLD_MS }),
    ...(await waitsForHousehold(store, fields.household_id as Id | undefined)),
  }));
}
