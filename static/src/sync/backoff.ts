/** When to try again: 1 s doubling to 5 min with jitter; what the server asks (`Retry-After`) is obeyed above all. */
import type { Env } from '../store/index';

export const FIRST_MS = 1000;
export const LAST_MS = 300_000;

export class Backoff {
  private failures = 0;
  private not_before = 0;
  private asked_until = 0;

  constructor(private env: Pick<Env, 'now' | 'random'>) {}

  failed(retry_after_ms?: number): void {
    const full = Math.min(LAST_MS, FIRST_MS * 2 ** Math.min(this.failures, 20));
    this.failures += 1;
    this.not_before = this.env.now() + full / 2 + (this.env.random() * full) / 2;
    if (retry_after_ms !== undefined) this.asked_until = this.env.now() + retry_after_ms;
  }
  succeeded(): void {
    this.failures = 0;
    this.not_before = 0;
    this.asked_until = 0;
  }
  /** The network is said to be back, or the person asks: try now, unless the server asked to wait. */
  forgive(): void {
    this.not_before = 0;
  }
  /** ms until the next try is allowed. A clock set back never makes the wait longer than the longest wait. */
  wait(): number {
    const now = this.env.now();
    const due = Math.max(this.not_before, this.asked_until) - now;
    return Math.max(0, Math.min(due, this.asked_until > now ? 3_600_000 : LAST_MS));
  }
  get trying_again(): boolean {
    return this.failures > 0;
  }
}
