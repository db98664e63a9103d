/** A part of the app that is fetched when first shown. No spinner: the place stays quiet until it is there. */
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';

export interface LazyPart<P> {
  (props: P): preact.JSX.Element;
  preload: () => Promise<unknown>;
}

export function lazy<P extends object>(load: () => Promise<{ default: ComponentType<P> }>, Failed: ComponentType<{ retry: () => void }>): LazyPart<P> {
  let part: ComponentType<P> | undefined;
  const fetchPart = async () => { part ??= (await load()).default; };
  const Lazy = (props: P) => {
    const [state, setState] = useState<'there' | 'coming' | 'failed'>(part ? 'there' : 'coming');
    const start = () => { fetchPart().then(() => setState('there'), () => setState('failed')); };
    useEffect(() => { if (state === 'coming') start(); }, []); // it may have arrived since it was drawn: whoever is drawn as coming asks all the same
    if (part) { const Part = part; return <Part {...props} />; }
    const again = () => { fetchPart().then(() => setState('there'), () => navigator.onLine && location.reload()); }; // Chromium remembers an import that failed
    return state === 'failed' ? <Failed retry={again} /> : <div aria-busy="true" />;
  };
  return Object.assign(Lazy, { preload: fetchPart });
}
