/**
 * The hands of a person: each act chooses its object from what the phone shows (the shipped store's own lists), as a
 * screen would, and is saved through `Store.act`. Answers what was saved, for the driver's ledger.
 */
import { chance } from './chance.mjs';

const HOLD = 5000;

/** `on`: the one record to do it to. */
export async function act(store, { what, x, on }, browser, pictures) {
  const hands = new Hands(store, browser, chance(x), pictures, on);
  const done = await hands[what]();
  return done ?? { nothing: what };
}

class Hands {
  constructor(store, browser, luck, pictures, on) {
    Object.assign(this, { store, browser, luck, pictures, on });
  }
  get me() {
    return this.store.session.person.id;
  }
  newId() {
    const bytes = this.browser.chance.bytes(16);
    let time = this.store.env.now();
    for (let at = 5; at >= 0; at -= 1) {
      bytes[at] = time % 256;
      time = Math.floor(time / 256);
    }
    bytes[6] = 0x70 | (bytes[6] & 15);
    bytes[8] = 0x80 | (bytes[8] & 63);
    const text = Buffer.from(bytes).toString('hex');
    return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-');
  }
  grid() {
    const grids = this.store.session.roles.map((role) => role.grid_id).filter(Boolean);
    return grids.length ? this.luck.one(grids) : undefined;
  }
  async one(kind, fits = () => true, where) {
    const rows = (await this.store.list(kind, where)).filter((row) => (!this.on || row.id === this.on) && fits(row));
    return rows.length ? this.luck.one(rows) : undefined;
  }
  async save(given) {
    const result = await this.store.act(given);
    return this.told(result, given);
  }
  told(result, given) {
    const { name, photos = [], hold_ms = 0, shows } = given;
    return { ...result, name, photos, held: hold_ms > 0, object: shows?.row.id ?? null, person: this.me };
  }
  /** Sometimes a picture or two; sometimes one that was used before. */
  async photos(share = 0.25) {
    const named = [];
    while (named.length < 3 && this.luck.often(named.length ? 0.3 : share)) {
      const picture = this.luck.one(this.pictures);
      const comment = Buffer.alloc(12);
      comment.set([0xff, 0xfe, 0, 10]);
      if (!this.luck.often(0.1)) comment.writeDoubleBE(this.browser.chance.random(), 4);
      const bytes = Buffer.concat([picture.subarray(0, 2), comment, picture.subarray(2)]);
      const sha256 = await this.store.keepPhoto(new Uint8Array(bytes), 'image/jpeg').catch(() => undefined);
      if (sha256 && !named.some((one) => one.sha256 === sha256)) named.push({ sha256, role: 'scene', taken_at: this.store.env.now() });
    }
    return named;
  }
  lane() {
    return this.luck.often(0.25) ? 'urgent' : 'normal';
  }
  record(kind, id, payload, photos) {
    const row = { id, kind, grid_id: payload.grid_id, author_id: this.me, state: 'open', photos, body: payload };
    return { kind: 'record', row };
  }

  async hazard(matter_code = 'HAZ-01') {
    const grid_id = this.grid();
    if (!grid_id) return undefined;
    const photos = await this.photos();
    const id = this.newId();
    const payload = {
      id, grid_id, matter_code, severity: this.luck.one(['general', 'major']), advice: [], fixed_on_spot: this.luck.often(0.3),
      note: this.words(), place: { lng: 120.915, lat: 30.505, accuracy_m: 12, source: 'fix' }, photos,
    };
    const shas = photos.map((photo) => photo.sha256);
    return this.save({ name: 'hazards.report', payload, lane: this.lane(), photos: shas, shows: this.record('hazard', id, payload, photos) });
  }
  /** Refused by the server: no such matter. Others may hang on it. */
  async bad_hazard() {
    return this.hazard('NO-99');
  }
  async visit() {
    const grid_id = this.grid();
    const household = await this.one('household', (row) => row.grid_id === grid_id);
    if (!household) return undefined;
    const plans = (await this.store.list('visit_plan')).filter((plan) => plan.household_id === household.id);
    const plan = plans.length && this.luck.often(0.7) ? this.luck.one(plans) : undefined;
    const photos = await this.photos(0.1);
    const id = this.newId();
    const payload = {
      id, grid_id, matter_code: plan?.matter_code ?? 'VIS-08', household_id: household.id, ...(plan ? { plan_id: plan.id } : {}),
      mode: this.luck.one(['door', 'phone', 'street', 'office']), all_well: this.luck.often(0.7), ticks: [], needs: [], note: this.words(), photos,
    };
    const shas = photos.map((photo) => photo.sha256);
    return this.save({ name: 'visits.report', payload, photos: shas, shows: this.record('visit', id, payload, photos) });
  }
  /** Urgent; told with nothing but the call, or with all that may follow. */
  async emergency() {
    const grid_id = this.grid();
    if (!grid_id) return undefined;
    const matter_code = this.luck.one(['EMG-01', 'EMG-02', 'EMG-04', 'EMG-05']);
    const photos = matter_code === 'EMG-04' ? [] : await this.photos(0.3);
    const id = this.newId();
    const calls = this.luck.often(0.8) ? [{ number: this.luck.one(['119', '110', '120', 'gas']), at: this.store.env.now() }] : [];
    const payload = {
      id, grid_id, matter_code, calls, gas_smell: this.luck.often(0.2), note: this.words(), photos,
      ...(this.luck.often(0.5) ? { place: { lng: 120.915, lat: 30.505, accuracy_m: 12, source: 'fix' } } : {}),
    };
    const shas = photos.map((photo) => photo.sha256);
    const shows = this.record('emergency', id, payload, photos);
    return this.save({ name: 'emergencies.report', payload, lane: 'urgent', photos: shas, shows, hold_ms: this.luck.often(0.8) ? HOLD : 0 });
  }
  /** Each matter with its fields; of the care team's (class S) only its members are believed. */
  async information() {
    const grid_id = this.grid();
    const household = await this.one('household', (row) => row.grid_id === grid_id);
    if (!household) return undefined;
    const id = this.newId();
    const [matter_code, said] = this.luck.one([
      ['INFO-01', { household_id: household.id, finding: this.luck.one(['as_known', 'moved_in', 'moved_out', 'contact_changed']) }],
      ['INFO-02', { household_id: household.id, finding: 'reminded' }],
      ['INFO-03', { business_name: `面馆${this.luck.below(90)}`, finding: 'opened', place_words: '横港路' }],
      ['INFO-04', { household_id: household.id, finding: 'wants_help' }],
      ['INFO-05', { household_id: household.id, finding: 'wants_contact' }],
      ['INFO-06', { wants_answer: this.luck.often(0.5) }],
      ['INFO-07', { place_words: '安置房工地', wants_answer: true }],
    ]);
    const photos = matter_code === 'INFO-03' ? await this.photos(0.2) : [];
    const payload = { id, grid_id, matter_code, ...said, note: this.words(), photos };
    const shas = photos.map((photo) => photo.sha256);
    return this.save({ name: 'information.report', payload, photos: shas, shows: this.record('information', id, payload, photos), hold_ms: this.luck.often(0.8) ? HOLD : 0 });
  }
  async publicity() {
    const grid_id = this.grid();
    if (!grid_id) return undefined;
    const photos = await this.photos(0.2);
    const id = this.newId();
    const payload = {
      id, grid_id, matter_code: this.luck.one(['PUB-01', 'PUB-02', 'PUB-03', 'PUB-04']), people: this.luck.below(60), households: this.luck.below(30), note: this.words(), photos,
    };
    const shas = photos.map((photo) => photo.sha256);
    return this.save({ name: 'publicity.report', payload, photos: shas, shows: this.record('publicity', id, payload, photos), hold_ms: this.luck.often(0.8) ? HOLD : 0 });
  }
  /** Names parties in a team of two; some are not mediated, some claim a settlement that is not theirs to claim. */
  async mediation() {
    const grid_id = this.grid();
    if (!grid_id) return undefined;
    const id = this.newId();
    const parties = [{ id: this.newId(), name: `钱${this.luck.below(90)}`, phone: '13800000000', part: 'applicant' }, { id: this.newId(), name: '孙', part: 'other' }];
    const said = this.luck.one([{ outcome: 'oral' }, { outcome: 'written' }, { outcome: 'referred' }, { outcome: 'none' }, {}, {}, { unsuited: ['court'], outcome: 'told' }, { unsuited: ['refused'], outcome: 'oral' }]);
    const payload = { id, grid_id, matter_code: this.luck.one(['MED-01', 'MED-02', 'MED-05']), parties, ...said, note: this.words() };
    return this.save({ name: 'mediations.report', payload, shows: this.record('mediation', id, payload, []), hold_ms: this.luck.often(0.3) ? HOLD : 0 });
  }
  async mediation_step() {
    const row = await this.one('record', (one) => one.kind === 'mediation');
    if (!row) return undefined;
    const said = this.luck.one([{}, { outcome: 'oral' }, { outcome: 'none' }, { kept: true }, { kept: false }]);
    const payload = { id: this.newId(), mediation_id: row.id, words: `谈过${this.luck.below(90)}`, ...said };
    return this.save({ name: 'mediations.step', payload, shows: { kind: 'record', row: plain(row) }, ...this.behind(row.id) });
  }
  async patrol() {
    const grid_id = this.grid();
    const places = (await this.store.list('place')).filter((row) => row.grid_id === grid_id);
    if (!places.length) return undefined;
    const photos = await this.photos(0.1);
    const id = this.newId();
    const draft_id = `patrol-${id}`;
    await this.store.keepDraft({ id: draft_id, form: 'patrol', body: { id } });
    const at = this.store.env.now();
    const checks = places.map((place) => ({
      place_id: place.id, result: this.luck.one(['normal', 'hazard', 'not_reached']), at,
      ...(this.luck.often(0.5) ? { fix: { accuracy_m: 10, inside: 'inside' } } : {}),
    }));
    const payload = { id, grid_id, checks, note: this.words(), photos };
    const shas = photos.map((photo) => photo.sha256);
    const shows = this.record('patrol', id, payload, photos);
    return this.save({ name: 'patrols.report', payload, photos: shas, shows, hold_ms: HOLD, draft_id });
  }

  async correct() {
    const row = await this.one('record', (one) => one.author_id === this.me);
    if (!row) return undefined;
    const changes = { note: this.words() };
    if (row.kind === 'hazard' && this.luck.often(0.4)) changes.severity = this.luck.one(['general', 'major']);
    if (row.kind === 'hazard' && this.luck.often(0.2)) changes.matter_code = this.luck.one(this.on ? ['HAZ-01', 'HAZ-02'] : ['HAZ-01', 'HAZ-02', 'VIS-08']); // of another duty: refused
    if (row.kind === 'publicity' && this.luck.often(0.4)) changes.people = this.luck.below(60);
    const photos = row.version !== undefined && row.kind === 'hazard' ? await this.photos(0.15) : [];
    const shas = photos.map((photo) => photo.sha256);
    if (photos.length) changes.photos = [...(row.photos ?? []).map(({ held: _held, ...photo }) => photo), ...photos];
    const shows = { kind: 'record', row: { ...plain(row), body: { ...row.body, ...changes } } };
    const given = { name: 'records.correct', payload: { id: row.id, changes }, base_version: row.version ?? 1, photos: shas, shows, ...this.behind(row.id) };
    return this.save(given);
  }
  /** The unsent report that this act hangs on, if there is one. */
  behind(id) {
    const unsent = this.store.outbox_state.of('record', id).filter((head) => head.state !== 'applied');
    return unsent.length ? { depends_on: unsent.slice(0, 1).map((head) => head.id) } : {};
  }
  async relook() {
    const row = await this.one('record', (one) => one.kind === 'hazard');
    if (!row) return undefined;
    const photos = await this.photos(0.15);
    const payload = { id: this.newId(), hazard_id: row.id, outcome: this.luck.one(['fixed', 'not_fixed', 'worse']), note: this.words(), photos, ...(this.luck.often(0.5) ? { next_on: this.day(this.luck.below(9)) } : {}) };
    const shas = photos.map((photo) => photo.sha256);
    return this.save({ name: 'hazards.relook', payload, lane: this.lane(), photos: shas, shows: { kind: 'record', row: plain(row) }, ...this.behind(row.id) });
  }
  async decide(name, status, more) {
    const row = await this.one('record', (one) => one.review?.status === status && one.version !== undefined);
    if (!row) return undefined;
    const payload = { record_id: row.id, ...more };
    const shows = { kind: 'record', row: { ...plain(row), review: { ...row.review, status: 'decided' } } };
    return this.save({ name, payload, base_version: row.version, shows, hold_ms: this.luck.often(0.8) ? HOLD : 0 });
  }
  approve() {
    return this.decide('approvals.approve', 'waiting', {});
  }
  send_back() {
    return this.decide('approvals.return', 'waiting', { reason: 'unclear', words: this.words() });
  }
  dispute() {
    return this.decide('approvals.dispute', 'returned', { words: this.words() });
  }
  rule() {
    return this.decide('approvals.rule', 'disputed', { upheld: this.luck.often(0.5) });
  }

  async household() {
    const micro = await this.one('micro_grid');
    if (!micro) return undefined;
    const id = this.newId();
    const payload = { id, micro_grid_id: micro.id, door: `新路${this.luck.below(900)}号`, contact_name: '王新', contact_phone: '13900000000' };
    return this.save({ name: 'households.save', payload, shows: { kind: 'household', row: payload } });
  }
  async household_change() {
    const row = await this.one('household', (one) => one.version !== undefined && !one.closed);
    if (!row) return undefined;
    const changes = this.luck.often(0.5) ? { contact_phone: `139${this.luck.below(1e8)}` } : { door: `改路${this.luck.below(900)}号` };
    return this.save({ name: 'households.save', payload: { id: row.id, changes }, base_version: row.version, shows: { kind: 'household', row: { ...plain(row), ...changes } } });
  }
  async household_close() {
    const rows = (await this.store.list('household')).filter((one) => one.version !== undefined && !one.closed);
    if (rows.length < 6) return undefined;
    const row = this.luck.one(rows);
    return this.save({ name: 'households.close', payload: { id: row.id, reason: 'moved_out' }, base_version: row.version, shows: { kind: 'household', row: { ...plain(row), closed: true } } });
  }
  async place() {
    const grid_id = this.grid();
    if (!grid_id) return undefined;
    const id = this.newId();
    const payload = { id, grid_id, kind: 'shop', name: `小店${this.luck.below(900)}`, address: '横港路', lng: 120.915, lat: 30.505, radius_m: 30, matters: ['HAZ-01'] };
    return this.save({ name: 'places.save', payload, shows: { kind: 'place', row: payload } });
  }
  /** Days off duty, of oneself or of somebody of the team (a leader may), from a few days ago on. */
  async absent() {
    const staff = await this.store.list('staff');
    if (!staff.length) return undefined;
    const who = this.luck.often(0.6) ? staff.find((one) => one.person_id === this.me) : this.luck.one(staff);
    if (!who) return undefined;
    const stand_in = this.luck.often(0.6) ? this.luck.one(staff).person_id : undefined;
    const day = (days) => new Date(this.store.env.now() + 8 * 3_600_000 + days * 86_400_000).toISOString().slice(0, 10);
    const from = this.luck.below(5) - 2, id = this.newId();
    const payload = { id, person_id: who.person_id, kind: this.luck.one(['rest', 'leave', 'sick', 'training', 'emergency']), from_day: day(from), to_day: day(from + 1 + this.luck.below(4)), ...(stand_in ? { stand_in_id: stand_in } : {}) };
    const days = { id, from: payload.from_day, to: payload.to_day };
    const shows = who.person_id === this.me ? { kind: 'absence', row: { ...days, kind: payload.kind } } : { kind: 'staff', row: { ...who, away: [...(who.away ?? []), days] } };
    return this.save({ name: 'absences.save', payload, shows, hold_ms: HOLD });
  }
  async back_on_duty() {
    const away = await this.one('absence', (row) => row.to > row.from);
    return away && this.save({ name: 'absences.end', payload: { id: away.id, to_day: away.from }, shows: { kind: 'absence', row: { ...away, to: away.from } }, hold_ms: HOLD });
  }
  /** Few words on anybody's record: only the grid's adviser may. */
  async comment() {
    const row = await this.one('record', (one) => one.author_id !== this.me && one.version !== undefined);
    const words = `指导：${this.words()}`;
    return row && this.save({ name: 'records.comment', payload: { record_id: row.id, words }, shows: { kind: 'record', row: { ...row, history: [...(row.history ?? []), { at: this.store.env.now(), by_name: '', step: 'commented', words }] } } });
  }
  /** What is kept of oneself is wrong; a record of somebody else is refused. */
  async ask_correction() {
    const about = this.luck.one(['record', 'fixes', 'post', 'phone']);
    const named = about === 'record' && (await this.one('record', (row) => row.author_id === this.me || this.luck.often(0.1)));
    const payload = { id: this.newId(), about, words: this.words(), ...(named ? { record_id: named.id } : {}) };
    return this.save({ name: 'corrections.ask', payload, shows: { kind: 'correction_request', row: { ...payload, state: 'asked', asked_at: this.store.env.now() } } });
  }
  /** Told past everybody, with a picture that may come later. */
  async outside_order() {
    const payload = { id: this.newId(), giver: this.words(), words: this.words(), ground: 1 + this.luck.below(3), photos: [] };
    return this.save({ name: 'orders.report', payload, shows: { kind: 'outside_order', row: { ...payload, at: this.store.env.now() } }, hold_ms: this.luck.often(0.5) ? HOLD : 0 });
  }
  /** A hazard of a colleague, from paper. */
  async for_another() {
    const grid_id = this.grid();
    const colleague = await this.one('staff', (row) => row.grid_id === grid_id && row.person_id !== this.me);
    if (!colleague) return undefined;
    const id = this.newId();
    const day = new Date(this.store.env.now() + 8 * 3_600_000).toISOString().slice(0, 10);
    const payload = { id, grid_id, matter_code: 'HAZ-01', severity: 'general', advice: [], fixed_on_spot: false, note: this.words(), place: { source: 'none' }, photos: [], on_behalf: { person_id: colleague.person_id, day } };
    const shows = this.record('hazard', id, payload, []);
    Object.assign(shows.row, { author_id: colleague.person_id, confirmation: 'waiting' });
    return this.save({ name: 'hazards.report', payload, shows });
  }
  async confirm() {
    const row = await this.one('record', (one) => one.author_id === this.me && one.confirmation === 'waiting');
    const mine = this.luck.often(0.7);
    return row && this.save({ name: 'records.confirm', payload: { record_id: row.id, mine }, shows: { kind: 'record', row: { ...row, confirmation: mine ? 'confirmed' : 'denied' } }, hold_ms: HOLD });
  }
  async task() {
    const grid_id = this.grid();
    const who = await this.one('staff', (row) => row.grid_id === grid_id);
    if (!who) return undefined;
    const id = this.newId();
    const payload = { id, grid_id, person_id: who.person_id, matter_code: 'HAZ-01', words: this.words(), due_day: this.day(this.luck.below(9)) };
    const row = { ...payload, person_name: who.name, assigned_by: this.me, assigned_at: this.store.env.now(), state: 'open', steps: [] };
    return this.save({ name: 'tasks.assign', payload, shows: { kind: 'task', row }, hold_ms: this.luck.often(0.5) ? HOLD : 0 });
  }
  day(ahead) {
    return new Date(this.store.env.now() + 8 * 3_600_000 + ahead * 86_400_000).toISOString().slice(0, 10);
  }
  async task_step() {
    const task = await this.one('task', (row) => row.person_id === this.me);
    if (!task) return undefined;
    const told = (name, more, state) => this.save({ name: `tasks.${name}`, payload: { task_id: task.id, ...more }, shows: { kind: 'task', row: { ...task, state } }, hold_ms: this.luck.often(0.5) ? HOLD : 0 });
    const proof = await this.one('record', (row) => row.author_id === this.me && row.grid_id === task.grid_id && row.version !== undefined);
    switch (this.luck.one(['accept', 'finish', 'hand_back', 'ask_time', 'refuse', 'say', 'take_back'])) {
      case 'finish': return proof && told('finish', { record_id: proof.id }, 'done');
      case 'hand_back': return told('hand_back', { reason: this.luck.one(['leave', 'unsafe', 'not_my_grid', 'duplicate']) }, 'handed_back');
      case 'ask_time': return told('ask_time', { due_day: this.day(this.luck.below(9)) }, task.state);
      case 'refuse': return told('refuse', { id: this.newId(), ground: 1 + this.luck.below(3) }, 'refused');
      case 'say': return task.refusal && this.save({ name: 'refusals.say', payload: { id: task.refusal.id, words: this.words() }, shows: { kind: 'task', row: task } });
      case 'take_back': return task.refusal && this.save({ name: 'refusals.take_back', payload: { id: task.refusal.id }, shows: { kind: 'task', row: { ...task, state: 'open' } }, hold_ms: HOLD });
      default: return told('accept', {}, 'accepted');
    }
  }
  async task_decide() {
    const task = await this.one('task', (row) => row.version !== undefined);
    if (!task) return undefined;
    const is_day = this.luck.often(0.5);
    const payload = { task_id: task.id, ...(is_day ? { due_day: this.day(this.luck.below(9)) } : {}) };
    return this.save({ name: is_day ? 'tasks.set_due' : 'tasks.withdraw', payload, base_version: task.version, shows: { kind: 'task', row: { ...task, state: is_day ? task.state : 'withdrawn' } }, hold_ms: HOLD });
  }
  async look() {
    const row = await this.one(this.luck.one(['record', 'visit_plan']), (one) => one.team_id || one.for_role);
    if (!row) return undefined;
    return this.save({ name: 'looks.note', payload: { kind: row.for_role ? 'visit_plan' : 'record', object_id: row.id, at: this.store.env.now() } });
  }
  async read() {
    const row = await this.one('message', (one) => !one.read);
    return row && this.save({ name: 'messages.read', payload: { id: row.id } });
  }
  /** What no screen of ours would send. */
  async nonsense() {
    const odd = [
      { name: 'nothing.known', payload: { a: 1 } },
      { name: 'hazards.report', payload: { id: 'no-id', grid_id: 7 } },
      { name: 'hazards.report', version: 99, payload: { id: this.newId() } },
      { name: 'visits.report', payload: { id: this.newId(), note: '\u0000\ud800', extra: [[[]]] } },
      { name: 'information.report', payload: { id: this.newId(), grid_id: this.newId(), matter_code: 'INFO-01', finding: ['ill'], household_id: 3 } },
      { name: 'publicity.report', payload: { id: this.newId(), grid_id: this.newId(), matter_code: 'PUB-01', people: -1, households: '3' } },
      { name: 'mediations.report', payload: { id: this.newId(), grid_id: this.newId(), matter_code: 'MED-01', parties: [{ name: 3 }], unsuited: 'court' } },
      { name: 'absences.save', payload: { id: this.newId(), person_id: this.me, kind: 'flu', from_day: '2026-02-30', to_day: 7 } },
      { name: 'absences.end', payload: { id: this.newId(), to_day: '2026-01-01' } },
      { name: 'corrections.ask', payload: { id: this.newId(), about: 'health', words: '' } },
      { name: 'orders.report', payload: { id: this.newId(), giver: '', words: 7, ground: 4 } },
      { name: 'records.confirm', payload: { record_id: this.newId(), mine: 'yes' } },
      { name: 'approvals.approve', payload: { record_id: this.newId() }, base_version: 3 },
      { name: 'records.correct', payload: { id: this.newId(), changes: {} }, base_version: 1 },
      { name: 'looks.note', payload: { kind: 'record', object_id: this.newId(), at: -1 } },
      { name: 'patrols.report', payload: { id: this.newId(), note: '长'.repeat(20_000) } },
      { name: 'emergencies.report', payload: { id: this.newId(), calls: [{ number: '999', at: 'now' }] } },
      { name: `spaced name ${this.luck.below(9)}`, payload: {} },
    ];
    return this.save({ ...this.luck.one(odd), lane: this.lane() });
  }
  /** A refused, conflicting or waiting line: done again with other words, or let go. */
  async mend() {
    const lines = (await this.store.outbox()).filter((item) => ['refused', 'conflict', 'deferred'].includes(item.state) && item.seq && !item.kept_back);
    if (!lines.length) return undefined;
    const line = this.luck.one(lines);
    if (line.name !== 'hazards.report' || line.state === 'deferred') {
      await this.store.dismiss(line.mutation_id);
      return { dismissed: line.mutation_id };
    }
    const payload = { ...line.payload, matter_code: 'HAZ-01', note: this.words() };
    if (!this.grid() || payload.grid_id === 7) return undefined;
    const photos = (payload.photos ?? []).map((photo) => photo.sha256);
    const given = { name: line.name, payload, photos, shows: this.record('hazard', payload.id, payload, payload.photos ?? []) };
    const before = new Set(this.store.outbox_state.heads.keys());
    const result = await this.store.replace(line.mutation_id, given);
    const more = [...this.store.outbox_state.heads.values()].filter((head) => !before.has(head.id) && head.id !== result.mutation_id);
    return { ...this.told(result, given), replaced: line.mutation_id, also: more.map((head) => ({ id: head.id, photos: head.photos, object: head.object ?? null })) };
  }
  words() {
    return this.luck.one(['楼道堆物', '井盖松动', '一切正常', '灭火器过期', '']) + this.luck.below(1000);
  }
}

function plain({ delivery: _delivery, photos_waiting: _waiting, ...row }) {
  return row;
}
