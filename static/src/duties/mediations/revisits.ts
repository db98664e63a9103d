/** Which mediations ask for their return visit. A file of its own, because the first page asks it. Pure. */
import type { Id } from '../../store/api';
import type { RecordRow } from '../../records/shapes';

/** Own mediations whose day has come; a return visit made on this phone has already taken the day away. */
export const revisitsDue = (records: RecordRow[], day: string, me: Id): RecordRow[] =>
  records.filter(({ kind, author_id, body, delivery }) => kind === 'mediation' && author_id === me && delivery !== 'refused' && typeof body.revisit_on === 'string' && body.revisit_on <= day);
