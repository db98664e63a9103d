/** Class S: opening such a row is itself noted, offline too, once per opening. */
import { useEffect } from 'preact/hooks';
import type { Id, SaveResult, Store } from '../store/api';
import { useStore } from './store_context';

export const noteLook = (store: Store, kind: string, id: Id): Promise<SaveResult> => store.act({ name: 'looks.note', payload: { kind, object_id: id, at: Date.now() } });

export function useNotedLook(kind: string, id: Id | undefined, isSensitive: boolean): void {
  const store = useStore();
  useEffect(() => {
    if (id && isSensitive) void noteLook(store, kind, id);
  }, [store, kind, id, isSensitive]);
}
