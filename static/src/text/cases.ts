/** The words of cases, in both languages: they travel with the record's page. */
import { fill, language } from './text';

export const zh = {
  'title': '办理情况', 'lead': '牵头：{name}', 'no_lead': '还没有交办', 'helps': '协助：{names}', 'the_grid': '网格', 'due': '{when}前办好', 'late': '逾期，应在{when}前办好', 'stands': '暂停计时', 'verify_by': '请在{day}前核实', 'history': '办理经过', 'photo': '结果照片', 'result': '结果：{words}',
  'state.accepted': '已受理', 'state.assigned': '已交办', 'state.in_progress': '办理中', 'state.suspended': '已暂停', 'state.contested': '职责待裁定', 'state.done_reported': '待核实', 'state.verified': '已核实', 'state.closed': '已办结', 'state.not_verified': '办结，未核实',
  'step.opened': '转为闭环办理', 'step.assigned': '交办', 'step.helper_added': '请来协助', 'step.arrived': '到现场', 'step.suspended': '暂停计时', 'step.resumed': '恢复计时', 'step.reported': '上报结果', 'step.verified': '核实已办好', 'step.sent_back': '核实没办好，退回', 'step.closed': '办结', 'step.not_verified': '到期未核实，办结',
  'step.handed_up': '转到上一级', 'step.handed_down': '转到下一级', 'step.helped': '协助情况', 'step.whistled': '吹哨', 'step.whistle_met': '应哨到场', 'step.not_ours': '提出非我职责', 'step.duty_moved': '裁定：换单位办理', 'step.duty_stays': '裁定：仍由原部门办理', 'step.reminded': '催办', 'step.escalated': '逾期，报上一级', 'step.reopened': '重新办理', 'step.ordered': '责令限期整改', 'step.order_met': '复查：已改好', 'step.order_unmet': '复查：没改好',
  'ask': '办好了吗？', 'settled': '办好了', 'not_settled': '没办好，退回', 'verified': '已核实', 'sent_back': '已退回', 'words': '还差什么', 'send': '退回继续办', 'missing': '请写还差什么。', 'too_long': '最多 {n} 个字。',
} as const;

export const en: Record<keyof typeof zh, string> = {
  'title': 'What became of it', 'lead': 'In the lead: {name}', 'no_lead': 'Not given yet', 'helps': 'Helping: {names}', 'the_grid': 'the grid', 'due': 'Due {when}', 'late': 'Overdue since {when}', 'stands': 'The clock stands', 'verify_by': 'Please verify by {day}', 'history': 'How it went', 'photo': 'Photo of the result', 'result': 'Result: {words}',
  'state.accepted': 'Accepted', 'state.assigned': 'Given', 'state.in_progress': 'Under way', 'state.suspended': 'Suspended', 'state.contested': 'Duty in doubt', 'state.done_reported': 'To be verified', 'state.verified': 'Verified', 'state.closed': 'Closed', 'state.not_verified': 'Ended, not verified',
  'step.opened': 'Case made', 'step.assigned': 'Given', 'step.helper_added': 'Asked to help', 'step.arrived': 'Arrived', 'step.suspended': 'Suspended', 'step.resumed': 'Resumed', 'step.reported': 'Result reported', 'step.verified': 'Verified as settled', 'step.sent_back': 'Not settled, sent back', 'step.closed': 'Closed', 'step.not_verified': 'Ended without being verified',
  'step.handed_up': 'Handed up', 'step.handed_down': 'Handed down', 'step.helped': 'Helped', 'step.whistled': 'Called to appear', 'step.whistle_met': 'Came when called', 'step.not_ours': 'Said it is not its duty', 'step.duty_moved': 'Decided: another unit’s duty', 'step.duty_stays': 'Decided: it stays', 'step.reminded': 'Reminder', 'step.escalated': 'Overdue, told to the level above', 'step.reopened': 'Opened again', 'step.ordered': 'Ordered to be put right', 'step.order_met': 'Checked: put right', 'step.order_unmet': 'Checked: not put right',
  'ask': 'Is it settled?', 'settled': 'Settled', 'not_settled': 'Not settled, send back', 'verified': 'Verified', 'sent_back': 'Sent back', 'words': 'What is lacking', 'send': 'Send it back', 'missing': 'Say what is lacking.', 'too_long': 'At most {n} characters.',
};

export type CaseKey = keyof typeof zh;
export const c = (key: CaseKey, values?: Record<string, string | number>): string => fill((language.value === 'en' ? en : zh)[key], values);
