/** Decisions of the lock, pure: when it falls, and which PIN is none. */
import type { Draft } from '../store/api';
import { isRunningPatrol } from '../records/walk';

export const PIN_LENGTH = 6;
export const IDLE_MS = 5 * 60_000;
/** A patrol counts as running as long as it is written on: a walk forgotten overnight must not keep the phone open. */
export const WALK_MS = 60 * 60_000;
/** How long camera or file picker may stay open. */
export const PICK_MS = 15 * 60_000;

export interface Watched {
  touched_at: number;
  /** when the patrol under way was last written on */
  walked_at?: number | undefined;
  /** when camera or file picker was opened */
  picking_since?: number | undefined;
}

/** A clock corrected by less is no clock set back. */
const CORRECTED_MS = 60_000;
/** A moment that still lies ahead was noted by a clock that has been set back since: it keeps nothing open. */
const isWithin = (now: number, at: number | undefined, ms: number): boolean => at !== undefined && at <= now + CORRECTED_MS && now - at < ms;

export function mustLock(now: number, seen: Watched): boolean {
  return !isWithin(now, seen.touched_at, IDLE_MS) && !isWithin(now, seen.walked_at, WALK_MS) && !isWithin(now, seen.picking_since, PICK_MS);
}

export function lastStep(drafts: Draft[]): number | undefined {
  const walks = drafts.filter(isRunningPatrol).map((draft) => draft.updated_at);
  return walks.length ? Math.max(...walks) : undefined;
}

/** 000000, 123456, 654321, 121212 and their like are tried first by whoever finds a phone. */
export function isTooSimple(pin: string): boolean {
  const steps = new Set([...pin].slice(1).map((digit, at) => (Number(digit) - Number(pin[at]) + 10) % 10));
  return steps.size === 1 || new Set(pin).size < 3;
}
