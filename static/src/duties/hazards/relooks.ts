/** Which hazards are to be looked at again. A file of its own, because the first page asks it. Pure. */
import type { Id } from '../../store/api';
import type { RecordRow } from '../../records/shapes';
import { lookAgainOn } from '../../store/pages';

/** Hazards whose day of the next look has come and that nobody has looked at since. */
export const relooksDue = (records: RecordRow[], day: string, grids: Id[]): RecordRow[] =>
  records.filter(({ kind, state, grid_id, body }) => {
    const due = lookAgainOn(body);
    return kind === 'hazard' && state === 'open' && grids.includes(grid_id) && due && due <= day;
  });
