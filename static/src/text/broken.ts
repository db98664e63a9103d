/** The words of a phone whose database cannot be opened, in both languages. They travel with the page that says them. */
import { fill, language } from './text';

export const zh = {
  'broken.title': '手机上的资料现在打不开', 'broken.kept': '资料还在手机上。请不要清除浏览器数据，也不要卸载应用。',
  'broken.do': '关掉本应用的其他页面，联网后点“重新打开”。还打不开，请告诉网格长。', 'broken.again': '重新打开',
} as const;

export const en: Record<keyof typeof zh, string> = {
  'broken.title': 'What is kept on this phone cannot be opened now', 'broken.kept': 'It is still on the phone. Do not clear the browser data and do not uninstall the app.',
  'broken.do': 'Close other pages of this app, go online and tap "Open again". If it still does not open, tell your grid leader.', 'broken.again': 'Open again',
};

export const b = (key: keyof typeof zh): string => fill((language.value === 'en' ? en : zh)[key]);
