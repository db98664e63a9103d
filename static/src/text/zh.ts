/** Every sentence of the phone app in Chinese. The keys are the type of all other languages. */
export const zh = {
  'app.name': '网格行',
  'app.what': '没有网也能记，有网自动送达',
  'app.skip': '跳到正文',
  'app.office': '打开办公端',
  'app.office_only': '您的岗位在办公端处理工作，手机端没有可记录的内容。',

  'act.back': '返回', 'act.call': '拨打 {number}', 'act.cancel': '取消', 'act.change': '改', 'act.close': '关闭', 'act.done': '好了', 'act.later': '以后再说',
  'act.more': '再看一些', 'act.retry': '再试一次', 'act.save': '保存', 'act.save_and_send_again': '保存并重新送审', 'act.understood': '知道了', 'act.undo': '撤回',

  'tab.all': '主要页面', 'tab.today': '今日', 'tab.tasks': '任务', 'tab.log': '记一笔', 'tab.records': '我的记录', 'tab.me': '我',
  'tab.approvals': '审核', 'tab.map': '地图', 'tab.dispatch': '交办', 'tab.team': '队伍',
  'mode.worker': '网格员', 'mode.leader': '网格长', 'mode.switch_to': '换到{mode}界面',
  'part.missing': '这一页还没有取到手机上。联网后点“再试一次”。',

  'day.today': '今天', 'day.tomorrow': '明天', 'day.overdue': '逾期 {n} 天',

  'sign_in.name': '账号', 'sign_in.password': '密码', 'sign_in.submit': '登录', 'sign_in.again': '重新登录', 'sign_in.both': '请填写账号和密码。',
  'sign_in.failed': '没有登录成功。联网后再试一次。', 'sign_in.cleared': '这部手机上您的数据已清除：您移除了它，或手机已停用，或您已不在岗。因停用或离岗没送出的记录，已先交给单位。', 'sign_in.forgotten': '忘记密码：请网格长或安全管理员出示一次性重置码。',
  'reset.open': '忘记密码', 'reset.title': '重置密码', 'reset.code': '一次性重置码', 'reset.next': '新密码', 'reset.set': '设为新密码', 'reset.all': '三项都要填。', 'reset.done': '密码已改，请登录',
  'size.ask': '大字？', 'size.yes': '要大字', 'size.no': '标准字就好', 'size.normal': '标准', 'size.large': '大', 'size.elder': '特大',
  'theme.sun': '日光', 'theme.night': '夜间', 'hand.right': '右手', 'hand.left': '左手',

  'person.title': '换人使用', 'person.switch_from': '现在是{name}，点按换人', 'person.now': '现在使用：{name}', 'person.another': '另一位登录', 'person.on_this_phone': '用过这部手机的人',
  'person.password_of': '{name}的密码', 'person.password_needed': '请输入{name}的密码。', 'person.enter': '进入', 'person.kept': '换人后，前一位没送出的记录仍留在手机上，联网后继续发送。',

  'sync.all': '全部已送达', 'sync.waiting': '{n} 条待发 · 点看', 'sync.waiting_short': '{n} 条待发', 'sync.conflicts': '{n} 条要您看', 'sync.refused': '{n} 条未被接收', 'sync.held': '{n} 条等前面的', 'sync.announced': '{n} 条还没送到',
  'delivery.saved': '已存手机', 'delivery.in_memory': '没存进手机', 'delivery.sending': '发送中', 'delivery.delivered': '已送达', 'delivery.refused': '未被接收', 'delivery.photos': '照片待传 {n} 张',
  'review.none': '不需审核', 'review.waiting': '待审核', 'review.approved': '已通过', 'review.returned': '退回修改', 'review.disputed': '异议中', 'review.lapsed': '逾期未审，视同通过',
  'review.due_by': '请在{day}前审核', 'review.will_by': '将在{day}前审核', 'review.by': '审核人：{name}',

  'bar.cannot_keep': '本浏览器不能离线。请保持联网使用，或换一个浏览器。', 'bar.in_memory': '本浏览器不能把记录存进手机。请联网使用，关闭页面前先等全部送达。',
  'bar.no_room': '手机空间不足，暂停拍照。先记文字，看到“已存手机”才算存住。请清理一些空间。', 'bar.lost': '有 {n} 条记录的内容已从手机上丢失（{from}至{to}），网格长那边也能看到。此后是否还有，无法知道。',
  'bar.emptied': '浏览器清除了本应用存在手机上的数据，其中 {n} 项（记录和照片）还没有送出，要重新记。请清理手机空间，联网后重新登录。',
  'bar.restricted': '您已不在岗，或这部手机已停用：没送出的记录会交给单位处理，新记的平台不再接收。', 'bar.signed_out': '还没有登录，或登录已过期。可以继续记录，登录后自动发送。',
  'bar.update': '新版本已备好。', 'bar.update_now': '现在换用',

  'save.done': '已存手机，有网自动发送', 'save.held': '已存手机，5 秒后发送', 'save.in_memory': '没有存进手机，只在这个页面里。送达以前请勿关闭页面', 'save.too_long': '内容太长，没有保存。请分成几条。', 'save.no_room': '手机空间不足，没有保存。请清理空间后再按一次保存。',
  'save.database_lost': '手机的数据库打不开，没有保存。请重新打开应用再试。', 'save.locked': '已锁定，没有保存。请先输入密码。', 'undo.too_late': '已经送出，不能撤回', 'undo.more': '{words}（前面还有 {n} 项可撤回）',

  'kind.patrol': '巡查', 'kind.hazard': '隐患排查', 'kind.visit': '走访服务', 'kind.emergency': '应急处置', 'kind.record': '记录', 'kind.household': '住户', 'kind.place': '场所', 'kind.publicity': '平安宣传', 'kind.information': '信息收集', 'kind.mediation': '矛盾调解', 'kind.step': '调解进展',
  'duty.information': '信息收集', 'duty.hazards': '隐患排查', 'duty.mediations': '矛盾调解', 'duty.visits': '走访服务', 'duty.emergencies': '应急处置', 'duty.publicity': '平安宣传',
  'log.which': '记哪一类？', 'log.not_open': '暂未开通', 'log.last_used': '上次用的',

  'today.greeting': '今天有 {n} 件到期的事', 'today.to_correct': '要改的记录', 'today.unfinished': '没写完的', 'today.draft_of': '写于{when}，点按接着写', 'today.due_visits': '该走访了（{n}）',
  'today.more_due': '还有 {n} 户到期，在“记一笔 · 走访服务”里可以搜到。', 'today.relooks': '该回头看、回访了（{n}）', 'today.nothing_due': '今天没有到期的事。可以开始巡查。',

  'messages.title': '消息', 'messages.more': '还有 {n} 条', 'page.failed': '这一页出了问题，已保存的记录不受影响。再试一次还不行，请关掉应用重新打开。',

  'install.title': '先放到桌面', 'install.why': '放到桌面后打开更快，没有网也能用，记录更不容易被手机清掉。', 'install.apple': '点浏览器的“分享”，再点“添加到主屏幕”。放到桌面后没有网也能用，记录更不容易被清掉。', 'install.now': '放到桌面',

  'form.acts': '表单操作', 'form.optional': '（选填）', 'form.needed': '这里要填。', 'form.matter': '事项', 'form.which_matter': '什么事项？', 'form.more_matters': '更多（还有 {n} 项）', 'form.no_matters': '事项清单还没有取到手机上。联网后再打开一次。',
  'form.choose_matter': '请先选事项。', 'form.grid': '哪个网格', 'form.add_n': '加 {n}', 'form.clear': '清零', 'form.note': '说明', 'form.no_secrets': '勿录国家秘密、工作秘密', 'form.obstructed': '受阻', 'form.obstructed_hint': '依法履职受到阻碍；不写姓名。', 'form.drop': '不记了，丢掉', 'form.drop_change': '不改了', 'form.drop_sure': '确定丢掉', 'form.hindrance': '受阻',
  'matter.demo': '示例事项，尚未公布。',

  'photo.title': '照片', 'photo.take': '拍照', 'photo.another': '再拍一张', 'photo.choose': '相册', 'photo.choose_long': '从相册选照片', 'photo.after': '整改后的照片', 'photo.forbidden': '这个事项不拍照片。',
  'photo.needed': '这个事项要求拍照：{reason}（{document}）。拍不了也可以保存。', 'photo.cannot': '拍不了', 'photo.gap_said': '拍不了照片：{why}', 'photo.open': '第 {n} 张照片，点按放大', 'photo.alt': '第 {n} 张照片（{role}）', 'photo.role_scene': '现场', 'photo.role_after': '整改后',
  'photo.shrinking': '正在处理 {n} 张照片，可以接着填', 'photo.heic': '这张照片是 HEIC 格式，本浏览器打不开。请在相机设置里改用“兼容性最佳”（JPEG）再拍。', 'photo.unreadable': '这张照片打不开，没有保存。请重拍一张。', 'photo.not_kept': '照片没有存住。请清理手机空间后再拍。',
  'photo.no_room': '手机空间不足，暂停拍照。可以先记文字。', 'photo.on_the_road': '照片在路上', 'photo.blur_hint': '点一下人脸或车牌，把它抹去。用键盘：方向键对准，回车抹去。', 'photo.blur_keep': '保存抹去的 {n} 处', 'photo.blur_undo': '恢复原样', 'photo.remove': '删掉这张照片',
  'gap.dark': '太暗', 'gap.unsafe': '不安全', 'gap.refused': '对方不同意', 'gap.gone': '已经没有了',

  'place.title': '位置', 'place.fix': '定位，误差约 {m} 米', 'place.photo': '取自照片的位置', 'place.map': '在图上点的位置', 'place.known': '登记的位置', 'place.looking': '正在定位，可以先填别的', 'place.none': '没有定位。可以在图上点，或用文字写。', 'place.not_given': '没有定位',
  'place.locate': '重新定位', 'place.clear': '不填位置', 'place.outside': '这个位置在本网格之外，可以点图改正。', 'place.picker': '{grid}的轮廓。点按或拖动改位置，也可以用方向键。', 'place.shown': '在{grid}轮廓上的位置', 'place.words': '位置说明', 'place.words_hint': '例如：3 幢 2 单元楼道口',

  'severity.general': '一般隐患', 'severity.major': '重大隐患', 'hazard.severity': '程度', 'hazard.advice': '劝导建议', 'hazard.proposal': '程度、建议和日期', 'hazard.fix_by': '建议{day}前整改', 'hazard.relook_on': '{day}回头看', 'hazard.fix_by_label': '建议整改日期', 'hazard.relook_label': '回头看日期',
  'hazard.major_warning': '请远离危险，立即报告网格长。', 'hazard.fixed_on_spot': '当场已整改', 'hazard.state_open': '未整改', 'hazard.state_closed': '已整改',
  'relook.title': '回头看', 'relook.do': '回头看', 'relook.what': '现在怎么样？', 'relook.choose': '请选现在的情况。', 'relook.fixed': '已整改', 'relook.not_fixed': '还没整改', 'relook.worse': '更严重了',

  'visit.whom': '走访对象', 'visit.which_household': '走访哪一户？', 'visit.search_hint': '门牌号、姓氏或拼音首字母；到期的在最上面', 'visit.none_found': '没有找到。换个门牌号或姓氏试试。', 'visit.type_to_search': '没有到期的住户。输入门牌号或姓氏查找。',
  'visit.other': '换一户', 'visit.add_household': '新增住户', 'visit.change_household': '改住户资料', 'visit.close_household': '这一户不在了', 'visit.moved_out': '已搬离', 'visit.duplicate': '登记重复', 'visit.micro_grid': '微网格', 'visit.door': '门牌地址', 'visit.contact': '联系人姓名', 'visit.telephone': '联系电话', 'visit.least': '只记这几项。不记身份证号、宗教、民族和政治情况。',
  'visit.mode': '怎样走访', 'mode.door': '上门', 'mode.phone': '电话', 'mode.street': '路遇', 'mode.office': '来访', 'visit.all_well': '一切正常', 'visit.see_below': '有情况，见下', 'visit.ticks': '看过、问过', 'visit.needs': '有什么需要',
  'tick.phone_ok': '电话能打通', 'tick.gas_ok': '用气安全', 'tick.fire_ok': '用火用电安全', 'tick.living_ok': '生活正常', 'tick.medicine_ok': '用药正常',
  'need.repair': '维修', 'need.medical': '就医', 'need.errand': '代办', 'need.policy': '问政策', 'need.talk': '想聊聊', 'need.other': '其他',
  'visit.next': '下次走访', 'visit.next_on': '下次走访：{day}', 'visit.no_next': '没有走访计划，不安排下次。', 'visit.saved_next': '已存手机，下次走访{day}',
  'visit.missing_household': '请先选走访哪一户。', 'visit.missing_matter': '请先选事项。', 'visit.missing_outcome': '请点“一切正常”，或选看到的情况。',

  'emergency.gas_smell': '闻到燃气味', 'emergency.gas_word': '燃气', 'emergency.leave_first': '撤离后再用手机。不开关电器，不点火，到空旷处再拨打。', 'emergency.call': '拨打电话', 'emergency.calls': '拨打记录', 'emergency.no_gas_number': '本县还没有登记燃气抢修电话，请拨 119。',
  'emergency.called': '拨打 {number}', 'emergency.no_call': '还没有从这里拨打电话。', 'emergency.no_persons': '不写姓名，不写病情。', 'emergency.reported': '已报警', 'emergency.told': '已存手机，有网最先送给网格长', 'emergency.add': '补充', 'emergency.save_addition': '保存补充', 'emergency.open': '看记录',
  'called.119': '119', 'called.110': '110', 'called.120': '120', 'called.gas': '燃气抢修', 'called.what_119': '火警', 'called.what_110': '报警', 'called.what_120': '急救',
  'publicity.people': '宣传到多少人', 'publicity.households': '宣传到多少户', 'publicity.no_names': '只记数目，不记姓名、门牌和地点。', 'publicity.by_plan': '按公布的宣传计划开展。', 'publicity.within': '政策公布起 {n} 个工作日内告知。', 'publicity.missing_matter': '请先选事项。', 'publicity.missing_reached': '请填宣传到的人数或户数。',
  'information.which_household': '哪一户？', 'information.whose': '哪一户', 'information.finding': '情况', 'information.business': '单位或店铺名称', 'information.where': '在哪里', 'information.where_hint': '写单位或工地，不写人名。', 'information.words': '诉求或建议（照本人的意思写）', 'information.wants_answer': '本人要回复', 'information.answer': '回复', 'information.answer_hint': '要回复的，选好是哪一户，回复才找得到人。', 'information.least': '只写这个事项用得上的。不写身份证号、病情、金额和租客。', 'information.team_only': '只有照护小组的人看得到。只记住户自愿说的。', 'information.no_team': '您还不在照护小组里。这个事项由照护小组办：请先请镇（街道）指定小组。现在保存，平台不会接收，记录会留在手机上。',
  'information.missing_matter': '请先选事项。', 'information.missing_household_id': '请先选是哪一户。', 'information.missing_finding': '请选是什么情况。', 'information.missing_business_name': '请填名称。', 'information.missing_place_words': '请填在哪里。', 'information.missing_note': '请写下诉求或建议。',
  'finding.as_known': '与登记一致', 'finding.moved_in': '新搬来', 'finding.moved_out': '已搬离', 'finding.contact_changed': '联系方式有变', 'finding.reminded': '已提醒自行登记', 'finding.says_registered': '房东说已登记', 'finding.not_met': '没遇到房东', 'finding.opened': '新开业', 'finding.closed': '已歇业', 'finding.wants_help': '希望得到救助', 'finding.living_changed': '生活情况有变', 'finding.wants_contact': '希望部门联系',
  'household.search_hint': '门牌号、姓氏或拼音首字母', 'household.type_to_search': '输入门牌号或姓氏查找。',

  'patrol.start': '开始巡查', 'patrol.start_hint': '不记轨迹，只记检查点', 'patrol.resume': '接着巡查', 'patrol.resume_hint': '已看 {n} 个点', 'patrol.points': '检查点', 'patrol.progress': '个检查点已看', 'patrol.no_points': '这个网格还没有设检查点。可以直接记隐患。',
  'patrol.log_hazard': '记隐患', 'patrol.on_the_way': '路上记的', 'patrol.finish': '结束巡查', 'patrol.finish_hint': '5 秒内可撤回', 'patrol.finished': '巡查结束，看了 {n} 个点', 'patrol.nothing_checked': '还没有看任何检查点。',
  'patrol.privacy': '定位只在点按时取一次，留在本手机；送出的只有误差和“在点上／不在点上”。',
  'check.normal': '正常', 'check.hazard': '有隐患', 'check.not_reached': '没走到', 'check.hazard_at': '{place}：有隐患', 'check.not_reached_at': '{place}：没走到', 'check.change': '{place}：改', 'inside.inside': '在点上', 'inside.outside': '不在点上', 'inside.unknown': '定位不准',

  'records.month': '本月', 'records.filter': '看哪些', 'records.all': '全部', 'records.unsent': '没送达', 'records.returned': '退回的', 'records.none': '还没有记录。',
  'announced.title': '报过数、还没送到', 'announced.told': '{device}在{when}报告：还有 {n} 条没送到', 'announced.unknown': '那部手机有网时会送到。如果它的数据已被清除，就只剩这些线索；此后是否还记过别的，无法知道。',
  'record.title': '记录', 'record.not_here': '这部手机上没有这条记录。', 'record.history': '经过', 'record.correct': '改后再送', 'record.correct_title': '修改记录', 'record.edit_title': '重新填写', 'record.clock_held': '手机时间不准，按收到的时间记', 'record.entered_by_other': '由他人代录',
  'receipt.have': '收条：{when}收到，编号 {code}', 'receipt.other': '平台已收到这条记录。', 'receipt.none': '还没有收条：平台还没有收到。',
  'step.saved': '记录', 'step.corrected': '修改再送', 'step.approved': '通过', 'step.returned': '退回', 'step.disputed': '不同意退回', 'step.dispute_upheld': '异议成立，通过', 'step.dispute_rejected': '维持退回', 'step.lapsed': '逾期未审，视同通过', 'step.relooked': '回头看', 'step.mediated': '调解进展', 'step.revisited': '回访', 'step.conflict_settled': '两处修改已合并',
  'reason.unclear': '写得不清楚', 'reason.wrong_place': '位置不对', 'reason.wrong_matter': '事项选错', 'reason.photo_unclear': '照片看不清', 'reason.other': '其他原因',
  'dispute.open': '不同意退回', 'dispute.who_decides': '由网格指导员或镇（街道）决定，网格长不能自己决定。', 'dispute.why': '理由', 'dispute.send': '提出异议', 'dispute.saved': '异议已存手机，有网自动发送', 'dispute.waiting': '等待网格指导员或镇（街道）决定。',
  'dispute.decide': '决定异议', 'dispute.uphold': '异议成立，记录通过', 'dispute.reject': '维持退回', 'dispute.upheld': '异议成立，记录已通过', 'dispute.rejected': '已维持退回',

  'approvals.left': '{n} 条待审核', 'approvals.none': '都审核完了', 'approvals.approve': '通过', 'approvals.return': '退回', 'approvals.approved': '已通过', 'approvals.approved_n': '已通过 {n} 条', 'approvals.returned': '已退回', 'approvals.acts': '审核操作', 'approvals.later': '先看下一条',
  'approvals.card': '{name}的{kind}', 'approvals.batch': '低风险 {n} 条', 'approvals.batch_title': '低风险记录，一起通过', 'approvals.batch_pass': '通过 {n} 条',
  'return.title': '退回修改', 'return.why': '退回原因', 'return.choose': '请选一个原因。', 'return.words': '补充说明', 'return.confirm': '退回给记录人',
  'hint.time_held': '手机时间不准，按收到的时间记', 'hint.photo_other_day': '照片不是当天拍的', 'hint.photo_used_before': '照片以前用过', 'hint.outside_check_point': '有检查点定位不在点上', 'hint.place_outside_grid': '位置在网格之外',
  'filter.grid': '网格',

  'map.view': '怎样看', 'map.as_map': '图', 'map.as_list': '列表', 'map.label': '网格轮廓：检查点今天看了 {done} 个，共 {points} 个；未整改隐患 {hazards} 处。列表里是同样的内容。', 'map.points_done': '检查点今天已看', 'map.hazards_open': '未整改隐患', 'map.of_them_major': '其中重大', 'map.no_hazards': '没有未整改的隐患。',
  'map.point_done': '检查点，今天已看', 'map.point_open': '检查点，今天还没看', 'map.hazard_general': '一般隐患，未整改', 'map.hazard_major': '重大隐患，未整改', 'map.done_today': '今天已看', 'map.not_yet': '还没看',
  'team.due': '到期走访 {n}', 'team.overdue': '其中逾期 {n}', 'team.waiting': '待审核 {n}', 'team.to_correct': '退回待改 {n}', 'team.call': '给{name}打电话', 'team.call_short': '打电话',
  'tasks.none': '现在没有任务', 'tasks.later': '任务交办还没有开通，开通后会出现在这里。', 'dispatch.later': '交办还没有开通', 'dispatch.meanwhile': '开通以前，有事请在“队伍”里打电话。',

  'role.grid_leader': '网格长', 'role.full_time_worker': '专职网格员', 'role.part_time_worker': '兼职网格员', 'role.grid_adviser': '网格指导员', 'role.micro_grid_leader': '微网格长', 'role.village_committee': '村（居）民委员会', 'role.town_government': '镇人民政府、街道办事处', 'role.department': '职能部门', 'role.county_authority': '县级主管部门', 'role.city_authority': '市级主管部门', 'role.system_administrator': '系统管理员', 'role.security_administrator': '安全管理员', 'role.auditor': '审计员',

  'me.demo': '演示数据，人物均为虚构。', 'me.look': '外观和反馈', 'me.size': '字号', 'me.theme': '明暗', 'me.hand': '惯用手', 'me.language': '语言', 'me.vibration': '保存时震动', 'me.sound': '保存时出声', 'me.this_phone': '这部手机', 'me.unsent': '还有 {n} 条没送出', 'me.last_contact': '上次联网：{when}', 'me.data': '我的数据', 'me.fixes': '我的定位（只在本手机）', 'me.devices': '我的手机', 'me.revoke': '停用', 'me.revoke_sure': '停用{device}？那部手机上您的数据会清除，不能恢复；没送出的记录交给单位处理。', 'me.revoke_now': '确定停用', 'me.revoke_failed': '没有停用。联网后再试一次。',
  'me.ways_out': '退出', 'me.sign_out': '退出登录', 'me.remove': '从这部手机移除我', 'me.remove_sure': '移除后，{name}在这部手机上的数据全部删除。没送出的记录送完以前不能移除。', 'me.remove_now': '移除',
  'storage.title': '占用空间', 'storage.used': '已用 {used} MB，可用共 {quota} MB', 'storage.persisted': '浏览器答应保留这些数据。', 'storage.not_persisted': '浏览器没有答应一直保留。放到桌面、常打开，更不容易被清掉。',
  'export.do': '导出没送出的记录（密封）', 'export.what': '密封文件只有办公端能打开。手机一直没有网时，把它交给单位。', 'export.failed': '没有导出。请再试一次。',
  'fixes.what': '每次点按时取的定位，只在这部手机上，90 天后自动删除。别人看不到。', 'fixes.none': '还没有定位。',

  'outbox.title': '待发', 'outbox.waiting': '{n} 条待发。', 'outbox.to_settle': '都已送到平台，下面的要您看一看。', 'outbox.held': '都已送到平台，下面的还在等前面的记录，不用您做什么。', 'outbox.none_here': '这部手机上没有待发的。', 'outbox.announced': '但您有 {n} 条报过数、还没送到：在另一部手机上，或随清除的数据丢失了。', 'outbox.offline': '现在没有网，有网自动发送。', 'outbox.retry': '现在再试', 'outbox.empty': '没有待发的。', 'outbox.delivered': '已送达 {n} 条（有收条）', 'outbox.edit': '改了再送', 'outbox.see': '看记录', 'outbox.dismiss': '不送了', 'outbox.dismiss_sure': '确定不送', 'outbox.to_export': '去导出密封文件',
  'outbox_state.held': '可撤回', 'outbox_state.waiting': '已存手机', 'outbox_state.sending': '发送中', 'outbox_state.photos': '照片待传', 'outbox_state.refused': '未被接收', 'outbox_state.deferred': '等前面的', 'outbox_state.conflict': '两处不一致', 'outbox_state.not_used': '未采用', 'outbox_state.done': '已送达',
  'why.held': '还在撤回时间内，5 秒后发送。', 'why.next': '马上发送。', 'why.offline': '没有网，有网自动发送。', 'why.signed_out': '登录已过期，登录后发送。', 'why.server_busy': '平台忙，稍后自动再试。', 'why.before_it': '等它前面的一条。', 'why.deferred': '平台已收到，要等它依据的那条记录先送到，到了自动办。', 'why.photos': '文字已到，照片待传。',
  'act_name.patrols.report': '巡查', 'act_name.hazards.report': '隐患排查', 'act_name.hazards.relook': '回头看', 'act_name.visits.report': '走访服务', 'act_name.emergencies.report': '应急处置', 'act_name.records.correct': '修改再送', 'act_name.approvals.approve': '审核：通过', 'act_name.approvals.return': '审核：退回', 'act_name.approvals.dispute': '不同意退回', 'act_name.approvals.rule': '决定异议', 'act_name.households.save': '住户', 'act_name.households.close': '住户搬离', 'act_name.places.save': '场所', 'act_name.looks.note': '查看登记', 'act_name.messages.read': '消息已读', 'act_name.void': '作废', 'act_name.publicity.report': '平安宣传', 'act_name.information.report': '信息收集', 'act_name.mediations.report': '矛盾调解', 'act_name.mediations.step': '调解进展',
  'conflict.mine': '我写的', 'conflict.theirs': '平台上的', 'conflict.keep_mine': '用我写的', 'conflict.keep_theirs': '用平台上的', 'conflict.empty': '（空）', 'conflict.yes': '是', 'conflict.no': '否',
  'field.note': '说明', 'field.calls': '拨打过', 'field.gas_smell': '闻到燃气味', 'field.severity': '程度', 'field.advice': '劝导建议', 'field.advised_fix_by': '建议整改日期', 'field.relook_on': '回头看日期', 'field.fixed_on_spot': '当场已整改', 'field.place': '位置', 'field.place_words': '位置说明', 'field.matter_code': '事项', 'field.photos': '照片', 'field.photo_gap': '拍不了照片', 'field.mode': '怎样走访', 'field.all_well': '一切正常', 'field.ticks': '看过、问过', 'field.needs': '有什么需要', 'field.next_on': '下次走访', 'field.checks': '检查点', 'field.obstructed': '受阻', 'field.door': '门牌地址', 'field.contact_name': '联系人姓名', 'field.contact_phone': '联系电话', 'field.name': '名称', 'field.address': '地址', 'field.household_id': '走访对象', 'field.people': '宣传到多少人', 'field.households': '宣传到多少户', 'field.finding': '情况', 'field.business_name': '单位或店铺名称', 'field.wants_answer': '本人要回复', 'field.unsuited': '不在这里调解', 'field.parties': '当事人', 'field.outcome': '结果', 'field.revisit_on': '回访日期',
  'problem.unknown': '没有做成（{code}）。', 'problem.offline': '现在没有网，有网时再试。', 'problem.offline_unknown_person': '这部手机上还没有这个人；第一次登录要有网。', 'problem.offline_wrong_password': '密码不对。现在没有网，用上次在这部手机登录时的密码。', 'problem.only_online': '输错太多次。联网后用密码登录。', 'problem.password_needed': '请输入密码。', 'problem.phone_key_locked': '密码改过，这部手机上的旧数据打不开。请用旧密码进入一次，把没送出的送完。', 'problem.unsent_work': '还有没送出的记录，送完才能移除。', 'problem.receipt_mismatch': '平台的收条和送出的内容不一致，不能算送达。请改了再送。',

  'notice.title': '收集什么，不收集什么', 'notice.short': '本应用只收集工作需要的内容，不记轨迹，不计在线时长。', 'notice.read': '看一看',
  'notice.collected': '收集的', 'notice.collected_1': '您记的巡查、隐患、走访、应急、信息、调解、宣传和照片，以及保存的时间；在应急页点了哪个电话、几点点的。', 'notice.collected_2': '隐患的位置，可以改正，也可以不填。', 'notice.collected_3': '住户的门牌、一位联系人和一个电话，只为事项清单上的事项；调解当事人的姓名和电话，只有办理和审核的人看得到。',
  'notice.never': '不收集的', 'notice.never_1': '不记行走轨迹、里程和时长，不在后台定位。', 'notice.never_2': '不计打卡、在线时间，不排名。', 'notice.never_3': '不记身份证号、宗教、民族和政治情况。',
  'notice.here': '留在手机上的', 'notice.here_1': '巡查点按时的定位留在本手机，90 天后删除；送出的只有误差和是否在点上。', 'notice.here_2': '手机上的内容都加密保存。', 'notice.here_3': '照片里的拍摄地点等信息送出前已去掉。',
  'notice.rights': '您的权利', 'notice.rights_1': '可以看、改正、导出自己的记录，可以对退回提出异议。', 'notice.rights_2': '打开含敏感信息的记录会留下查看登记。',
} as const;
