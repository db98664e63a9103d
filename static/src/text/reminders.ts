/** The words of 手机提醒, in both languages: fetched with the page Me. */
import { fill, language } from './text';

export const zh = {
  'title': '手机提醒',
  'why': '应用关着，有新任务、退回、答复时，手机也会提醒您。只说是哪一类事，不显示姓名、地址和内容。点开关后，浏览器会再问您一次。',
  'on': '已打开。只说是哪一类事，不显示姓名、地址和内容。不在岗的日子，除了紧急情况不提醒。',
  'asking': '正在打开……',
  'denied': '浏览器不允许提醒。请在浏览器或手机的设置里，允许本网站（应用）发通知，再回来点一次。',
  'unsupported': '本浏览器不能在应用关着时提醒。消息在应用里照样看得到。',
  'apple': '放到桌面后，从桌面打开，才能在应用关着时提醒。消息在应用里照样看得到。',
  'not_set_up': '单位还没有开通手机提醒。消息在应用里照样看得到。',
  'offline': '没有改成：现在连不上服务器。有网时再点一次。',
  'no_service': '没有打开：连不上本浏览器的推送服务。消息在应用里照样看得到。',
} as const;

export const en: Record<keyof typeof zh, string> = {
  'title': 'Reminders on this phone',
  'why': 'With the app closed, the phone tells you of a new task, a return or an answer. It says only what kind of thing it is: no name, no address, no content. After your tap the browser asks once more.',
  'on': 'On. It says only what kind of thing it is: no name, no address, no content. On days you are off duty, only for emergencies.',
  'asking': 'Turning on…',
  'denied': 'The browser does not allow it. Allow notifications of this site (app) in the settings of the browser or phone, then tap again.',
  'unsupported': 'This browser cannot remind you while the app is closed. Messages are in the app all the same.',
  'apple': 'Put the app on the home screen and open it there: only then can it remind you while closed. Messages are in the app all the same.',
  'not_set_up': 'Your organisation has not set this up yet. Messages are in the app all the same.',
  'offline': 'Not changed: the server cannot be reached. Tap again with a network.',
  'no_service': "Not turned on: this browser's push service cannot be reached. Messages are in the app all the same.",
};

export const r = (key: keyof typeof zh): string => fill((language.value === 'en' ? en : zh)[key]);
