/**
 * Pure decision: who answers a request. Everything that is not ours to keep goes to the network untouched.
 * A picture from elsewhere can only be a tile of the map: the page's policy allows no other.
 */
export type Route = 'shell' | 'kept' | 'lazy' | 'tile' | 'network';

export function answerFrom(
  url: Pick<URL, 'origin' | 'pathname'>,
  request: Pick<Request, 'method' | 'mode' | 'destination'>,
  origin: string,
  kept: Set<string>,
): Route {
  if (request.method !== 'GET') return 'network';
  if (url.origin !== origin) return request.destination === 'image' ? 'tile' : 'network';
  if (request.mode === 'navigate') return /^\/app(\/|$)/.test(url.pathname) ? 'shell' : 'network';
  if (kept.has(url.pathname)) return 'kept';
  return url.pathname.startsWith('/static/dist/') && url.pathname.endsWith('.js') ? 'lazy' : 'network';
}
