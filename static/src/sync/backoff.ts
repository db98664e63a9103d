/** When to try again: 1 s doubling to 5 min with jitter; what the server asks (`Retry-After`) is obeyed above all. */
import type { Env } from '../store/index';

export const FIRST_MS = 1000;
export const LAST_MS = 300_000;
/** whatever a server, or a stranger in its place, asks for */
const LONGEST_ASKED_MS = 3_600_000;

/** A time to wait for by a clock that somebody may set: set back, it costs at most the same wait once more. */
class Wait {
  private from = 0;
  private until = 0;

  begin(now: number, ms: number): void {
    this.from = now;
    this.until = now + ms;
  }
  end(): void {
    this.until = 0;
  }
  left(now: number): number {
    if (now < this.from && this.until) this.begin(now, this.until - this.from);
    return Math.max(0, this.until - now);
  }
}

export class Backoff {
  private failures = 0;
  private own = new Wait();
  private asked = new Wait();

  constructor(private env: Pick<Env, 'now' | 'random'>) {}

  failed(retry_after_ms?: number): void {
    const full = Math.min(LAST_MS, FIRST_MS * 2 ** Math.min(this.failures, 20));
    const now = this.env.now();
    this.failures += 1;
    this.own.begin(now, full / 2 + (this.env.random() * full) / 2);
    if (retry_after_ms !== undefined) this.asked.begin(now, Math.min(retry_after_ms, LONGEST_ASKED_MS));
  }
  succeeded(): void {
    this.failures = 0;
    this.own.end();
    this.asked.end();
  }
  /** The network is said to be back, or the person asks: try now, unless the server asked to wait. */
  forgive(): void {
    this.own.end();
  }
  /** ms until the next try is allowed. */
  wait(): number {
    const now = this.env.now();
    return Math.max(this.own.left(now), this.asked.left(now));
  }
  get trying_again(): boolean {
    return this.failures > 0;
  }
}
