/**
 * What leans on an act that was done again while it lay here without an outcome (queued, held for undo, on its way): the
 * server defers it, for it knows the old act alone. It is queued again and leans on the new one, behind it.
 */
import type { Id } from './api';
import { Overtaken, doAgain } from './acts';
import type { Outbox } from './outbox';

/** Before each batch: what came back deferred, or was left so by a kill, follows the acts that took the place of its own. */
export async function requeueDeferred(outbox: Outbox): Promise<void> {
  const heads = [...outbox.heads.values()];
  if (!heads.some((head) => head.state === 'deferred' && !head.closed && !head.held)) return;
  const next = new Map(heads.flatMap((head): [Id, Id][] => (head.closed && head.replaced_by ? [[head.id, head.replaced_by]] : [])));
  const renamed = new Map([...next.keys()].map((id) => [id, lastOf(next, id)]));
  try {
    await doAgain(outbox, renamed, [], async (tx) => {
      for (const id of renamed.keys()) {
        const row = next.has(id) ? undefined : await tx.get('outbox', id);
        if (row && (row.state !== 'deferred' || row.closed || row.held)) throw new Overtaken(id); // by another tab, or by our own run before
      }
    });
  } catch (error) {
    if (!(error instanceof Overtaken)) throw error;
    await outbox.load();
  }
}

/** An act done again may have been done again itself. */
function lastOf(next: Map<Id, Id>, id: Id): Id {
  let last = id;
  while (next.has(last)) last = next.get(last)!;
  return last;
}
