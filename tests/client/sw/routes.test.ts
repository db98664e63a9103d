/** The service worker answers only what is ours to keep, and never takes over by itself. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { answerFrom } from '../../../service_worker/routes';

const origin = 'https://gridwalk.example';
const kept = new Set(['/app', '/static/dist/boot-1.js', '/static/icons/a.svg']);
const ask = (path: string, mode: RequestMode = 'cors', method = 'GET', from = origin, destination: RequestDestination = '') =>
  answerFrom({ origin: from, pathname: path }, { mode, method, destination }, origin, kept);

describe('the service worker', () => {
  it('serves the shell for every address of the app', () => {
    for (const path of ['/app', '/app/', '/app/today', '/app/approvals/1']) expect(ask(path, 'navigate')).toBe('shell');
  });
  it('leaves other pages, the doors and other sites to the network', () => {
    for (const path of ['/', '/apple', '/office', '/board/1', '/b/token', '/sign-in']) expect(ask(path, 'navigate')).toBe('network');
    for (const path of ['/api/v1/sync/pull', '/api/v1/photos/abc', '/sw.js', '/healthz']) expect(ask(path)).toBe('network');
    expect(ask('/static/dist/boot-1.js', 'cors', 'GET', 'https://elsewhere.example')).toBe('network');
    expect(ask('/static/dist/boot-1.js', 'cors', 'POST')).toBe('network');
  });
  it('serves kept files from the cache, and code of the map once it was used', () => {
    expect(ask('/static/dist/boot-1.js')).toBe('kept');
    expect(ask('/static/icons/a.svg')).toBe('kept');
    expect(ask('/static/dist/chunk-map.js')).toBe('lazy');
  });
  it('keeps pictures from elsewhere, which only the map may show, and nothing else from there', () => {
    const elsewhere = 'https://tiles.example';
    expect(ask('/1/2/3.png', 'no-cors', 'GET', elsewhere, 'image')).toBe('tile');
    expect(ask('/1/2/3.png', 'cors', 'GET', elsewhere)).toBe('network');
    expect(ask('/api/v1/photos/abc', 'no-cors', 'GET', origin, 'image')).toBe('network');
  });
  it('skips waiting only when the page says that the person agreed', () => {
    const source = readFileSync('service_worker/sw.ts', 'utf8');
    expect(source.match(/skipWaiting/g)).toHaveLength(1);
    expect(source).toMatch(/if \(said === 'use_new_version'\) void self\.skipWaiting\(\)/);
    expect(source).not.toMatch(/clients\.claim|clientsClaim/);
    expect(readFileSync('service_worker/shell.ts', 'utf8')).not.toMatch(/skipWaiting|claim/);
  });
});
