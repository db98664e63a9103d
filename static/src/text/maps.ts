/** The words of the maps, in both languages. A file of its own: they travel with the screens that show one. */
import { fill, language } from './text';

export const zh = {
  'map.view': '怎样看', 'map.as_map': '图', 'map.as_list': '列表', 'map.label': '网格轮廓：检查点今天看了 {done} 个，共 {points} 个；未整改隐患 {hazards} 处。列表里是同样的内容。',
  'map.points_done': '检查点 今天已看', 'map.hazards_open': '未整改隐患', 'map.of_them_major': '其中重大', 'map.no_hazards': '没有未整改的隐患。', 'map.no_points': '没有要看的检查点。',
  'map.point_done': '检查点，今天已看', 'map.point_open': '检查点，今天还没看', 'map.hazard_general': '一般隐患，未整改', 'map.hazard_major': '重大隐患，未整改', 'map.done_today': '今天已看', 'map.not_yet': '还没看',
  'map.no_outline': '网格轮廓还没有取到这部手机上。', 'map.border_grid': '网格边界', 'map.border_micro': '微网格边界',
  'map.own_show': '我在哪里', 'map.own_hide': '不再显示我的位置', 'map.own_looking': '正在定位', 'map.own_at': '蓝点是这部手机，误差约 {m} 米。', 'map.own_outside': '这部手机在这些网格之外，误差约 {m} 米。', 'map.own_none': '没有定位到。', 'map.own_never': '只在这一页显示，离开就没有了，不保存、不发送。',
  'map.closer': '放大', 'map.farther': '缩小', 'map.credit': '底图：{name}', 'map.tianditu': '天地图', 'map.no_picture': '这里的底图还没有取到手机上，轮廓和标记照常。联网看过的地方，没有网也能看。',
} as const;

export const en: Record<keyof typeof zh, string> = {
  'map.view': 'View as', 'map.as_map': 'Map', 'map.as_list': 'List', 'map.label': 'Outline of the grids: {done} of {points} check points looked at today, {hazards} hazards not fixed. The list says the same.',
  'map.points_done': 'check points done today', 'map.hazards_open': 'Hazards not fixed', 'map.of_them_major': 'of them major', 'map.no_hazards': 'No hazard is open.', 'map.no_points': 'No check points are planned.',
  'map.point_done': 'Check point, looked at today', 'map.point_open': 'Check point, not yet today', 'map.hazard_general': 'Ordinary hazard, not fixed', 'map.hazard_major': 'Major hazard, not fixed', 'map.done_today': 'Done today', 'map.not_yet': 'Not yet',
  'map.no_outline': 'No outline of a grid is on this phone yet.', 'map.border_grid': 'Border of a grid', 'map.border_micro': 'Border of a micro-grid',
  'map.own_show': 'Where am I', 'map.own_hide': 'Stop showing where I am', 'map.own_looking': 'Looking for a fix', 'map.own_at': 'The blue dot is this phone, accurate to about {m} m.', 'map.own_outside': 'This phone is outside these grids, accurate to about {m} m.', 'map.own_none': 'No fix was found.', 'map.own_never': 'Shown on this page only, gone when you leave it; not kept, not sent.',
  'map.closer': 'Zoom in', 'map.farther': 'Zoom out', 'map.credit': 'Map: {name}', 'map.tianditu': 'Tianditu', 'map.no_picture': 'The map picture of this place is not on the phone yet; outlines and marks are. What was looked at with a network shows without one.',
};

export const say = (key: keyof typeof zh, values?: Record<string, string | number>): string => fill((language.value === 'en' ? en : zh)[key], values);
