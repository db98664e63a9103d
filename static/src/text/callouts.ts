/** The words of call-outs, in both languages: they travel with their screen, not with the first page. */
import { fill, language } from './text';

export const zh = {
  'title': '应急呼叫', 'answer_now': '请回复', 'your_answer': '您的回复：{what}',
  'received': '收到', 'safe': '我安全', 'need_help': '需要帮助', 'saved': '已回复', 'helped': '已求助，联上网立即送达网格长和开启单位',
  'by': '{unit}开启', 'since': '{at}开启', 'until': '{at}自动结束', 'hint': '没有信号也可以点，有网就先送。回复不计入任何考核。', 'call_leader': '打给网格长{name}',
  'place': '发送我现在的位置', 'place_hint': '不发也可以。只在您点的时候取一次，只给开启单位和您的网格长看，结束30天后删除，归入案件的除外。', 'place_sent': '位置已保存，联网即送', 'place_none': '没有取到位置，请看手机的定位开关', 'place_over': '应急呼叫已结束，位置没有发送',
  'board': '我的网格', 'counts': '呼叫{called}人 · 平安{safe}人 · 只回复收到{received}人', 'board_help': '需要帮助（{n}人）', 'board_waiting': '未回复（{n}人）', 'board_hint': '未回复不等于有事：可能没有信号。', 'as_of': '按上次联网时的内容',
  'none_help': '没有人求助', 'none_waiting': '都已回复', 'where': '看位置', 'at': '{at}的位置',
} as const;

export const en: Record<keyof typeof zh, string> = {
  'title': 'Call-out', 'answer_now': 'Please answer', 'your_answer': 'Your answer: {what}',
  'received': 'Received', 'safe': 'I am safe', 'need_help': 'I need help', 'saved': 'Answered', 'helped': 'Your grid leader and the opening unit hear it as soon as there is a network',
  'by': 'Opened by {unit}', 'since': 'Since {at}', 'until': 'Ends by itself at {at}', 'hint': 'Works without a signal and is sent before all else. It counts in no evaluation.', 'call_leader': 'Call the grid leader, {name}',
  'place': 'Send where I am now', 'place_hint': 'You need not. Taken once, when you tap, for the opening unit and your grid leader alone; deleted 30 days after the end unless it is filed in a case.', 'place_sent': 'Position saved, sent with the next contact', 'place_none': 'No position found: look at the location switch of the phone', 'place_over': 'The call-out is over: your position was not sent',
  'board': 'My grids', 'counts': '{called} called · {safe} safe · {received} received only', 'board_help': 'Need help ({n})', 'board_waiting': 'Not yet ({n})', 'board_hint': 'No answer does not mean that something happened: there may be no signal.', 'as_of': 'As of the last contact',
  'none_help': 'Nobody asks for help', 'none_waiting': 'Everybody has answered', 'where': 'See the position', 'at': 'Position of {at}',
};

export const c = (key: keyof typeof zh, values?: Record<string, string | number>): string => fill((language.value === 'en' ? en : zh)[key], values);
