/**
 * A store in memory with the same door as the shipped one, for tests of screens, rules and pictures. Test code only.
 * It keeps what it is given, lays held acts aside for `undo`, and never talks to anybody.
 */
import type { Act, Draft, OutboxItem, Phone, Row, SaveResult, SessionInfo, ShownRow, Store, SyncStatus } from '../../../static/src/store/api';
import { newId } from '../../../static/src/records/ids';
import { dueOf } from '../../../static/src/store/pages';

export function sessionOf(roles: SessionInfo['roles'], name = '沈建国', id = '00000000-0000-7000-8000-0000000000a1'): SessionInfo {
  const key = { kid: 'k', x: '', y: '' };
  return {
    person: { id, name, username: 'worker', county_code: '330424', language: 'zh' }, roles, csrf_token: 't', scope_version: 1, epoch: 'e', restricted: false,
    policy: { pin: false, track: 'off' }, receipt_keys: [key], sealing_key: key, demo: true,
  };
}

export class FakeStore implements Store {
  readonly acts: (Act & { mutation_id: string; at: number; undone?: boolean })[] = [];
  readonly kept: Draft[] = []; // every draft write, in order
  now: SyncStatus = { online: true, waiting: 0, refused: 0, signed_out: false, update_ready: false, no_room: false, in_memory_only: false, last_contact: Date.now(), storage: { used: 6_500_000, quota: 2_000_000_000, persisted: false } };
  items: OutboxItem[] = [];
  clock_skew_ms = 0;
  private drafted = new Map<string, Draft>();
  private photos = new Map<string, { bytes: Uint8Array; type: string }>();
  private settings = new Map<string, unknown>();
  private taken: { at: number; lng: number; lat: number; accuracy_m: number; for: string }[] = [];
  private listeners = new Set<(kinds: Set<string>) => void>();

  constructor(readonly session: SessionInfo, readonly tables: Record<string, Row[]> = {}) {}

  private shown(row: Row): ShownRow { return { delivery: 'delivered', photos_waiting: 0, ...row } as ShownRow; }
  private tell(...kinds: string[]) { for (const call of this.listeners) call(new Set(kinds)); }

  async list(kind: string, where: { state?: string; due_to?: string; limit?: number } = {}): Promise<ShownRow[]> {
    const states = (row: Row) => [row.state, (row.review as { status?: string } | undefined)?.status];
    return (this.tables[kind] ?? [])
      .filter((row) => (!where.state || states(row).includes(where.state)) && (!where.due_to || (dueOf(row) !== '' && dueOf(row) <= where.due_to)))
      .slice(0, where.limit).map((row) => this.shown(row));
  }
  async get(kind: string, id: string) { const row = (this.tables[kind] ?? []).find((one) => one.id === id); return row && this.shown(row); }
  async findHouseholds({ words, limit }: { words: string; limit: number }) {
    const due = new Set((this.tables.visit_plan ?? []).map((plan) => plan.household_id));
    return (this.tables.household ?? [])
      .filter((row) => (words ? ['door', 'contact_name', 'initials'].some((field) => String(row[field]).toLowerCase().includes(words.toLowerCase())) : due.has(row.id)))
      .slice(0, limit).map((row) => this.shown(row));
  }
  recall<T>(_question: string, look: () => Promise<T>): Promise<T> { return look(); }
  async act(act: Act): Promise<SaveResult> {
    const mutation_id = newId();
    this.acts.push({ ...act, mutation_id, at: Date.now() });
    if (act.draft_id) this.drafted.delete(act.draft_id);
    const { shows } = act;
    if (shows) {
      const table = (this.tables[shows.kind] ??= []);
      const at = table.findIndex((row) => row.id === shows.row.id);
      const row = { ...shows.row, delivery: 'saved' };
      if (at < 0) table.unshift(row); else table[at] = row;
    }
    this.now = { ...this.now, waiting: this.now.waiting + 1 };
    this.items.unshift({ mutation_id, lane: 'normal', name: act.name, made_at: Date.now(), state: act.hold_ms ? 'held' : 'waiting', photos_waiting: act.photos?.length ?? 0, payload: act.payload, ...(shows ? { shows: { kind: shows.kind, id: shows.row.id } } : {}), why: 'offline' });
    this.tell('outbox', 'draft', ...(shows ? [shows.kind] : []));
    return { saved: true, mutation_id, in_memory_only: false };
  }
  async undo(mutation_id: string) {
    const act = this.acts.find((one) => one.mutation_id === mutation_id);
    if (!act?.hold_ms || Date.now() - act.at > act.hold_ms) return false;
    act.undone = true;
    this.items = this.items.filter((item) => item.mutation_id !== mutation_id);
    this.tell('outbox', 'record');
    return true;
  }
  async draft(id: string) { return this.drafted.get(id); }
  async drafts(form?: string) { return [...this.drafted.values()].filter((draft) => !form || draft.form === form); }
  async keepDraft(draft: Omit<Draft, 'updated_at'>) { const whole = { ...draft, updated_at: Date.now() }; this.kept.push(whole); this.drafted.set(draft.id, whole); this.tell('draft'); }
  pen(): Promise<never> { return Promise.reject(new Error('no pen here')); }
  async dropDraft(id: string) { this.drafted.delete(id); this.tell('draft'); }
  async keepPhoto(bytes: Uint8Array, type: string) {
    const hash = Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)), (byte) => byte.toString(16).padStart(2, '0')).join('');
    this.photos.set(hash, { bytes, type });
    return hash;
  }
  async photo(sha256: string) { return this.photos.get(sha256); }
  async dropPhoto(sha256: string) { this.photos.delete(sha256); }
  async outbox() { return this.items; }
  retry() {}
  sendAnyway() {}
  async replace(mutation_id: string, act: Act) { await this.dismiss(mutation_id); return this.act(act); }
  async dismiss(mutation_id: string) { this.items = this.items.filter((item) => item.mutation_id !== mutation_id); this.tell('outbox'); }
  async exportSealed() { return new Blob(['sealed']); }
  async keepFix(fix: { at: number; lng: number; lat: number; accuracy_m: number; for: string }) { this.taken.push(fix); }
  async fixes() { return this.taken; }
  async setting<T>(name: string) { return this.settings.get(name) as T | undefined; }
  async keepSetting(name: string, value: unknown) { this.settings.set(name, value); this.tell('setting'); }
  status() { return this.now; }
  onChange(call: (kinds: Set<string>) => void) { this.listeners.add(call); return () => { this.listeners.delete(call); }; }
  async close() {}
}

export function fakePhone(stores: FakeStore[], resumes = true): Phone {
  return {
    canKeep: true,
    people: async () => stores.map((store) => ({ id: store.session.person.id, name: store.session.person.name, username: store.session.person.username, waiting: store.status().waiting })),
    resume: async () => (resumes ? stores[0] : undefined),
    signIn: async (username, password) => {
      const store = stores.find((one) => one.session.person.username === username);
      return store && password ? { store } : { problem: { code: 'wrong_password', status: 401, detail_zh: '账号或密码不对。', detail_en: 'Account or password is wrong.' } };
    },
    switchTo: async (person) => { const store = stores.find((one) => one.session.person.id === person); return store ? { store } : { problem: { code: 'unknown', status: 404 } }; },
    held: async () => undefined, pin: async () => { throw new Error('no PIN here'); },
    signOut: async () => {}, removeFromPhone: async () => ({ removed: true }), applyUpdate: async () => {},
  };
}
