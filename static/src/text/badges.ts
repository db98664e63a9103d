/** The words of the work badge, in both languages: they travel with its screen, not with the first page. */
import { fill, language } from './text';

export const zh = {
  'title': '工作标识', 'back': '返回', 'valid': '有效', 'over': '已过有效期', 'invalid': '无效（停用或离岗）', 'refresh': '请让对方刷新后再扫',
  'none': '还没有工作标识，或者已经停用。请镇（街道）在办公页发放，联网后这里就有。', 'number': '编号', 'grid': '网格', 'until': '有效期至', 'photo': '{name}的照片',
  'qr': '查验工作标识的二维码', 'each_minute': '二维码每分钟变一次，扫码的人看到的是当时的状态', 'not_yet': '这部手机要先联一次网，才有二维码',
  'bright': '请把屏幕调到最亮', 'for_colleague': '给同事查验', 'for_everybody': '给群众查验', 'colleague_qr': '给同事手机查验的二维码', 'colleague_hint': '同事用手机相机扫，没有网也能查', 'colleague_not_yet': '这部手机要先联一次网，才能给同事离线查验',
  'check': '查验同事的工作标识', 'check_hint': '请同事点“给同事查验”，用这部手机的相机扫。没有网也能查。', 'scan': '打开相机扫', 'stop': '停止扫码', 'no_camera': '打不开相机。请用系统相机扫，或者粘贴二维码的内容。',
  'no_detector': '这部手机的浏览器不能在这里扫码。请用系统相机或扫码工具扫，它会打开这一页；也可以把扫到的内容粘贴到下面。', 'paste': '二维码的内容', 'judge': '查验',
  'unreadable': '这不是给同事查验的二维码。给群众的那一个，请联网扫。', 'unknown_key': '这部手机还没有核对它的密钥。请联一次网再查。',
  'as_of': '停用名单截至 {when}', 'as_of_never': '这部手机还没有联过网', 'elsewhere': '对方不在本县，停用名单不在这部手机上，请再扫一次给群众的二维码。', 'face_hint': '这里没有照片，请看工作标识上的照片或再扫给群众的二维码。',
} as const;

export const en: Record<keyof typeof zh, string> = {
  'title': 'Work badge', 'back': 'Back', 'valid': 'Valid', 'over': 'Past its last day', 'invalid': 'Not valid (revoked or no longer in post)', 'refresh': 'Ask them to refresh, then scan again',
  'none': 'There is no work badge yet, or it was revoked. The town issues it in the office pages; it is here after the next contact.', 'number': 'Number', 'grid': 'Grid', 'until': 'Valid until', 'photo': 'Photo of {name}',
  'qr': 'QR code to check the work badge', 'each_minute': 'The code changes by the minute; whoever scans it reads how things stand then', 'not_yet': 'This phone needs one contact with the network before it has a code',
  'bright': 'Turn the screen up to its brightest', 'for_colleague': 'For a colleague', 'for_everybody': 'For everybody', 'colleague_qr': 'QR code for a colleague\'s phone', 'colleague_hint': 'A colleague scans it with the camera, also without a network', 'colleague_not_yet': 'This phone needs one contact with the network before a colleague can check it offline',
  'check': 'Check a colleague\'s work badge', 'check_hint': 'Ask your colleague to tap “For a colleague”, then scan it with this phone. Works without a network.', 'scan': 'Scan with the camera', 'stop': 'Stop scanning', 'no_camera': 'The camera did not open. Scan with the camera app, or paste what the code says.',
  'no_detector': 'The browser of this phone cannot scan here. Scan with the camera app, which opens this page, or paste what it read below.', 'paste': 'What the code says', 'judge': 'Check',
  'unreadable': 'This is not the code for colleagues. Scan the one for everybody with a network.', 'unknown_key': 'This phone does not know the key that signed it yet. Connect once, then check again.',
  'as_of': 'Revocations as of {when}', 'as_of_never': 'This phone has had no contact yet', 'elsewhere': 'They work in another county, whose revocations are not on this phone: scan the code for everybody as well.', 'face_hint': 'There is no photo here: look at the one on the work badge, or scan the code for everybody.',
};

export const b = (key: keyof typeof zh, values?: Record<string, string | number>): string => fill((language.value === 'en' ? en : zh)[key], values);
