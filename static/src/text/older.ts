/** The words of records that are no longer on the phone. They travel with the screen that reads them. */
import { fill, language } from './text';

export const zh = {
  'open': '更早的记录', 'what': '结束超过 92 天的记录不再存在手机里，要联网查看，只能看，不能改。', 'offline': '看更早的记录要有网络。', 'none': '没有更早的记录。', 'all': '全部看到了。',
} as const;
export const en: Record<keyof typeof zh, string> = {
  'open': 'Older records', 'what': 'Records closed for more than 92 days are no longer on the phone. They are read online and cannot be changed.', 'offline': 'Older records need a network.', 'none': 'No older records.', 'all': 'These are all.',
};

export const older = (key: keyof typeof zh, values?: Record<string, string | number>): string => fill((language.value === 'en' ? en : zh)[key], values);
