import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { codeOf, colleagueAddress, isKnown, judge, makePair, minuteOf, publicAddress, toBase64, wordsHold, type BadgeKeys, type BadgeRow } from '../../../static/src/records/badge_codes';
import type { PublicKey } from '../../../static/src/store/api';

const shared = JSON.parse(readFileSync(new URL('../../shared_cases/badge_codes.json', import.meta.url), 'utf8')) as { secret: string; now: number; minute: string; code: string };
const NOW = shared.now, MINUTE = 60_000, ORIGIN = 'https://wangge.haiyan-demo.example.cn'; // 32 characters of host are the most
const CURVE = { name: 'ECDSA', namedCurve: 'P-256' };

let server: CryptoKeyPair, keys: BadgeKeys, badge: BadgeRow, known: PublicKey[];

async function signed(lines: string[]): Promise<BadgeRow['phones'][string]> {
  const words = lines.join('\n');
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, server.privateKey, new TextEncoder().encode(words));
  return { words, kid: 'aa', signature: toBase64(signature) };
}
const DAY = 86_400_000, END = minuteOf(NOW + 7 * DAY);
const lines = (last_day = '2028-11-28') => ['gridwalk-badge-2', '330424-000001', '330424', '沈小燕', 'full_time_worker', '横港村第一网格', last_day, END, keys.public_key];

beforeAll(async () => {
  server = await crypto.subtle.generateKey(CURVE, true, ['sign', 'verify']) as CryptoKeyPair;
  const { x, y } = await crypto.subtle.exportKey('jwk', server.publicKey);
  known = [{ kid: 'aa', x: x!, y: y! }];
  keys = { device: 'd', secret: shared.secret, ...await makePair() };
  badge = { id: 'b', version: 1, number: '330424-000001', token: 't'.repeat(22), phones: { d: await signed(lines()) } } as unknown as BadgeRow;
});

const asked = (more: Partial<Parameters<typeof judge>[1]> = {}) => ({ keys: known, ended: new Set<string>(), county: '330424', now: NOW, today: '2026-11-29', ...more });
const shown = (at = NOW) => colleagueAddress(ORIGIN, badge, keys, at);

describe('the code for everybody', () => {
  it('is the one that the server computes', async () => {
    expect(minuteOf(NOW)).toBe(shared.minute);
    expect(await codeOf(shared.secret, shared.minute)).toBe(shared.code);
  });
  it('is a plain address of at most 80 characters', async () => {
    const address = await publicAddress(ORIGIN, badge, keys, NOW);
    expect(address).toBe(`${ORIGIN}/b/${badge.token}/${shared.minute}/${shared.code}`);
    expect(address.length).toBeLessThanOrEqual(80);
  });
  it('is made only with keys that the server knows under this phone\'s name', () => {
    expect(isKnown(badge, keys)).toBe(true);
    expect(isKnown(badge, { ...keys, device: 'another' })).toBe(false);
    expect(isKnown(badge, { ...keys, public_key: 'another' })).toBe(false);
    expect(isKnown(badge, undefined)).toBe(false);
  });
});

describe('the code for a colleague, judged without a network', () => {
  it('is valid with the face, whole or its last part alone', async () => {
    const address = await shown();
    for (const words of [address, address.split('/').pop()!, ` ${address}\n`]) {
      expect(await judge(words, asked())).toEqual({ answer: 'valid', elsewhere: false, face: { number: '330424-000001', county: '330424', name: '沈小燕', role: 'full_time_worker', grids: '横港村第一网格', last_day: '2028-11-28' } });
    }
  });
  it('is invalid when revoked by the last contact, and past its last day', async () => {
    const address = await shown();
    expect((await judge(address, asked({ ended: new Set(['330424-000001']) }))).answer).toBe('invalid');
    expect((await judge(address, asked({ today: '2028-11-29' }))).answer).toBe('invalid');
  });
  it('asks for a new scan when the picture is old, or made by another phone', async () => {
    expect((await judge(await shown(NOW - 3 * MINUTE), asked())).answer).toBe('refresh');
    expect((await judge(await shown(NOW - 2 * MINUTE), asked())).answer).toBe('valid');
    const thief = { ...keys, jwk: (await makePair()).jwk };
    expect((await judge(await colleagueAddress(ORIGIN, badge, thief, NOW), asked())).answer).toBe('refresh');
    const [words, kid, signature] = (await shown()).split('/').pop()!.split('.');
    expect((await judge([words, kid, signature, minuteOf(NOW), 'AAAA'].join('.'), asked())).answer).toBe('refresh');
    expect((await judge([words, kid, signature, '', ''].join('.'), asked())).answer).toBe('refresh');
  });
  it('asks to refresh beyond the end of what the server signed, as of a phone that was revoked', async () => {
    const end = NOW + 7 * DAY, answer = async (now: number) => (await judge(await shown(now), asked({ now }))).answer;
    expect([await answer(end), await answer(end + MINUTE)]).toEqual(['valid', 'refresh']);
    expect([wordsHold(badge, keys, end), wordsHold(badge, keys, end + MINUTE)]).toEqual([true, false]);
  });
  it('asks to refresh when the words have no such end, as an old app\'s', async () => {
    const old = { ...badge, phones: { d: await signed(['gridwalk-badge-1', ...lines().slice(1, 7), keys.public_key]) } } as BadgeRow;
    expect(await judge(await colleagueAddress(ORIGIN, old, keys, NOW), asked())).toEqual({ answer: 'refresh' });
    expect([isKnown(old, keys), wordsHold(old, keys, NOW)]).toEqual([true, false]);
  });
  it('is invalid when anything in it was changed', async () => {
    const parts = (await shown()).split('/').pop()!.split('.');
    const forged = toBase64(new TextEncoder().encode(lines('2099-01-01').join('\n')));
    expect((await judge([forged, ...parts.slice(1)].join('.'), asked())).answer).toBe('invalid');
    expect((await judge([parts[0], parts[1], parts[4], parts[3], parts[4]].join('.'), asked())).answer).toBe('invalid');
  });
  it('says when it cannot tell', async () => {
    expect((await judge(await shown(), asked({ keys: [] }))).answer).toBe('unknown_key');
    for (const words of ['', 'hello', 'https://x.example/b/' + 't'.repeat(22), 'a.b.c.d.e', '....', '%%%.a.b.c.d']) expect((await judge(words, asked())).answer).toBe('unreadable');
  });
  it('says that another county\'s revocations are not here', async () => {
    expect(await judge(await shown(), asked({ county: '330481' }))).toMatchObject({ answer: 'valid', elsewhere: true });
  });
  it('fits a code that a screen can show', async () => {
    expect((await shown()).length).toBeLessThan(700);
  });
});
