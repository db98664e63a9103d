/** The acts on a household: new, changed, no longer here. */
import type { Id, OutboxItem, SaveResult, Store } from '../store/api';
import { changedFields, perform } from './envelope';
import type { Household } from './shapes';

/** What is typed of a household, kept with the draft of the form in which it is added. */
export interface HouseholdWords { micro_grid_id?: Id | undefined; door: string; contact_name: string; contact_phone: string }

export const isTyped = (words: HouseholdWords | undefined): boolean => !!words && !!(words.door || words.contact_name || words.contact_phone);

/** A refused household as it was told, to be said again in place of the act `replaces`; `kept`: what the server has, if it has it. */
export interface HouseholdAgain { told: Household; kept?: Household; replaces: Id }

export async function householdAgain(store: Store, { mutation_id: replaces, payload }: OutboxItem): Promise<HouseholdAgain | undefined> {
  const { changes, ...fields } = payload;
  const row = (await store.get('household', String(payload.id))) as unknown as Household | undefined;
  if (!row) return undefined;
  return changes ? { told: { ...row, ...changes }, kept: row, replaces } : { told: { ...row, ...fields }, replaces };
}

/** A household that is not on the list yet: the least that a visit needs. */
export function saveHousehold(store: Store, household: { id: Id; micro_grid_id: Id; grid_id: Id; door: string; contact_name: string; contact_phone: string }, replaces?: Id): Promise<SaveResult> {
  const { grid_id, ...payload } = household;
  return perform(store, replaces, { name: 'households.save', payload, shows: { kind: 'household', row: { ...payload, grid_id, initials: '' } } });
}

type HouseholdFields = Pick<Household, 'door' | 'contact_name' | 'contact_phone'>;

/** Sends the changed fields alone; the same again is no act worth a refusal. */
export function changeHousehold(store: Store, household: Household, fields: HouseholdFields, replaces?: Id): Promise<SaveResult> {
  const before = { door: household.door, contact_name: household.contact_name, contact_phone: household.contact_phone };
  const changes = changedFields({ before }, { ...fields });
  return perform(store, replaces, {
    name: 'households.save', payload: { id: household.id, changes: Object.keys(changes).length ? changes : { door: fields.door } }, base_version: household.version ?? 0,
    shows: { kind: 'household', row: { ...household, ...fields } },
  });
}

export function closeHousehold(store: Store, household: Household, reason: 'moved_out' | 'duplicate'): Promise<SaveResult> {
  return store.act({ name: 'households.close', payload: { id: household.id, reason }, base_version: household.version ?? 0, shows: { kind: 'household', row: { ...household, closed: true } } });
}
