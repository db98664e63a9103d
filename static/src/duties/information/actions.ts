/** The act of the information form. */
import type { Id, SaveResult, Store } from '../../store/api';
import { reportOrCorrect } from '../../records/report';
import type { Matter } from '../../records/shapes';
import { bodyFor, correction, reportFields, type InformationDraft } from './rules';

export const saveInformation = (store: Store, id: Id, draft: InformationDraft, matter: Matter | undefined): Promise<SaveResult> =>
  reportOrCorrect(store, id, draft, { kind: 'information', matter, fields: reportFields(draft, matter), body: bodyFor(draft), changes: correction(draft, matter) });
