/** A form's draft: kept at each change, one write at a time, the newest state always last. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Draft, Id, Store } from '../store/api';
import { useStore } from './store_context';

/** Writes the newest body only; while one write runs, later ones wait as one. */
export function draftKeeper(store: Pick<Store, 'keepDraft'>, id: Id, form: string) {
  let next: object | undefined;
  let running: Promise<void> | undefined;
  let closed = false;
  const run = async () => {
    try {
      while (next && !closed) {
        const body = next;
        next = undefined;
        await store.keepDraft({ id, form, body: body as Record<string, unknown> });
      }
    } catch (problem) {
      console.error(problem); // no room, or the database is gone: the form goes on, the next change tries again
    } finally { running = undefined; }
  };
  return {
    keep(body: object): Promise<void> {
      if (closed) return Promise.resolve();
      next = body;
      running ??= run();
      return running;
    },
    /** After this nothing is written any more; resolves when the last write is over. */
    async close(): Promise<void> { closed = true; await running; },
    reopen(): void { closed = false; },
  };
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
 * A form that was only looked at leaves nothing behind: `worthKeeping` says when there is something to lose.
 */
export function useDraft<B extends object>(id: Id, form: string, fresh: () => Promise<B>, worthKeeping: (body: B) => boolean = () => true): DraftState<B> | undefined {
  const store = useStore();
  const [body, setBody] = useState<B>();
  const now = useRef<B>();
  const keeper = useRef<ReturnType<typeof draftKeeper>>();
  useEffect(() => {
    let alive = true;
    keeper.current = draftKeeper(store, id, form);
    void (async () => {
      const kept = await store.draft(id);
      const opened = kept ? (kept.body as B) : await fresh();
      if (!alive) return;
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
      if (worthKeeping(changed)) void keeper.current?.keep(changed);
    },
    close: async () => { await keeper.current?.close(); },
    reopen: () => { keeper.current?.reopen(); void keeper.current?.keep(now.current as B); },
  };
}

/** A walk under way; a patrol that is being corrected is none. */
export const isRunningPatrol = (draft: Draft): boolean => draft.form === 'patrol' && !draft.body.correcting && !draft.body.replaces;
