/** The words of the own way, in both languages. They travel with the patrol. */
import { language } from './text';

export const zh = {
  'title': '走过的路', 'switch': '在这部手机上画出今天走过的路', 'hint': '巡查页开着时边走边定位，只留在这部手机上给您自己看，不发送，七天后删除。',
  'lines': '粗线是今天的，细线是前几天的。', 'none': '走几十米就有，要允许定位。', 'drop': '删除走过的路',
} as const;
export const en: Record<keyof typeof zh, string> = {
  'title': 'The way walked', 'switch': "Draw today's way on this phone", 'hint': 'Followed while the patrol page is open. Stays on this phone, for you alone, and goes after 7 days.',
  'lines': 'Thick is today, thin the days before.', 'none': 'Walk some tens of metres, with the position allowed.', 'drop': 'Delete the way',
};

export const w = (key: keyof typeof zh): string => (language.value === 'en' ? en : zh)[key];
