/** Class S: opening such a row is itself noted, offline too, once per opening; until the note is kept nothing is shown. */
import { useEffect, useState } from 'preact/hooks';
import type { VNode } from 'preact';
import type { Id, Store } from '../store/api';
import { p } from '../text/phones';
import { NoteLine } from '../ui/tag';
import { useStore } from './store_context';

/** false: the note could not be kept, so what it is about may not be shown. */
export const noteLook = (store: Store, kind: string, id: Id): Promise<boolean> =>
  store.act({ name: 'looks.note', payload: { kind, object_id: id, at: Date.now() } }).then(({ saved }) => saved, () => false);

/** What stands in place of the row while its note is not kept; undefined: the row may be shown. */
export function useNotedLook(kind: string, id: Id | undefined, isSensitive: boolean): VNode | undefined {
  const store = useStore();
  const [look, setLook] = useState<{ at?: Id; kept?: boolean }>({});
  const at = isSensitive ? id : undefined;
  useEffect(() => {
    if (!at) return undefined;
    let alive = true;
    void noteLook(store, kind, at).then((kept) => alive && setLook({ at, kept }));
    return () => { alive = false; setLook({}); };
  }, [store, kind, at]);
  if (!at || (look.at === at && look.kept)) return undefined;
  return look.at === at ? <div data-testid="look-not-kept"><NoteLine tone="stop" icon="refused" role="alert"><p>{p('look.not_kept')}</p></NoteLine></div> : <></>;
}
