/**
 * The words of the app in the person's language. Components hold no sentence; they name one by its key.
 * Chinese travels with the first page, English is fetched when chosen, and kept by phones that chose it.
 */
import { signal } from '@preact/signals';
import { zh } from './zh';

export type Key = keyof typeof zh;
export type Words = { readonly [K in Key]: string };
export type Language = 'zh' | 'en';
type Values = Record<string, string | number>;

export const language = signal<Language>('zh');
const words = signal<Words>(zh);

export async function speak(wanted: Language): Promise<void> {
  words.value = wanted === 'en' ? (await import('./en')).en : zh;
  language.value = wanted;
  document.documentElement.lang = wanted === 'en' ? 'en' : 'zh-CN';
  document.title = t('app.name');
}

export function t(key: Key, values?: Values): string {
  return fill(words.value[key], values);
}

/** The word for a code that comes from data, e.g. `word('severity', 'major')`; an unknown code is shown as it is. */
export function word(group: string, code: string): string {
  const found = (words.value as Record<string, string>)[`${group}.${code}`];
  return found ?? code;
}

export function hasWord(group: string, code: string): boolean {
  return `${group}.${code}` in words.value;
}

export function fill(sentence: string, values?: Values): string {
  return values ? sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole)) : sentence;
}
