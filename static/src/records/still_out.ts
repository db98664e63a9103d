/** What is not delivered although nothing waits to be sent: the chip must not say that all has arrived. */
import type { Id, Store } from '../store/api';

export interface Announcement { id: Id; person_id: Id; person_name: string; device_label: string; at: number; items: { id: Id; name: string; made_at: number }[] }

/** Announcements seen by this person, without what still lies in this very phone and is simply on its way. */
export async function announcements(store: Store): Promise<Announcement[]> {
  const rows = (await store.list('announced')) as unknown as Announcement[];
  if (!rows.length) return [];
  const here = new Set((await store.outbox()).map((item) => item.mutation_id));
  return rows.map((row) => ({ ...row, items: row.items.filter((item) => !here.has(item.id)) })).filter((row) => row.items.length > 0);
}

/** Acts of this phone that the platform holds back or that met another change; and the person's own work that another phone, or this one before it was wiped, announced and never brought. */
export interface StillOut { held: number; conflicts: number; announced: number }
const NONE: StillOut = { held: 0, conflicts: 0, announced: 0 };

/** Opens the whole outbox, so it is asked only when the counts alone would say that all has arrived. */
export async function stillOut(store: Store): Promise<StillOut> {
  const { waiting, refused } = store.status();
  if (waiting || refused) return NONE;
  const me = store.session.person.id;
  const [items, rows] = await Promise.all([store.outbox(), announcements(store)]);
  const count = (state: string) => items.filter((item) => item.state === state).length;
  const announced = rows.filter((row) => row.person_id === me).reduce((sum, row) => sum + row.items.length, 0);
  return { held: count('deferred'), conflicts: count('conflict'), announced };
}
