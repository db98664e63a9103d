/** The words around the PIN, the first sign-in and 我的数据: fetched with those screens, not with the first page. */
export const zh = {
  'lock.title': '{name}，已锁定', 'lock.enter': '请输入 6 位 PIN', 'lock.checking': '正在核对……', 'lock.digits': '已输入 {n} 位，共 6 位', 'lock.pad': '数字键', 'lock.delete': '删除',
  'lock.wrong': 'PIN 不对，还可以试 {left} 次。', 'lock.out': '输错太多次，锁住了。联网后用密码登录就能打开，手机上的记录和草稿都还在。', 'lock.failed': '没有打开，请再试一次。',
  'lock.forgot': '忘了 PIN，用密码登录', 'lock.other': '换人', 'lock.calls': '紧急电话，不用解锁', 'lock.gas': '燃气抢修', 'lock.fire': '火警', 'lock.police': '报警', 'lock.ambulance': '急救',
  'choose.title': '设一个 6 位 PIN', 'choose.why': '手机丢了，别人打不开您的记录。5 分钟不用会自动锁上；巡查中、拍照时不锁。没有网也能用 PIN 打开。', 'choose.first': '请输入新的 6 位 PIN', 'choose.again': '再输一次，两次要一样',
  'choose.simple': '这个太容易猜到，请换一个。', 'choose.differ': '两次不一样，请重新设。', 'choose.failed': '没有设好。请用密码重新登录后再设。', 'choose.done': 'PIN 设好了',
  'welcome.title': '登录这部手机', 'welcome.who': '账号：{name}', 'welcome.new_password': '设一个新密码（至少 10 个字符）', 'welcome.do': '设好并登录', 'welcome.short': '密码至少 10 个字符。', 'welcome.failed': '没有登录成功。连上网再试一次。',
  'welcome.gone': '这个二维码打不开。请网格长或单位重新出示一个。', 'welcome.to_sign_in': '去登录页', 'welcome.used': '二维码已经用过、过期了，或者输错太多次。请网格长或单位重新出示一个。',
  'mine.what': '您记的内容和照片、保存的时间、账号和岗位，只为网格工作和核对收集。', 'mine.looks': '谁看过我记的敏感记录', 'mine.looks_what': '照护等敏感记录，每次有人打开都会登记。最近的在最上面。', 'mine.look': '{name}，{when}看了{day}的{kind}', 'mine.no_looks': '还没有别人看过。', 'mine.offline': '联网后才能看。', 'mine.ask': '要改正或删除', 'mine.ask_what': '自己的记录可以在“我的记录”里改；其他的错，在上面提出更正申请。要求删除，请找：{units}。',
} as const;
