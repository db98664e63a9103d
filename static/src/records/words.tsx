/** Words for what comes from data: names with a fallback to Chinese (marked as such), kinds, states. */
import { hasWord, language, t, word } from '../text/text';
import type { Matter, RecordKind } from './shapes';
import type { IconName } from '../ui/icons';

/** Names of people and places stay Chinese in every language, and say so to a screen reader. */
export function Zh({ children }: { children: string | undefined }) {
  return language.value === 'zh' ? <>{children}</> : <span lang="zh-CN">{children}</span>;
}

/** A sentence with such names in it. */
export function Said({ children }: { children: string }) {
  return language.value === 'zh' ? <>{children}</> : <>{children.split(/(\p{Script=Han}+)/u).map((part, at) => (at % 2 ? <span lang="zh-CN">{part}</span> : part))}</>;
}

export function MatterName({ matter, code, short }: { matter: Matter | undefined; code?: string | undefined; short?: boolean }) {
  if (!matter) return <>{code ?? ''}</>;
  if (language.value === 'en' && matter.name_en) return <>{short ? withoutNote(matter.name_en) : matter.name_en}</>;
  return <Zh>{short ? withoutNote(matter.name_zh) : matter.name_zh}</Zh>;
}

/** The bracketed explanation of a matter is for its own page; a choice shows the name alone. */
export function withoutNote(name: string): string {
  return name.replace(/[（(][^（()）]*[)）]\s*$/, '').trim() || name;
}

export const kindIcon: Record<RecordKind, IconName> = { patrol: 'walk', hazard: 'hazards', visit: 'visits', emergency: 'emergencies', publicity: 'publicity', information: 'information', mediation: 'mediations' };
export const kindWord = (kind: string): string => word('kind', kind);

export function adviceWord(matter: Matter | undefined, code: string): string {
  const advice = matter?.advice?.find((one) => one.code === code);
  if (!advice) return code;
  return language.value === 'en' ? advice.en || advice.zh : advice.zh;
}

export const problemWords = (problem: { detail_zh?: string; detail_en?: string; title?: string; code: string }): string =>
  (language.value === 'en' ? problem.detail_en : problem.detail_zh) ?? problem.title ?? (hasWord('problem', problem.code) ? word('problem', problem.code) : t('problem.unknown', { code: problem.code }));
