/** The words of the adviser's comment, in both languages: they travel with the record's page. */
import { fill, language } from './text';

export const zh = { 'do': '写指导意见', 'title': '指导意见', 'who': '记录人和网格长在处理经过里看得到；审核不受影响。', 'words': '写几个字', 'send': '送出', 'sent': '指导意见已保存', 'missing': '请写几个字。', 'too_long': '最多 {n} 个字。' } as const;

export const en: Record<keyof typeof zh, string> = { 'do': 'Comment', 'title': "Adviser's comment", 'who': 'The author and the grid leader see it in the history; the review goes on as it was.', 'words': 'A few words', 'send': 'Send', 'sent': 'Comment saved', 'missing': 'Write a few words.', 'too_long': 'At most {n} characters.' };

export const said = (key: keyof typeof zh, values?: Record<string, string | number>): string => fill((language.value === 'en' ? en : zh)[key], values);
