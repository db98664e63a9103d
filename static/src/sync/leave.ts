/**
 * Signing out where the server does not answer: the cookie's session lives on there, so whose it was is noted, and before
 * anybody's next call it is ended. Otherwise a tap on their name would go on in it without a password.
 */
import type { People } from '../store/people';
import type { Env, SessionInfo } from '../store/index';
import { call } from './call';
import type { Answer } from './call';
import { PERSON_HEADER, isSessionAnswer } from './who';

export function endSession(env: Env, { person, csrf_token }: SessionInfo, own?: Record<string, string>, stopped?: AbortSignal): Promise<Answer> {
  return call(env, { method: 'DELETE', path: '/api/v1/session', headers: { ...own, 'X-CSRF-Token': csrf_token, [PERSON_HEADER]: person.id } }, stopped);
}

/** false: not known to be over, nothing may be asked in anybody's name. */
export async function endLeft(env: Env, people: People, stopped?: AbortSignal): Promise<boolean> {
  const left = await people.left();
  if (!left.length) return true;
  let seen = await call(env, { method: 'GET', path: '/api/v1/session' }, stopped);
  if (seen.kind === 'ok') {
    if (!isSessionAnswer(seen.body)) return false;
    if (left.includes(seen.body.person.id)) seen = await endSession(env, seen.body, {}, stopped);
  }
  if (seen.kind !== 'ok' && !(seen.kind === 'problem' && seen.status === 401)) return false;
  await people.notLeft(left);
  return true;
}
