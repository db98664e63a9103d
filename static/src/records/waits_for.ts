/** What an act leans on while that is not delivered: it never overtakes it, and waits if it is refused (`deferred`). */
import type { Id, Store } from '../store/api';

/** `maker`: the act that makes the object `id`, or how the names of such acts end; a change of one that the server has already (`changes`) keeps nobody waiting. */
export async function waitsFor(store: Store, maker: string, id: Id): Promise<{ depends_on?: Id[] }> {
  const made = (await store.outbox()).find((line) => line.name.endsWith(maker) && line.payload.id === id && !line.payload.changes && line.state !== 'done' && line.state !== 'photos');
  return made ? { depends_on: [made.mutation_id] } : {};
}

/** Of a visit or a message about a household that was added on the way: one with a version is on the server, without a look at the outbox. */
export async function waitsForHousehold(store: Store, id: Id | undefined): Promise<{ depends_on?: Id[] }> {
  const household = id ? await store.get('household', id) : undefined;
  return household && household.version === undefined ? waitsFor(store, 'households.save', household.id) : {};
}
