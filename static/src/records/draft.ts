/** A form's draft: jotted down at each change before the next key, and its row written behind, the newest state always last. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { slate } from '../device/slate';
import type { Id, Pen, Store } from '../store/api';
import { useStore } from './store_context';

/** Writes the newest body only; while one write runs, later ones wait as one. `pen` has what is not written yet. */
export function draftKeeper(store: Pick<Store, 'keepDraft'>, id: Id, form: string, pen?: Pick<Pen, 'jot' | 'wipe'>) {
  let next: object | undefined;
  let running: Promise<void> | undefined;
  let closed = false;
  const run = async () => {
    try {
      while (next) {
        const body = next;
        next = undefined;
        await store.keepDraft({ id, form, body: body as Record<string, unknown> });
      }
      pen?.wipe(id);
    } catch (problem) {
      console.error(problem); // no room, or the database is gone: the form goes on, the next change tries again
    } finally { running = undefined; }
  };
  return {
    keep(body: object): Promise<void> {
      if (closed) return Promise.resolve();
      next = body;
      pen?.jot({ id, form, body: body as Record<string, unknown> });
      running ??= run();
      return running;
    },
    /** After this nothing is written any more; resolves when the last write is over. */
    async close(): Promise<void> {
      closed = true;
      await running;
      pen?.wipe(id);
    },
    reopen(): void { closed = false; },
  };
}

/** Ready before the first key; a browser or a store that has none leaves the draft to its row. */
async function penOf(store: Store): Promise<Pen | undefined> {
  const lines = slate();
  if (!lines || store.status().in_memory_only) return undefined;
  try {
    const pen = await store.pen(lines);
    await pen.ready();
    return pen;
  } catch (problem) {
    console.error(problem);
    return undefined;
  }
}

export interface DraftState<B> {
  body: B;
  /** Changes fields and keeps the draft. */
  change: (part: Partial<B>) => void;
  /** The newest body, also inside callbacks that are older than the last drawing. */
  newest: () => B;
  /** Before the act that finishes the draft: no late write may bring it back. */
  close: () => Promise<void>;
  /** The act was not saved: go on keeping. */
  reopen: () => void;
}

/**
 * Opens draft `id` (or `fresh()` when there is none). `undefined` until it was looked up.
 * A form that was only looked at leaves nothing behind: `worthKeeping` says from when on there is something to lose.
 */
export function useDraft<B extends object>(id: Id, form: string, fresh: () => Promise<B>, worthKeeping: (body: B) => boolean = () => true): DraftState<B> | undefined {
  const store = useStore();
  const [body, setBody] = useState<B>();
  const now = useRef<B>();
  const keeper = useRef<ReturnType<typeof draftKeeper>>();
  const is_kept = useRef(false);
  useEffect(() => {
    let alive = true;
    void (async () => {
      const pen = await penOf(store);
      const newest = (await pen?.find(id)) ?? (await store.draft(id)); // in this order: a jot goes when its row is there
      const opened = newest ? (newest.body as B) : await fresh();
      if (!alive) return;
      keeper.current = draftKeeper(store, id, form, pen);
      is_kept.current = !!newest;
      now.current = opened;
      setBody(opened);
    })();
    return () => { alive = false; };
  }, [store, id]);
  if (!body) return undefined;
  return {
    body,
    newest: () => now.current as B,
    change(part) {
      const changed = { ...(now.current as B), ...part };
      now.current = changed;
      setBody(changed);
      is_kept.current ||= worthKeeping(changed);
      if (is_kept.current) void keeper.current?.keep(changed);
    },
    close: async () => { await keeper.current?.close(); },
    reopen: () => { keeper.current?.reopen(); void keeper.current?.keep(now.current as B); },
  };
}
