/** The acts of the hazard form: report, correct, re-look. Each is one write to the store. */
import type { Id, SaveResult, Store } from '../../store/api';
import type { HazardBody, Matter, RecordRow, Relook } from '../../records/shapes';
import { entered, ownRow, perform, trimmed } from '../../records/envelope';
import { waitsFor } from '../../records/waits_for';
import { bodyFor, correction, reportFields, type HazardDraft } from './rules';

export async function saveHazard(store: Store, id: Id, draft: HazardDraft, matter: Matter | undefined): Promise<SaveResult> {
  if (draft.correcting) return correctHazard(store, id, draft, matter);
  const fields = trimmed(reportFields(draft, matter));
  const photos = fields.photos as { sha256: string; role: 'scene' | 'after' }[];
  const row = ownRow(store.session, {
    id, kind: 'hazard', grid_id: draft.grid_id, acted_at: Date.now(), body: bodyFor(draft), photos, matter, patrol_id: draft.patrol_id,
    photo_gap: draft.photo_gap, obstructed: draft.obstructed, state: draft.fixed_on_spot ? 'closed' : 'open',
  });
  return perform(store, draft.replaces, entered(store.session, draft.on_behalf, {
    name: 'hazards.report', payload: { id, ...fields }, photos: photos.map((photo) => photo.sha256), shows: { kind: 'record', row: row as never }, draft_id: id,
  }));
}

async function correctHazard(store: Store, id: Id, draft: HazardDraft, matter: Matter | undefined): Promise<SaveResult> {
  const record = (await store.get('record', id)) as unknown as RecordRow | undefined;
  const photos = matter?.photo_policy === 'forbidden' ? [] : draft.photos;
  const changes = correction(draft, matter) ?? { note: draft.note.trim() };
  const row = record && { ...record, matter_code: draft.matter_code, body: { ...record.body, ...bodyFor(draft), relooks: (record.body as unknown as HazardBody).relooks ?? [] }, photos, review: { ...record.review, status: 'waiting' } };
  return perform(store, draft.replaces, {
    name: 'records.correct', payload: { id, changes }, base_version: draft.correcting!.base_version, photos: photos.map((photo) => photo.sha256),
    ...(row ? { shows: { kind: 'record', row: row as never } } : {}), draft_id: id,
  });
}

export interface RelookDraft {
  outcome?: Relook['outcome']; note: string; photos: { sha256: string; role: 'scene' | 'after'; taken_at?: number }[]; photo_gap?: RecordRow['photo_gap']; next_on?: string; replaces?: Id;
}

/** A refused look as its form had it; what it leans on may have changed since. */
export function relookFromPayload(payload: Record<string, unknown>, replaces: Id): RelookDraft & { hazard: Id } {
  const { id: _id, hazard_id, ...fields } = payload as unknown as Partial<RelookDraft> & { id: Id; hazard_id: Id };
  return { ...fields, note: fields.note ?? '', photos: fields.photos ?? [], hazard: hazard_id, replaces };
}

/** `next_on` is the day of the next look (`nextOn`). It waits for a hazard that is refused, and never overtakes one. */
export async function saveRelook(store: Store, id: Id, hazard: RecordRow, draft: RelookDraft, next_on: string | undefined): Promise<SaveResult> {
  const body = hazard.body as unknown as HazardBody;
  const photo_gap = draft.photos.length ? undefined : draft.photo_gap;
  const relook: Relook = {
    id, at: Date.now(), by_name: store.session.person.name, outcome: draft.outcome!, note: draft.note.trim(), photos: draft.photos.map((photo) => photo.sha256),
    ...(photo_gap && { photo_gap }), ...(next_on && { next_on, by_id: store.session.person.id }),
  };
  const others = (body.relooks ?? []).filter((look) => look.id !== id);
  return perform(store, draft.replaces, {
    name: 'hazards.relook',
    payload: trimmed({ id, hazard_id: hazard.id, outcome: draft.outcome, note: draft.note.trim(), photos: draft.photos, photo_gap, next_on }),
    photos: draft.photos.map((photo) => photo.sha256),
    shows: { kind: 'record', row: { ...hazard, state: draft.outcome === 'fixed' ? 'closed' : 'open', body: { ...body, relooks: [...others, relook] } } as never },
    draft_id: id,
    ...(hazard.version === undefined ? await waitsFor(store, 'hazards.report', hazard.id) : {}),
  });
}
