/** The words of the correction request, in both languages: they travel with 我的数据, not with the first page. */
import { fill, language } from './text';

export const zh = {
  'title': '更正申请', 'what': '与您有关的信息有错，可以在这里要求更正。单位会核实后答复；不更正会说明理由。', 'ask': '提出更正申请', 'about': '哪里有错',
  'about.record': '我的记录', 'about.fixes': '我的定位', 'about.post': '我的岗位', 'about.phone': '我的电话号码',
  'which': '哪一条记录（选填）', 'words': '错在哪里，应当怎样', 'send': '提出', 'sent': '更正申请已提出',
  'state.asked': '已提出', 'state.answered': '已答复', 'answer.explained': '已答复说明', 'answer.corrected': '已更正', 'answer.refused': '不予更正', 'by': '{name} · {when}',
  'missing.about': '请选哪里有错。', 'missing.words': '请写几个字，说明错在哪里。', 'too_long': '最多 {n} 个字。',
} as const;

export const en: Record<keyof typeof zh, string> = {
  'title': 'Correction requests', 'what': 'If something kept of you is wrong, ask here for its correction. The office looks into it and answers; if nothing is corrected, it says why.', 'ask': 'Ask for a correction', 'about': 'What is wrong',
  'about.record': 'A record of mine', 'about.fixes': 'My fixes', 'about.post': 'My post', 'about.phone': 'My telephone number',
  'which': 'Which record (optional)', 'words': 'What is wrong, and how it should be', 'send': 'Ask', 'sent': 'Correction asked for',
  'state.asked': 'Asked', 'state.answered': 'Answered', 'answer.explained': 'Explained', 'answer.corrected': 'Corrected', 'answer.refused': 'Not corrected', 'by': '{name} · {when}',
  'missing.about': 'Choose what is wrong.', 'missing.words': 'Say in a few words what is wrong.', 'too_long': 'At most {n} characters.',
};

export const c = (key: keyof typeof zh, values?: Record<string, string | number>): string => fill((language.value === 'en' ? en : zh)[key], values);
