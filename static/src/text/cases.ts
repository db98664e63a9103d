/** The words of cases, in both languages: they travel with the record's page. */
import { fill, language } from './text';

export const zh = {
  'title': '办理情况', 'lead': '牵头：{name}', 'no_lead': '还没有交办', 'helps': '协助：{names}', 'the_grid': '网格', 'due': '{when}前办好', 'late': '逾期，应在{when}前办好', 'stands': '暂停计时', 'verify_by': '请在{day}前核实', 'history': '办理经过', 'photo': '结果照片', 'result': '结果：{words}',
  'state.accepted': '已受理', 'state.assigned': '已交办', 'state.in_progress': '办理中', 'state.suspended': '已暂停', 'state.done_reported': '待核实', 'state.verified': '已核实', 'state.closed': '已办结', 'state.not_verified': '办结，未核实',
  'step.opened': '转为闭环办理', 'step.assigned': '交办', 'step.helper_added': '请来协助', 'step.arrived': '到现场', 'step.suspended': '暂停计时', 'step.resumed': '恢复计时', 'step.reported': '上报结果', 'step.verified': '核实已办好', 'step.sent_back': '核实没办好，退回', 'step.closed': '办结', 'step.not_verified': '到期未核实，办结',
  'ask': '办好了吗？', 'settled': '办好了', 'not_settled': '没办好，退回', 'verified': '已核实', 'sent_back': '已退回', 'words': '还差什么', 'send': '退回继续办', 'missing': '请写还差什么。', 'too_long': '最多 {n} 个字。',
} as const;

export const en: Record<keyof typeof zh, string> = {
  'title': 'What became of it', 'lead': 'In the lead: {name}', 'no_lead': 'Not given yet', 'helps': 'Helping: {names}', 'the_grid': 'the grid', 'due': 'Due {when}', 'late': 'Overdue since {when}', 'stands': 'The clock stands', 'verify_by': 'Please verify by {day}', 'history': 'How it went', 'photo': 'Photo of the result', 'result': 'Result: {words}',
  'state.accepted': 'Accepted', 'state.assigned': 'Given', 'state.in_progress': 'Under way', 'state.suspended': 'Suspended', 'state.done_reported': 'To be verified', 'state.verified': 'Verified', 'state.closed': 'Closed', 'state.not_verified': 'Ended, not verified',
  'step.opened': 'Case made', 'step.assigned': 'Given', 'step.helper_added': 'Asked to help', 'step.arrived': 'Arrived', 'step.suspended': 'Suspended', 'step.resumed': 'Resumed', 'step.reported': 'Result reported', 'step.verified': 'Verified as settled', 'step.sent_back': 'Not settled, sent back', 'step.closed': 'Closed', 'step.not_verified': 'Ended without being verified',
  'ask': 'Is it settled?', 'settled': 'Settled', 'not_settled': 'Not settled, send back', 'verified': 'Verified', 'sent_back': 'Sent back', 'words': 'What is lacking', 'send': 'Send it back', 'missing': 'Say what is lacking.', 'too_long': 'At most {n} characters.',
};

export type CaseKey = keyof typeof zh;
export const c = (key: CaseKey, values?: Record<string, string | number>): string => fill((language.value === 'en' ? en : zh)[key], values);
