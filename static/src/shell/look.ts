/**
 * How the app looks and answers: text size, hand, theme, language, vibration, sound. Kept with the person; a copy
 * without any personal data stays in localStorage so that the first paint is already right.
 */
import { signal } from '@preact/signals';
import type { Store } from '../store/api';
import { answers } from '../device/vibrate';
import { speak, type Language } from '../text/text';

export interface Look {
  size: 'normal' | 'large' | 'elder';
  theme: 'sun' | 'night';
  hand: 'right' | 'left';
  language: Language;
  vibration: boolean;
  sound: boolean;
  /** chosen by hand on this phone: then the account's own language does not change it */
  language_chosen: boolean;
  /** large text was offered once on this phone */
  size_asked: boolean;
}
const FRESH: Look = { size: 'normal', theme: 'sun', hand: 'right', language: 'zh', vibration: true, sound: true, language_chosen: false, size_asked: false };
const PLACE = 'gridwalk.look';

export const look = signal<Look>(FRESH);

/** Before anything is drawn: what this phone showed last, else what the browser speaks. */
export async function firstLook(): Promise<void> {
  let kept: Partial<Look> = {};
  try { kept = JSON.parse(localStorage.getItem(PLACE) ?? '{}') as Partial<Look>; } catch { /* private mode */ }
  const asked = new URLSearchParams(location.search).get('lang');
  const spoken: Language = asked === 'en' || asked === 'zh' ? asked : (kept.language ?? (navigator.language.startsWith('zh') ? 'zh' : navigator.language.startsWith('en') ? 'en' : 'zh'));
  await show({ ...FRESH, ...kept, language: spoken });
}

/** When a person comes in: their own look, on whatever phone they last chose it. */
export async function openLook(store: Store): Promise<void> {
  const kept = await store.setting<Partial<Look>>('look').catch(() => undefined);
  const spoken = store.session.person.language;
  await show({ ...look.value, ...(spoken && !kept && !look.value.language_chosen ? { language: spoken } : {}), ...kept });
}

export async function changeLook(part: Partial<Look>, store?: Store): Promise<void> {
  await show({ ...look.value, ...part, ...(part.language ? { language_chosen: true } : {}) });
  await store?.keepSetting('look', look.value);
}

async function show(next: Look): Promise<void> {
  const page = document.documentElement;
  page.dataset.size = next.size;
  page.dataset.theme = next.theme;
  page.dataset.hand = next.hand;
  answers.vibration = next.vibration;
  answers.sound = next.sound;
  document.querySelector('meta[name="theme-color"]')?.setAttribute('content', next.theme === 'night' ? '#0C1116' : '#FFFFFF');
  await speak(next.language).catch(() => speak('zh'));
  look.value = next;
  try { localStorage.setItem(PLACE, JSON.stringify(next)); } catch { /* private mode */ }
}
