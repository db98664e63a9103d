/** The person's own records that have left the feed (docs/wire.md §1), read online page by page and never kept here. */
import type { Row } from '../store/index';
import type { Session } from './session';

const PAGE = 50;
export interface OlderPage { rows: Row[]; more: boolean }

/** `after`: the last row that was read. Throws without a link. */
export async function ownOlder(session: Session, after?: Row): Promise<OlderPage> {
  const from = after ? `&before=${String(after['acted_at'])}&before_id=${after.id}` : '';
  const answer = await session.say({ method: 'GET', path: `/api/v1/archive?mine=1&limit=${PAGE}${from}` });
  if (answer.kind !== 'ok') throw new Error('offline');
  const { rows } = answer.body as { rows: Row[] };
  return { rows, more: rows.length === PAGE };
}
