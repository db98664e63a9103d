/** Class S: opening such a row is itself noted, offline too, once per opening. */
import { useEffect } from 'preact/hooks';
import type { Id } from '../store/api';
import { useStore } from './store_context';

export function useNotedLook(kind: string, id: Id | undefined, isSensitive: boolean): void {
  const store = useStore();
  useEffect(() => {
    if (id && isSensitive) void store.act({ name: 'looks.note', payload: { kind, object_id: id, at: Date.now() } });
  }, [store, kind, id, isSensitive]);
}
