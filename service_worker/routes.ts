/** Pure decision: who answers a request. Everything that is not ours to keep goes to the network untouched. */
export type Route = 'shell' | 'kept' | 'lazy' | 'network';

export function answerFrom(
  url: Pick<URL, 'origin' | 'pathname'>,
  request: Pick<Request, 'method' | 'mode'>,
  origin: string,
  kept: Set<string>,
): Route {
  if (request.method !== 'GET' || url.origin !== origin) return 'network';
  if (request.mode === 'navigate') return /^\/app(\/|$)/.test(url.pathname) ? 'shell' : 'network';
  if (kept.has(url.pathname)) return 'kept';
  return url.pathname.startsWith('/static/dist/') && url.pathname.endsWith('.js') ? 'lazy' : 'network';
}
