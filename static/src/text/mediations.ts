/** The words of mediations, in both languages. A file of its own: they travel with the forms, not with the first page. */
import { fill, language } from './text';

export const zh = {
  'fit.ask': '这件事能在这里调解吗？', 'fit.hint': '有下面任何一项，就不在网格调解：点选后告诉当事人去哪里办。', 'fit.none': '都没有，可以调解', 'fit.some': '不在这里调解，记下去向', 'fit.again': '重新判断能不能调解',
  'unsuited.special': '法律规定由专门机关管', 'unsuited.court': '法院、公安、检察院已受理', 'unsuited.administrative': '和行政机关之间的争议', 'unsuited.refused': '一方明确不愿调解', 'unsuited.violence': '有家庭暴力',
  'turn.title': '请告诉当事人去哪里办', 'turn.special': '找主管的专门机关，例如劳动监察、劳动争议仲裁。', 'turn.court': '按办案机关的安排办。', 'turn.administrative': '可以申请行政复议，或向人民法院提起行政诉讼。', 'turn.refused': '不勉强。双方可以找其他途径，或向人民法院起诉。', 'turn.violence': '立即拨打 110。可以向妇联求助，也可以向人民法院申请人身安全保护令。', 'turn.passed_on': '这个事项只登记转办，不自行调解。请告诉当事人找劳动监察，或申请劳动争议仲裁。',
  'who.pair': '只有您和{name}看得到。', 'who.leader': '只有您和网格长看得到。', 'who.team': '只有调解小组的人看得到。',
  'parties.title': '当事人', 'parties.name': '姓名', 'parties.phone': '电话', 'parties.part': '哪一方', 'parties.add': '再加一位', 'parties.add_first': '加一位当事人（选填）', 'parties.remove': '去掉{name}', 'parties.nth': '第 {n} 位', 'parties.least': '只写怎么称呼和联系电话，不写身份证号，不拍照片。', 'parties.show': '显示姓名和电话', 'parties.show_hint': '每看一次都会留下查看登记。', 'parties.none': '没有写当事人。',
  'part.applicant': '申请人', 'part.other': '另一方',
  'note.label': '事情经过和商定的事', 'note.rights': '先告诉双方：调解自愿、不收费，随时可以退出。',
  'outcome.title': '结果', 'outcome.open': '还在调解', 'outcome.oral': '口头协议', 'outcome.written': '书面协议', 'outcome.referred': '移交人民调解委员会', 'outcome.none': '没有谈成', 'outcome.told': '已告知去向',
  'after.oral': '商定的事写在说明里，到日子回访。', 'after.written': '书面协议由当事人自己签字、自己保存。要盖章或司法确认的，请移交人民调解委员会。', 'after.referred': '请带当事人找村（社区）人民调解委员会，由人民调解员办理。', 'after.none': '请告诉双方：还可以找人民调解委员会，或向人民法院起诉。',
  'revisit.on': '回访日期', 'revisit.title': '回访', 'revisit.due': '{day}回访', 'revisit.ask': '商定的事做到了吗？', 'revisit.kept': '做到了', 'revisit.not_kept': '没做到', 'revisit.again': '下次回访', 'revisit.none': '不再回访',
  'step.do': '记进展', 'step.words': '有什么进展', 'step.outcome': '有结果了吗？', 'step.open': '还没有结果', 'step.steps': '调解经过',
  'record.is': '网格调处记录', 'record.is_not': '这是网格自己的记录，不是人民调解协议书，不盖章。', 'check.title': '核对', 'check.go': '去核对', 'check.back': '再改', 'check.hint': '看一遍再保存。',
  'missing.party': '请至少写一位当事人的姓名。', 'missing.outcome': '请选结果。', 'missing.words': '请写有什么进展，或选结果。', 'missing.kept': '请选做到没有。',
} as const;

export const en: Record<keyof typeof zh, string> = {
  'fit.ask': 'Can this be mediated here?', 'fit.hint': 'If one of these is so, it is not: tick it, and tell the parties where to turn.', 'fit.none': 'None of them: it can', 'fit.some': 'Not here: note where to turn', 'fit.again': 'Look again whether it can',
  'unsuited.special': 'By law a special organ handles it', 'unsuited.court': 'A court, the police or the procuratorate has it', 'unsuited.administrative': 'A dispute with an administrative organ', 'unsuited.refused': 'A party clearly does not want it', 'unsuited.violence': 'There is domestic violence',
  'turn.title': 'Tell the parties where to turn', 'turn.special': 'To the special organ in charge, for example labour inspection or labour arbitration.', 'turn.court': 'Follow what the organ that has the case says.', 'turn.administrative': "Apply for administrative reconsideration, or sue before the people's court.", 'turn.refused': "Nobody is pressed. Both may take another way, or sue before the people's court.", 'turn.violence': "Call 110 at once. The women's federation helps, and the people's court can order protection.", 'turn.passed_on': 'This matter is only registered and passed on. Tell the parties of labour inspection and labour arbitration.',
  'who.pair': 'Only you and {name} see this.', 'who.leader': 'Only you and the grid leader see this.', 'who.team': 'Only the mediation team sees this.',
  'parties.title': 'Parties', 'parties.name': 'Name', 'parties.phone': 'Telephone', 'parties.part': 'Which side', 'parties.add': 'One more', 'parties.add_first': 'Add a party (optional)', 'parties.remove': 'Remove {name}', 'parties.nth': 'No. {n}', 'parties.least': 'Only a name to call them by and a telephone, no identity number. No photos.', 'parties.show': 'Show names and telephones', 'parties.show_hint': 'Each look is noted.', 'parties.none': 'No party was named.',
  'part.applicant': 'Applicant', 'part.other': 'Other side',
  'note.label': 'What happened and what was agreed', 'note.rights': 'Tell both first: it is voluntary and free, and either may stop at any time.',
  'outcome.title': 'Outcome', 'outcome.open': 'Still under way', 'outcome.oral': 'Oral settlement', 'outcome.written': 'Written settlement', 'outcome.referred': "Passed to the people's mediation committee", 'outcome.none': 'No settlement', 'outcome.told': 'Told where to turn',
  'after.oral': 'Put what was agreed in the note; the return visit comes on its day.', 'after.written': "The parties sign and keep the paper themselves. For a seal or a court's confirmation, pass it to the people's mediation committee.", 'after.referred': "Take the parties to the people's mediation committee of the village or community.", 'after.none': "Tell both: there are still the people's mediation committee and the people's court.",
  'revisit.on': 'Return visit on', 'revisit.title': 'Return visit', 'revisit.due': 'Return visit on {day}', 'revisit.ask': 'Was it kept?', 'revisit.kept': 'Kept', 'revisit.not_kept': 'Not kept', 'revisit.again': 'Next return visit', 'revisit.none': 'No further visit',
  'step.do': 'Note how it goes on', 'step.words': 'How it goes on', 'step.outcome': 'Is there an outcome?', 'step.open': 'Not yet', 'step.steps': 'How it went',
  'record.is': 'Note of the grid', 'record.is_not': "This is the grid's own note. It is no people's mediation agreement and bears no seal.", 'check.title': 'Check', 'check.go': 'Check it', 'check.back': 'Change', 'check.hint': 'Read it once more, then save.',
  'missing.party': 'Give the name of at least one party.', 'missing.outcome': 'Choose an outcome.', 'missing.words': 'Say how it goes on, or choose an outcome.', 'missing.kept': 'Say whether it was kept.',
};

export const m = (key: keyof typeof zh, values?: Record<string, string | number>): string => fill((language.value === 'en' ? en : zh)[key], values);
