/** The words of tasks, in both languages. They travel with the screens of tasks, not with the first page. */
import { fill, language } from './text';

export const zh = {
  'none': '现在没有任务', 'none_hint': '网格长、村（社区）、镇（街道）交办的任务会出现在这里。', 'mine': '要做的', 'to_me': '给我的任务', 'over': '做完和退回的', 'title': '任务', 'today': '要做的任务', 'not_here': '这部手机上没有这项任务。', 'due': '期限', 'asked_until': '已请求延到{day}', 'by': '{name}交办',
  'state.open': '待接受', 'state.accepted': '在做', 'state.done': '已完成', 'state.handed_back': '已退回', 'state.refused': '依法拒绝', 'state.withdrawn': '已撤回',
  'accept': '接受', 'finish': '完成', 'hand_back': '做不了，退回', 'refuse': '依法拒绝', 'more_time': '请求延期', 'take_back': '收回拒绝', 'proof': '看记录',
  'accepted': '已接受', 'finished': '已完成', 'handed_back': '已退回', 'time_asked': '已请求延期', 'refused': '已拒绝', 'taken_back': '已收回', 'withdrawn': '已撤回', 'due_set': '期限已改', 'sent': '已交办给{n}人', 'sent.some': '已交办给{n}人，还有{left}人没有：', 'said': '说明已保存',
  'finish.which': '哪条记录说明做完了？', 'finish.none': '还没有能说明做完的记录：交办以后、同一网格、您自己的记录。', 'finish.log': '现在去记一笔',
  'back.why': '为什么做不了？', 'back.leave': '休假、调休', 'back.unsafe': '不安全', 'back.not_my_grid': '不是我的网格', 'back.duplicate': '重复', 'back.hint': '退回不计入任何考核。',
  'refuse.title': '依法拒绝（条例第十二条）', 'refuse.which': '点一项就保存。', 'refuse.hint': '由主管部门裁定，交办人不裁定；到期没有裁定，拒绝成立。不计入您的任何考核。', 'refuse.words': '要说明的话，只给主管部门看', 'refuse.close': '好',
  'ground.1': '超出网格化服务管理事项清单的事项', 'ground.2': '依法应当由行政机关工作人员或者其他人员实施的行政许可、行政处罚、行政强制等事项', 'ground.3': '其他违反法律、法规规定的事项',
  'ruling.waiting': '等主管部门裁定，最晚{day}', 'ruling.waiting_no_day': '等主管部门裁定', 'ruling.upheld': '拒绝成立，不用做', 'ruling.not_upheld': '拒绝不成立，已给新期限', 'ruling.stood': '到期没有裁定，拒绝成立', 'ruling.order_not_upheld': '拒绝不成立',
  'step.assigned': '交办', 'step.accepted': '接受', 'step.done': '完成', 'step.handed_back': '退回', 'step.refused': '依法拒绝', 'step.taken_back': '收回拒绝', 'step.time_asked': '请求延期', 'step.due_set': '改期限', 'step.withdrawn': '撤回', 'step.ruled': '裁定', 'history': '经过',
  'kept': '任务已撤回，您做过的仍保留。', 'due_new': '新的期限', 'too_long': '最多 {n} 个字。',
  'send.what': '要做什么', 'send.who': '交给谁', 'send.to': '交办', 'send.open': '手上有 {n} 项', 'send.away': '不在岗', 'send.words': '请写明要做的事和地点。不写个人情况。', 'send.missing_matter': '请选事项。清单外的事不能交办。', 'send.missing_words': '请写要做什么。', 'send.missing_who': '请选人。', 'send.missing_due': '请选期限。', 'send.given': '已交办', 'send.nothing': '没有交办出去的任务。', 'send.nobody': '这个网格没有可以交办的人。', 'send.only_leaders': '网格长才能交办。', 'withdraw': '撤回', 'set_due': '改期限',
} as const;
export type TaskKey = keyof typeof zh;

export const en: Record<TaskKey, string> = {
  'none': 'No tasks now', 'none_hint': 'What the grid leader, the village or the town asks of you appears here.', 'mine': 'To do', 'to_me': 'Tasks for me', 'over': 'Done and handed back', 'title': 'Task', 'today': 'Tasks to do', 'not_here': 'This task is not on this phone.', 'due': 'Due', 'asked_until': 'Asked for more time, until {day}', 'by': 'Assigned by {name}',
  'state.open': 'New', 'state.accepted': 'Under way', 'state.done': 'Done', 'state.handed_back': 'Handed back', 'state.refused': 'Refused', 'state.withdrawn': 'Withdrawn',
  'accept': 'Accept', 'finish': 'Finish', 'hand_back': 'Cannot do it, hand back', 'refuse': 'Refuse under Art. 12', 'more_time': 'Ask for more time', 'take_back': 'Take the refusal back', 'proof': 'See the record',
  'accepted': 'Accepted', 'finished': 'Done', 'handed_back': 'Handed back', 'time_asked': 'Asked for more time', 'refused': 'Refused', 'taken_back': 'Taken back', 'withdrawn': 'Withdrawn', 'due_set': 'The day is changed', 'sent': 'Assigned to {n}', 'sent.some': 'Assigned to {n}, not yet to {left}: ', 'said': 'Your words are saved',
  'finish.which': 'Which record shows that it is done?', 'finish.none': 'No record shows it yet: one of your own, of this grid, made since the task was assigned.', 'finish.log': 'Log it now',
  'back.why': 'Why can it not be done?', 'back.leave': 'On leave', 'back.unsafe': 'Unsafe', 'back.not_my_grid': 'Not my grid', 'back.duplicate': 'Duplicate', 'back.hint': 'Handing back counts in no evaluation.',
  'refuse.title': 'Refuse (Art. 12 of the regulation)', 'refuse.which': 'One tap on a ground saves it.', 'refuse.hint': 'The competent department rules, not the assigner; with no ruling in time the refusal stands. It counts in no evaluation of yours.', 'refuse.words': 'Your words, for the competent department alone', 'refuse.close': 'OK',
  'ground.1': 'Matters beyond the list of grid-based service and management matters', 'ground.2': 'Administrative licensing, penalties, coercion and the like, which by law staff of administrative organs or others carry out', 'ground.3': 'Other matters that violate laws or regulations',
  'ruling.waiting': 'The competent department rules by {day}', 'ruling.waiting_no_day': 'Waits for the competent department', 'ruling.upheld': 'Upheld: you need not do it', 'ruling.not_upheld': 'Not upheld: there is a new day', 'ruling.stood': 'No ruling in time: the refusal stands', 'ruling.order_not_upheld': 'Not upheld',
  'step.assigned': 'Assigned', 'step.accepted': 'Accepted', 'step.done': 'Done', 'step.handed_back': 'Handed back', 'step.refused': 'Refused', 'step.taken_back': 'Refusal taken back', 'step.time_asked': 'Asked for more time', 'step.due_set': 'Day changed', 'step.withdrawn': 'Withdrawn', 'step.ruled': 'Ruled', 'history': 'History',
  'kept': 'The task was withdrawn; what you did is kept.', 'due_new': 'New day', 'too_long': 'At most {n} characters.',
  'send.what': 'What to do', 'send.who': 'Who', 'send.to': 'Assign', 'send.open': '{n} open', 'send.away': 'Off duty', 'send.words': 'Say what to do and where. Nothing personal.', 'send.missing_matter': 'Choose the matter. What is not on the list cannot be assigned.', 'send.missing_words': 'Say what to do.', 'send.missing_who': 'Choose somebody.', 'send.missing_due': 'Choose a day.', 'send.given': 'Assigned', 'send.nothing': 'Nothing is assigned.', 'send.nobody': 'Nobody in this grid can take a task.', 'send.only_leaders': 'Grid leaders assign.', 'withdraw': 'Withdraw', 'set_due': 'Change the day',
};

export const k = (key: TaskKey, values?: Record<string, string | number>): string => fill((language.value === 'en' ? en : zh)[key], values);
