/** The words of orders outside the list, in both languages: they travel with their screens, not with the first page. */
import { fill, language } from './text';

export const zh = {
  'title': '清单外的事', 'open': '有人让我做清单外的事', 'what': '有人不通过本应用、另外要您做清单外的事，可以在这里说。只有县（市、区）主管部门看得到；网格长、村、镇、同事都看不到。不计入您的任何考核。',
  'giver': '谁让您做的', 'giver_hint': '例如哪个单位的谁，怎么通知的。', 'words': '让您做什么', 'picture': '截图',
  'which': '依法拒绝的理由：点一项就保存', 'saved': '已保存，只送给主管部门', 'missing': '请先填完再点',
  'missing.giver': '请写是谁让您做的。', 'missing.words': '请写让您做什么。', 'too_long': '最多 {n} 个字。', 'photos_most': '最多 {n} 张截图。', 'none': '还没有说过。', 'by': '{name}让做的',
  'state.waiting': '待裁定', 'state.ruled': '已答复', 'voice': '提意见、投诉、举报', 'heard': '与我有关的材料',
} as const;

export const en: Record<keyof typeof zh, string> = {
  'title': 'Orders outside the list', 'open': 'I was told to do something outside the list', 'what': 'If somebody told you, outside this app, to do something that is not on the list, say so here. The competent department of the county alone sees it: not your leader, village, town or colleagues. It counts in no evaluation of yours.',
  'giver': 'Who told you', 'giver_hint': 'Say which unit and who, and how you were told.', 'words': 'What you were told to do', 'picture': 'Screenshot',
  'which': 'Why you refuse: one tap on a ground saves it', 'saved': 'Saved, for the competent department alone', 'missing': 'Fill this in first, then tap',
  'missing.giver': 'Say who told you.', 'missing.words': 'Say what you were told to do.', 'too_long': 'At most {n} characters.', 'photos_most': 'At most {n} screenshots.', 'none': 'Nothing told yet.', 'by': 'Told by {name}',
  'state.waiting': 'Waiting for a ruling', 'state.ruled': 'Answered', 'voice': 'Suggest, complain, report', 'heard': 'Papers about me',
};

export const o = (key: keyof typeof zh, values?: Record<string, string | number>): string => fill((language.value === 'en' ? en : zh)[key], values);
