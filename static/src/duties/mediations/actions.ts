/** The acts of mediations: report, correct, go on. No photo ever goes with one. */
import type { Id, SaveResult, Store } from '../../store/api';
import { ownRow, perform, trimmed } from '../../records/envelope';
import { waitsFor } from '../../records/waits_for';
import type { Matter, MediationBody, RecordRow } from '../../records/shapes';
import { afterStep, bodyFor, correction, isEnded, reportFields, stepFields, type MediationDraft, type StepDraft } from './rules';

export async function saveMediation(store: Store, id: Id, draft: MediationDraft, matter: Matter | undefined): Promise<SaveResult> {
  const body = bodyFor(draft);
  if (draft.correcting) {
    const record = (await store.get('record', id)) as unknown as RecordRow | undefined;
    const row = record && { ...record, body: { ...body, steps: (record.body as unknown as MediationBody).steps ?? [] }, state: isEnded(body) ? 'closed' : 'open', review: { ...record.review, status: 'waiting' } };
    return perform(store, draft.replaces, {
      name: 'records.correct', payload: { id, changes: correction(draft) ?? { note: body.note } }, base_version: draft.correcting.base_version,
      ...(row ? { shows: { kind: 'record', row: row as never } } : {}), draft_id: id,
    });
  }
  const row = ownRow(store.session, { id, kind: 'mediation', grid_id: draft.grid_id, acted_at: Date.now(), body, photos: [], matter, obstructed: draft.obstructed, state: isEnded(body) ? 'closed' : 'open' });
  return perform(store, draft.replaces, { name: 'mediations.report', payload: { id, ...trimmed(reportFields(draft)) }, shows: { kind: 'record', row: row as never }, draft_id: id });
}

/** It waits for a report that is refused, and never overtakes one. */
export async function saveStep(store: Store, id: Id, record: RecordRow, draft: StepDraft): Promise<SaveResult> {
  const body = afterStep(record.body as unknown as MediationBody, draft, { id, at: Date.now(), by_name: store.session.person.name });
  return store.act({
    name: 'mediations.step', payload: { id, mediation_id: record.id, ...trimmed(stepFields(draft)) },
    shows: { kind: 'record', row: { ...record, body, state: isEnded(body) ? 'closed' : 'open' } as never }, draft_id: id, ...(await waitsFor(store, 'mediations.report', record.id)),
  });
}
