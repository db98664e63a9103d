/** Routing by hash, written small: `#/records/<id>?from=today` → path parts and query. */
import { signal } from '@preact/signals';
import { noteChange } from './tap';

export interface Route {
  parts: string[];
  query: URLSearchParams;
}

export function parseHash(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  return { parts: path.split('/').filter(Boolean).map(decodeURIComponent), query: new URLSearchParams(query) };
}

export const route = signal<Route>({ parts: [], query: new URLSearchParams() });

export function startRouting(): void {
  const read = () => { route.value = parseHash(location.hash); noteChange(); };
  addEventListener('hashchange', read);
  read();
}

export function go(path: string): void {
  location.hash = path;
}

/** Goes there without leaving the present page in the history: a finished form is not to be walked back into. */
export function replaceWith(path: string): void {
  history.replaceState(null, '', path);
  route.value = parseHash(path);
  noteChange();
}

export function back(otherwise: string): void {
  if (history.length > 1) history.back();
  else replaceWith(otherwise);
}
