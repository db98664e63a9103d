/** Small things of this person on this phone: drafts, settings, own fixes (90 days, never sent). One row each. */
import type { Draft, Id } from './api';
import { unlessSpoilt } from './codec';
import { uuid7 } from './ids';
import type { Outbox } from './outbox';

export const KEEP_FIXES_MS = 90 * 24 * 3600_000;
export interface Fix {
  at: number;
  lng: number;
  lat: number;
  accuracy_m: number;
  for: string;
}
export const draftPlace = (id: Id) => `draft/${id}`;
export const settingPlace = (name: string) => `setting/${name}`;
const fixPlace = (id: Id) => `fix/${id}`;

/** Drafts whose act is held for undo are finished as far as the person can see. */
function isHeld(outbox: Outbox, id: Id): boolean {
  return [...outbox.holds.values()].some((hold) => hold.draft_id === id);
}

export async function readDraft(outbox: Outbox, id: Id): Promise<Draft | undefined> {
  const loose = outbox.loose.get(id);
  if (loose) return loose;
  const row = await outbox.room.db.read(['drafts'], (tx) => tx.get('drafts', id));
  return row && !isHeld(outbox, id) ? outbox.room.codec.open<Draft>(draftPlace(id), row.box) : undefined;
}
export async function readDrafts(outbox: Outbox, form?: string): Promise<Draft[]> {
  const { loose } = outbox;
  const rows = await outbox.room.db.read(['drafts'], (tx) => tx.all('drafts'));
  const open = rows.filter((row) => !isHeld(outbox, row.id) && !loose.has(row.id));
  // one that is spoilt keeps nobody from the others
  const kept = await Promise.all(open.map((row) => unlessSpoilt(outbox.room.codec.open<Draft>(draftPlace(row.id), row.box))));
  const drafts = [...loose.values(), ...kept.filter((draft) => draft !== undefined)].sort((a, b) => b.updated_at - a.updated_at);
  return form === undefined ? drafts : drafts.filter((draft) => draft.form === form);
}
/** What the database would not take stays in the page, and the refusal is passed on. */
export async function writeDraft(outbox: Outbox, draft: Omit<Draft, 'updated_at'>): Promise<void> {
  const updated_at = outbox.room.env.now();
  const whole = { ...draft, updated_at };
  const box = await outbox.room.codec.seal(draftPlace(draft.id), whole);
  try {
    await outbox.room.db.write(['drafts'], async (tx) => tx.put('drafts', { id: draft.id, updated_at, box }));
    outbox.loose.delete(draft.id);
  } catch (refusal) {
    outbox.loose.set(draft.id, whole);
    throw refusal;
  }
}
export async function deleteDraft(outbox: Outbox, id: Id): Promise<void> {
  outbox.loose.delete(id);
  await outbox.room.db.write(['drafts'], async (tx) => tx.delete('drafts', id));
}

export async function readSettings(outbox: Outbox): Promise<Map<string, unknown>> {
  const rows = (await outbox.room.db.read(['settings'], (tx) => tx.all('settings'))).filter((row) => row.stand === undefined);
  return new Map(await Promise.all(rows.map(async ({ name, box }) => [name, await unlessSpoilt(outbox.room.codec.open(settingPlace(name), box))] as const)));
}
export async function writeSetting(outbox: Outbox, name: string, value: unknown): Promise<void> {
  const box = await outbox.room.codec.seal(settingPlace(name), value);
  await outbox.room.db.write(['settings'], async (tx) => tx.put('settings', { name, box }));
}

export async function writeFix(outbox: Outbox, fix: Fix): Promise<void> {
  const id = uuid7(outbox.room.env);
  const box = await outbox.room.codec.seal(fixPlace(id), fix);
  await outbox.room.db.write(['fixes'], async (tx) => tx.put('fixes', { id, at: fix.at, box }));
}
export async function readFixes(outbox: Outbox): Promise<Fix[]> {
  const since = outbox.room.env.now() - KEEP_FIXES_MS;
  const rows = (await outbox.room.db.read(['fixes'], (tx) => tx.all('fixes'))).filter((row) => row.at >= since);
  const fixes = await Promise.all(rows.map((row) => outbox.room.codec.open<Fix>(fixPlace(row.id), row.box)));
  return fixes.sort((a, b) => b.at - a.at);
}
export async function clearOldFixes(outbox: Outbox): Promise<void> {
  const before = outbox.room.env.now() - KEEP_FIXES_MS;
  await outbox.room.db.write(['fixes'], async (tx) => {
    for (const row of await tx.all('fixes')) if (row.at < before) tx.delete('fixes', row.id);
  });
}
