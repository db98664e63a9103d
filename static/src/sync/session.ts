/**
 * The engine's session: whose cookie the browser holds, the CSRF token, and the one renewal a call may have.
 * The cookie is shared by everybody on this phone and by the office pages, so every call first makes sure that it is
 * this person's, says whom it is for (the server refuses another's), and an answer is only taken when the cookie still
 * was theirs afterwards: another's rows must never land in this database.
 */
import { setRegistered } from '../store/outcomes';
import type { LocalStore } from '../store/index';
import { call } from './call';
import type { Answer, Call } from './call';
import { endSession } from './leave';
import { PERSON_HEADER, isSessionAnswer, sessionOf } from './who';
import type { Host } from './who';

/** 'stop' = not this person's session: sign in first. */
export type Said = Exclude<Answer, { kind: 'none' }> | { kind: 'none'; why: string; retry_after_ms?: number } | { kind: 'stop' };

export class Session {
  private stopping = new AbortController();

  constructor(
    readonly store: LocalStore,
    private host: Host,
  ) {
    store.fetchPhoto = (sha256, size) => this.photo(sha256, size).catch(() => undefined);
  }

  /** `stopped` in place of `cut`: ends this call alone. */
  async say(request: Call, stopped = this.stopping.signal): Promise<Said> {
    const whose = await this.whose();
    if (whose !== 'mine') return whose === 'not_mine' ? this.stop() : { kind: 'none', why: 'whose_cookie' };
    let answer = await this.once(request, stopped);
    if (answer.kind === 'problem' && answer.status === 403 && answer.code === 'csrf') {
      const renewed = await this.renew();
      if (renewed !== 'mine') return renewed === 'not_mine' ? this.stop() : { kind: 'none', why: 'csrf' };
      answer = await this.once(request, stopped);
      if (answer.kind === 'problem' && answer.code === 'csrf') return { kind: 'none', why: 'csrf' };
    }
    if (answer.kind === 'problem' && answer.code === 'wrong_person') {
      await this.host.setCookieOwner(null); // the cookie was changed behind our back, by the office's sign-in page: ask whose it is
      return this.stop();
    }
    if (answer.kind === 'problem' && answer.status === 401) {
      await this.store.keepToken(undefined);
      return this.stop();
    }
    if (answer.kind !== 'none' && !this.store.token && (await this.host.cookieOwner()) !== this.person) return this.stop();
    if (answer.kind === 'problem' && answer.code === 'unknown_device') await setRegistered(this.store.outbox_state, false);
    if (answer.kind !== 'none') this.reached();
    return answer;
  }

  /** Ends every call now: what was on its way counts as no answer. */
  cut(): void {
    this.stopping.abort();
  }
  private get person(): string {
    return this.store.session.person.id;
  }
  private stop(): { kind: 'stop' } {
    this.store.setEngineStatus({ signed_out: true });
    return { kind: 'stop' };
  }
  private reached(): void {
    this.store.setEngineStatus({ online: true, signed_out: false, last_contact: this.store.env.now() });
  }
  private once(request: Call, stopped: AbortSignal): Promise<Answer> {
    const headers: Record<string, string> = { ...request.headers, ...this.own(), [PERSON_HEADER]: this.person };
    if (request.method !== 'GET' && request.method !== 'HEAD') headers['X-CSRF-Token'] = this.store.session.csrf_token;
    return call(this.store.env, { ...request, headers }, stopped);
  }
  private own(): Record<string, string> {
    return this.store.token ? { Authorization: `Bearer ${this.store.token}` } : {};
  }
  /**
   * Under a PIN the cookie is given up for a token that lies sealed: with the cookie, whoever holds the locked phone
   * could ask the server by the browser's address line. First the token is kept, then the cookie's session ended; cut
   * in between, the next cycle goes on.
   */
  async leaveCookie(): Promise<void> {
    const { store } = this;
    if (!store.session.policy.pin) return;
    if (!store.token) {
      const answer = await this.say({ method: 'POST', path: '/api/v1/session/token', json: {} });
      const token = answer.kind === 'ok' ? (answer.body as { token?: unknown } | undefined)?.token : undefined;
      if (typeof token !== 'string') return;
      await store.keepToken(token);
    }
    if ((await this.host.cookieOwner()) !== this.person) return;
    const answer = await endSession(store.env, store.session, {}, this.stopping.signal);
    if (answer.kind === 'ok' || (answer.kind === 'problem' && [401, 403].includes(answer.status))) await this.host.setCookieOwner(null);
  }
  /** A picture for the screen: the browser's own request would carry the cookie alone. */
  private async photo(sha256: string, size: string): Promise<Blob | undefined> {
    const answer = await this.say({ method: 'GET', path: `/api/v1/photos/${sha256}?size=${size}`, blob: true });
    return answer.kind === 'ok' && answer.body instanceof Blob ? answer.body : undefined;
  }
  private async whose(): Promise<'mine' | 'not_mine' | 'none'> {
    if (this.store.token) return 'mine';
    const owner = await this.host.cookieOwner();
    if (owner === null) return this.renew();
    return owner === this.person ? 'mine' : 'not_mine';
  }

  /** Asks whose session the cookie is; takes over token, scope and roles when it is this person's. */
  async renew(): Promise<'mine' | 'not_mine' | 'none'> {
    if (!(await this.host.endLeft(this.stopping.signal))) return 'none';
    const before = await this.host.cookieOwner();
    const answer = await call(this.store.env, { method: 'GET', path: '/api/v1/session', headers: this.own() }, this.stopping.signal);
    if (answer.kind === 'problem' && answer.status === 401) return 'not_mine';
    if (answer.kind !== 'ok' || !isSessionAnswer(answer.body)) return 'none';
    const owner = answer.body.person.id;
    // somebody has signed in or out while this was on its way: it tells whose cookie it was
    if (!this.store.token && !(await this.host.setCookieOwner(owner, before))) return 'none';
    if (owner !== this.person) return 'not_mine';
    this.heardTime(answer.body.server_time);
    // the epoch is the engine's business: it must meet a new one with open eyes
    this.store.session = { ...sessionOf(answer.body), epoch: this.store.session.epoch };
    await this.host.saveSession(this.store.session);
    this.store.changed('session');
    return 'mine';
  }
  heardTime(server_time: unknown): void {
    if (typeof server_time !== 'number') return;
    this.store.clock_skew_ms = server_time - this.store.env.now();
    this.store.outbox_state.server_time = server_time;
  }
}
