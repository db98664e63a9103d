/** The acts on a household: new, changed, no longer here. */
import type { Id, SaveResult, Store } from '../store/api';
import { changedFields } from './envelope';
import type { Household } from './shapes';

/** A household that is not on the list yet: the least that a visit needs. */
export function saveHousehold(store: Store, household: { id: Id; micro_grid_id: Id; grid_id: Id; door: string; contact_name: string; contact_phone: string }): Promise<SaveResult> {
  const { grid_id, ...payload } = household;
  return store.act({ name: 'households.save', payload, shows: { kind: 'household', row: { ...payload, grid_id, initials: '' } } });
}

type HouseholdFields = Pick<Household, 'door' | 'contact_name' | 'contact_phone'>;

/** Sends the changed fields alone; the same again is no act worth a refusal. */
export function changeHousehold(store: Store, household: Household, fields: HouseholdFields): Promise<SaveResult> {
  const before = { door: household.door, contact_name: household.contact_name, contact_phone: household.contact_phone };
  const changes = changedFields(before, { ...fields });
  return store.act({
    name: 'households.save', payload: { id: household.id, changes: Object.keys(changes).length ? changes : { door: fields.door } }, base_version: household.version ?? 0,
    shows: { kind: 'household', row: { ...household, ...fields } },
  });
}

export function closeHousehold(store: Store, household: Household, reason: 'moved_out' | 'duplicate'): Promise<SaveResult> {
  return store.act({ name: 'households.close', payload: { id: household.id, reason }, base_version: household.version ?? 0, shows: { kind: 'household', row: { ...household, closed: true } } });
}
