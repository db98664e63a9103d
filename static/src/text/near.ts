/** The words of a hazard that may have been reported before. They travel with the form. */
import { fill, language } from './text';

export const zh = {
  'title': '附近已经报过', 'metres': '离这里约 {m} 米', 'same_place': '同一场所', 'join': '就是这一处', 'same': '与已报的是同一处，照样算您报的', 'undo': '不是同一处',
  'see': '看先报的那条', 'hint': '不是同一处，就不用理会。',
} as const;
export const en: Record<keyof typeof zh, string> = {
  'title': 'Reported nearby already', 'metres': 'About {m} m from here', 'same_place': 'The same place', 'join': 'It is this one', 'same': 'The same as one reported before; yours counts as well', 'undo': 'Not the same',
  'see': 'See the earlier report', 'hint': 'If it is another one, leave this as it is.',
};

export const n = (key: keyof typeof zh, values?: Record<string, string | number>): string => fill((language.value === 'en' ? en : zh)[key], values);
