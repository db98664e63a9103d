/** Which hazards are to be looked at again. A file of its own, because the first page asks it. Pure. */
import type { Id } from '../../store/api';
import type { HazardBody, RecordRow } from '../../records/shapes';
import { dayOf } from '../../text/days';

/** Hazards whose re-look day has come and that nobody has looked at since. */
export function relooksDue(records: RecordRow[], day: string, grids: Id[]): RecordRow[] {
  return records.filter((record) => {
    if (record.kind !== 'hazard' || record.state !== 'open' || !grids.includes(record.grid_id)) return false;
    const body = record.body as unknown as HazardBody;
    const last = body.relooks?.at(-1);
    return !!body.relook_on && body.relook_on <= day && (!last || dayOf(last.at) < body.relook_on);
  });
}
