/** What a sign-in tells and asks: small, because the first page carries it and not the engine. */
import type { SessionInfo } from '../store/index';

/** What the engine asks of the phone around it. */
export interface Host {
  cookieOwner(): Promise<string | null>;
  /** `before`: only while it is still said to be theirs; false: somebody has signed in or out meanwhile */
  setCookieOwner(person: string | null, before?: string | null): Promise<boolean>;
  /** ends at the server the session of whoever has left, see leave.ts; false: not known to be over */
  endLeft(stopped?: AbortSignal): Promise<boolean>;
  saveSession(session: SessionInfo): Promise<void>;
  /** the server has told this phone to forget the person, after everything was handed over */
  wipe(person: string): Promise<void>;
}
/** `phone_secret` comes with a right password alone and is never kept: it opens this person's key, see store/people.ts */
export type SessionAnswer = SessionInfo & { server_time: number; phone_secret?: string };

export function isSessionAnswer(body: unknown): body is SessionAnswer {
  const answer = body as Partial<SessionAnswer> | undefined;
  return typeof answer?.person?.id === 'string' && typeof answer.csrf_token === 'string';
}
export function sessionOf({ server_time: _time, phone_secret: _secret, ...session }: SessionAnswer): SessionInfo {
  return session;
}

/** whom a call is for; the server answers 403 `wrong_person` when the cookie is somebody else's */
export const PERSON_HEADER = 'X-Person';
