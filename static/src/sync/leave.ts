/**
 * Signing out without a network: the cookie's session lives on at the server, so whose it was is noted, and before
 * anybody's next call it is ended there. Otherwise a tap on their name would go on in it without a password.
 */
import type { People } from '../store/people';
import type { Env } from '../store/index';
import { call } from './call';
import { PERSON_HEADER, isSessionAnswer } from './who';

/** false: no answer yet, nothing may be asked in anybody's name. */
export async function endLeft(env: Env, people: People): Promise<boolean> {
  const left = await people.left();
  if (left === undefined) return true;
  const seen = await call(env, { method: 'GET', path: '/api/v1/session' });
  if (seen.kind === 'none') return false;
  if (seen.kind === 'ok' && isSessionAnswer(seen.body) && seen.body.person.id === left) {
    const headers = { 'X-CSRF-Token': seen.body.csrf_token, [PERSON_HEADER]: left };
    const ended = await call(env, { method: 'DELETE', path: '/api/v1/session', headers });
    if (ended.kind === 'none') return false;
  }
  await people.setLeft(undefined);
  return true;
}
