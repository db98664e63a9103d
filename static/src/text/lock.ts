/** Words of the lock's own piece; `say` is its `t`. Both languages travel with it: who stands before a lock has no time. */
import { en } from './lock_en';
import { zh } from './lock_zh';
import { fill, language } from './text';

export type LockKey = keyof typeof zh;
export type LockWords = { readonly [K in LockKey]: string };

export function say(key: LockKey, values?: Record<string, string | number>): string {
  const words: LockWords = language.value === 'en' ? en : zh;
  return fill(words[key], values);
}
