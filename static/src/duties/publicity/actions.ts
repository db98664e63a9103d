/** The act of the publicity form. */
import type { Id, SaveResult, Store } from '../../store/api';
import { reportOrCorrect } from '../../records/report';
import type { Matter } from '../../records/shapes';
import { bodyFor, correction, reportFields, type PublicityDraft } from './rules';

export const savePublicity = (store: Store, id: Id, draft: PublicityDraft, matter: Matter | undefined): Promise<SaveResult> =>
  reportOrCorrect(store, id, draft, { kind: 'publicity', matter, fields: reportFields(draft, matter), body: bodyFor(draft), changes: correction(draft, matter) });
