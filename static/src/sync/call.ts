/**
 * One call to the server and what its answer may mean. Only an answer that carries our own `code` (or is a success in
 * our own shape) is an answer; a proxy's page, a captive portal, a cut and a timeout are all the same: none.
 */
import type { Env, Problem } from '../store/index';

export type Answer =
  | { kind: 'ok'; status: number; body: unknown; headers: Headers }
  | { kind: 'problem'; status: number; code: string; problem: Problem; headers: Headers; retry_after_ms?: number }
  | { kind: 'none'; why: string; retry_after_ms?: number };

export interface Call {
  method: 'GET' | 'POST' | 'DELETE' | 'PATCH' | 'HEAD';
  path: string;
  json?: unknown;
  /** a long body goes packed; only the push takes it so */
  packed?: true;
  bytes?: Uint8Array;
  headers?: Record<string, string>;
  /** a success need not be JSON (tus, 204) */
  any_body?: boolean;
  /** the body as it is, a picture */
  blob?: true;
}

const PATIENCE_MS = 30_000;
/** the slowest link that is still worth waiting for */
const BYTES_PER_MS = 2;
/** a whole photo as the server gives it */
const PHOTO_BYTES = 400_000;
const GZIP_FROM = 1024;

/** `stopped` cuts the call short, e.g. when another person takes the phone while a dead link is being waited for. */
export async function call(env: Env, request: Call, stopped?: AbortSignal): Promise<Answer> {
  const headers: Record<string, string> = { Accept: 'application/json', ...request.headers };
  let body = request.bytes;
  if (request.json !== undefined) {
    headers['Content-Type'] = 'application/json';
    body = new TextEncoder().encode(JSON.stringify(request.json));
    if (request.packed && env.gzip && body.length > GZIP_FROM) {
      body = await env.gzip(body);
      headers['Content-Encoding'] = 'gzip';
    }
  }
  const stop = new AbortController();
  const cut = () => stop.abort();
  if (stopped?.aborted) return { kind: 'none', why: 'stopped' };
  stopped?.addEventListener('abort', cut);
  const timer = env.setTimeout(() => stop.abort(), PATIENCE_MS + (request.blob ? PHOTO_BYTES : (body?.length ?? 0)) / BYTES_PER_MS);
  try {
    const init: RequestInit = { method: request.method, headers, signal: stop.signal, credentials: 'same-origin', cache: 'no-store', redirect: 'manual' };
    if (body) init.body = body as Uint8Array<ArrayBuffer>;
    return await read(await env.fetch(request.path, init), request);
  } catch (error) {
    return { kind: 'none', why: (error as Error)?.name ?? 'network' };
  } finally {
    env.clearTimeout(timer);
    stopped?.removeEventListener('abort', cut);
  }
}

async function read(response: Response, request: Call): Promise<Answer> {
  const { status, headers } = response;
  if (status >= 200 && status < 300) {
    if (status === 204 || request.any_body) return { kind: 'ok', status, body: undefined, headers };
    if (request.blob) return { kind: 'ok', status, body: await response.blob(), headers };
    const body = parse(await response.text());
    return body === undefined ? { kind: 'none', why: 'not_ours' } : { kind: 'ok', status, body, headers };
  }
  const retry_after_ms = retryAfter(headers);
  const wait = retry_after_ms === undefined ? {} : { retry_after_ms };
  const body = request.method === 'HEAD' ? undefined : parse(await response.text());
  const code = (body as { code?: unknown } | undefined)?.code;
  if (typeof code !== 'string') return { kind: 'none', why: `status_${status}`, ...wait };
  return { kind: 'problem', status, code, problem: { ...(body as Problem), status }, headers, ...wait };
}

function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function retryAfter(headers: Headers): number | undefined {
  const text = headers.get('Retry-After');
  if (!text) return undefined;
  const seconds = Number(text);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, 3600) * 1000 : undefined;
}
