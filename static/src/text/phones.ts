/** Words about what this browser or phone can and cannot do, in both languages: fetched with the screens that say them. */
import { fill, language } from './text';

export const zh = {
  'plain.memory': '本浏览器不能离线，记的内容存不进手机，只在本页里。请联网使用；关掉本页以前，先等全部送达。',
  'plain.offline': '本浏览器不能离线，现在没有网：写的内容只在本页里，关掉就没有了。先不要关，有网自动发送。',
  'plain.shut': '这部手机的存储现在打不开。以前存过的记录，请关掉本页、重新打开再看。',
  'plain.no_start': '本浏览器不能离线打开：没有网时不要关掉本页，关掉后有网才能再打开。记录照样存进手机。',
  'plain.loose': '手机的存储出了问题：{n} 份没写完的没有存住，只在本页里。请不要关掉本页，联网后保存。',
  'plain.person': '本浏览器存不住记录：前一位没送出的只在本页里，换回来才接着发送。',
  'plain.sign_in': '手机的存储打不开，没有登录成功。请关掉应用，重新打开再试。',
  'install.title': '先放到桌面', 'install.why': '放到桌面后打开更快，没有网也能用，记录更不容易被手机清掉。', 'install.apple': '点浏览器的“分享”，再点“添加到主屏幕”。放到桌面后没有网也能用，记录更不容易被清掉。', 'install.now': '放到桌面',
  'install.send_first': '先发送，再放到桌面', 'install.apart': '桌面上的应用看不到浏览器里的记录：还有 {n} 条没送出，等“全部已送达”再放到桌面。',
  'notice.short': '本应用只收集工作需要的内容，不收轨迹，不计在线时长。', 'notice.read': '看一看',
  'photo.heic': '这张照片是 HEIC 格式，本浏览器打不开，没有存下；已填的都还在。请点“拍照”当场拍，或在相机设置里改用“兼容性最佳”（JPEG）再拍。',
  'photo.offline': '没有网络，照片暂时看不到', 'photo.not_now': '照片暂时看不到',
  'wifi.only': '照片只用 Wi-Fi 发送', 'wifi.hint': '文字照常发送；应急的照片不等 Wi-Fi。', 'wifi.unknown': '本浏览器不告诉应用是不是 Wi-Fi，照片随文字一起发送。',
  'badge.open': '工作标识', 'filing': '备案号',
  'look.not_kept': '看敏感记录要先留痕。手机没有空间或存储打不开，这次留痕没有存进手机，所以内容不显示。请清理空间，或重新打开应用再看。',
  'wifi.waits': '照片等 Wi-Fi：文字已送到，{n} 张照片有 Wi-Fi 时自动发送。', 'wifi.now': '现在发送照片',
} as const;

export const en: Record<keyof typeof zh, string> = {
  'plain.memory': 'This browser cannot work offline: what you log is not kept on the phone, it is in this page alone. Stay online, and wait until all is delivered before you close the page.',
  'plain.offline': 'This browser cannot work offline and there is no network now: what you write is in this page alone and gone when you close it. Leave it open; it is sent when there is a network.',
  'plain.shut': 'The storage of this phone does not open now. For what was kept here before, close this page, open it again and look.',
  'plain.no_start': 'This browser cannot open the app offline: without a network, keep this page open. Records are still kept on the phone.',
  'plain.loose': "The phone's storage fails: {n} unfinished were not kept and are in this page alone. Do not close it; save them with a network.",
  'plain.person': 'This browser keeps no records: what the other person has not sent is in this page alone, and goes on when you switch back.',
  'plain.sign_in': "The phone's storage does not open, so you are not signed in. Close the app, open it again and retry.",
  'install.title': 'Put it on the home screen first', 'install.why': 'From the home screen it opens faster, works without a network, and the phone is less likely to clear your records.', 'install.apple': "Tap the browser's Share, then Add to Home Screen. It then works without a network and your records are less likely to be cleared.", 'install.now': 'Add to home screen',
  'install.send_first': 'Send first, then add to the home screen', 'install.apart': 'The app on the home screen does not see what lies in the browser: {n} still unsent. Add it once all is delivered.',
  'notice.short': 'This app collects only what the work needs. No tracks, no counting of time online.', 'notice.read': 'Read it',
  'photo.heic': 'This photo is HEIC; this browser cannot open it and it was not kept. What you filled in is still there. Take it with “Take a photo”, or set the camera to “most compatible” (JPEG).',
  'photo.offline': 'No network: the photo cannot be shown now', 'photo.not_now': 'The photo cannot be shown now',
  'wifi.only': 'Send photos over Wi-Fi only', 'wifi.hint': 'Text is sent as always; photos of an emergency do not wait.', 'wifi.unknown': 'This browser does not tell whether the link is Wi-Fi, so photos are sent along with the text.',
  'badge.open': 'Work badge', 'filing': 'Filing number',
  'look.not_kept': 'A look at a sensitive record is noted first. The phone has no room or its storage does not open, so the note was not kept and nothing is shown. Free some space, or open the app again and look.',
  'wifi.waits': 'Photos wait for Wi-Fi: the text has arrived, {n} photos are sent by themselves over Wi-Fi.', 'wifi.now': 'Send the photos now',
};

export const p = (key: keyof typeof zh, values?: Record<string, string | number>): string => fill((language.value === 'en' ? en : zh)[key], values);
