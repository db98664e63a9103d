/**
 * What this phone keeps beside the mirror of rows that have left the person's sight (their stream was revoked): it goes
 * with them. The person's own words stay: acts in the outbox, new records, drafts of new work.
 */
import type { Draft, Id } from './api';
import { draftPlace, readDrafts } from './keepsakes';
import type { Outbox } from './outbox';

type IsSeen = (kind: string, id: Id) => boolean;

/** A draft that was filled from a row it puts right goes whole; of new work goes the door of a household or plan. */
export async function forgetTaken(outbox: Outbox, isSeen: IsSeen): Promise<boolean> {
  const { codec, db } = outbox.room;
  const own = new Set([...outbox.own.values()].map(({ kind, object }) => `${kind}:${object}`));
  const isHere = (kind: string, id: unknown) => typeof id === 'string' && (isSeen(kind, id) || own.has(`${kind}:${id}`));
  let any = false;
  for (const draft of await readDrafts(outbox)) {
    const { door, ...rest } = draft.body;
    const goes = rest['correcting'] !== undefined && !isHere('record', draft.id);
    const is_told = ['visit_plan', 'household', 'place'].some((kind) => isHere(kind, rest[kind === 'visit_plan' ? 'plan_id' : `${kind}_id`]));
    if (!goes && (door === undefined || is_told)) continue;
    const left: Draft = { ...draft, body: rest };
    const box = await codec.seal(draftPlace(draft.id), left);
    await db.write(['drafts'], async (tx) => {
      const there = await tx.get('drafts', draft.id);
      if (there?.updated_at !== draft.updated_at) return; // written on meanwhile: the next time
      if (goes) tx.delete('drafts', draft.id);
      else tx.put('drafts', { ...there, box });
    });
    if (outbox.loose.get(draft.id) === draft) {
      if (goes) outbox.loose.delete(draft.id);
      else outbox.loose.set(draft.id, left);
    }
    any = true;
  }
  return any;
}
