/** The words of the own insurances and fund, in both languages: they travel with 我的数据, not with the first page. */
import { fill, language } from './text';

export const zh = {
  'title': '我的保险和公积金', 'what': '专职网格员依法享有（条例第十九条）。缺哪一项，请找那一项后面写的单位。', 'as_of': '截至{day}',
  'pension': '养老保险', 'medical': '医疗保险', 'unemployment': '失业保险', 'work_injury': '工伤保险', 'maternity': '生育保险', 'housing_fund': '住房公积金', 'accident': '人身意外伤害保险',
  'covered': '有效', 'until': '有效到{day}', 'ending': '快到期，到{day}', 'lacking': '没有', 'ask': '问{unit}',
} as const;

export const en: Record<keyof typeof zh, string> = {
  'title': 'My insurances and fund', 'what': 'Full-time workers are entitled to these by law (Art. 19). Where one is lacking, ask the unit named behind it.', 'as_of': 'As of {day}',
  'pension': 'Pension insurance', 'medical': 'Medical insurance', 'unemployment': 'Unemployment insurance', 'work_injury': 'Work-injury insurance', 'maternity': 'Maternity insurance', 'housing_fund': 'Housing provident fund', 'accident': 'Personal accident insurance',
  'covered': 'In force', 'until': 'Until {day}', 'ending': 'Ends soon, on {day}', 'lacking': 'Lacking', 'ask': 'Ask {unit}',
};

export const g = (key: keyof typeof zh, values?: Record<string, string | number>): string => fill((language.value === 'en' ? en : zh)[key], values);
