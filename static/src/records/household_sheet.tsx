/** A household, new or changed: door, one contact name, one telephone. Nothing else is asked (no identity number, no belief, no origin). */
import { useState } from 'preact/hooks';
import { newId } from './ids';
import * as lists from './lists';
import { tellSaved } from './save';
import type { Household } from './shapes';
import { useLive, useStore } from './store_context';
import { Zh } from './words';
import { t } from '../text/text';
import { Button } from '../ui/button';
import { OneOf } from '../ui/chips';
import { TextField } from '../ui/field';
import { Sheet } from '../ui/sheet';
import { useTap } from '../ui/tap';
import { changeHousehold, closeHousehold, saveHousehold, type HouseholdAgain, type HouseholdWords } from './household_acts';

interface SheetProps {
  grid: string; household?: Household | undefined;
  /** one that was refused, told again */
  again?: HouseholdAgain;
  /** what was typed before, of a new one, and whoever keeps it */
  words?: HouseholdWords | undefined; onWords?: (words: HouseholdWords) => void;
  onClose: () => void; onSaved: (household: Household | undefined) => void;
}

export function HouseholdSheet({ grid, household, again, words, onWords, onClose, onSaved }: SheetProps) {
  const store = useStore(), first = again?.told ?? household;
  const [told, setTold] = useState<HouseholdWords>(first ?? words ?? { door: '', contact_name: '', contact_phone: '' });
  const tell = (part: Partial<HouseholdWords>) => {
    const { micro_grid_id, door, contact_name, contact_phone } = { ...told, ...part };
    setTold({ micro_grid_id, door, contact_name, contact_phone });
    onWords?.({ micro_grid_id, door, contact_name, contact_phone });
  };
  const micros = (useLive((s) => lists.microGrids(s), ['micro_grid']) ?? []).filter((micro) => micro.grid_id === grid).sort((a, b) => a.code.localeCompare(b.code));
  const [asked, setAsked] = useState(false);
  const isOurs = first || micros.some(({ id }) => id === told.micro_grid_id); // the form may be about another grid by now
  const chosen = (isOurs && told.micro_grid_id) || (micros.length === 1 ? micros[0]?.id : undefined);
  const save = async () => {
    setAsked(true);
    const fields = { door: told.door.trim(), contact_name: told.contact_name.trim(), contact_phone: told.contact_phone.trim() };
    if (!chosen || !fields.door || !fields.contact_name) return;
    if (household) { if (tellSaved(await changeHousehold(store, household, fields, again?.replaces))) onSaved({ ...household, ...fields }); return; }
    const made = { id: again?.told.id ?? newId(), micro_grid_id: chosen, grid_id: grid, ...fields };
    if (tellSaved(await saveHousehold(store, made, again?.replaces))) onSaved(made as unknown as Household);
  };
  const need = (text: string) => (asked && !text.trim() ? t('form.needed') : undefined);
  return (
    <Sheet title={household ? t('visit.change_household') : t('visit.add_household')} closeWord={t('act.close')} onClose={onClose}>
      {!household && <OneOf label={t('visit.micro_grid')} showLabel value={chosen} onPick={(micro_grid_id) => tell({ micro_grid_id })} choices={micros.map((one) => ({ value: one.id, label: <Zh>{one.name}</Zh> }))} />}
      {asked && !chosen && <p class="never" role="alert">{t('form.needed')}</p>}
      <TextField label={t('visit.door')} value={told.door} onText={(door) => tell({ door })} error={need(told.door)} testid="household-door" rest={{ maxLength: 120 }} />
      <TextField label={t('visit.contact')} value={told.contact_name} onText={(contact_name) => tell({ contact_name })} error={need(told.contact_name)} testid="household-contact" rest={{ maxLength: 40 }} />
      <TextField label={`${t('visit.telephone')} ${t('form.optional')}`} value={told.contact_phone} onText={(contact_phone) => tell({ contact_phone })} testid="household-phone" rest={{ type: 'tel', inputMode: 'tel', maxLength: 30 }} />
      <p class="quiet">{t('visit.least')}</p>
      <Button kind="primary" wide data-testid="household-save" onTap={save}>{t('act.save')}</Button>
      {household && !again && <CloseHousehold household={household} onClosed={() => onSaved(undefined)} />}
    </Sheet>
  );
}

/** Moved out or entered twice: closed now, deleted later by retention. Asked twice. */
function CloseHousehold({ household, onClosed }: { household: Household; onClosed: () => void }) {
  const store = useStore();
  const [open, setOpen] = useState(false);
  const close = useTap(async (reason: 'moved_out' | 'duplicate') => { if (tellSaved(await closeHousehold(store, household, reason))) onClosed(); });
  if (!open) return <Button wide data-testid="household-close" onTap={() => setOpen(true)}>{t('visit.close_household')}</Button>;
  return (
    <div class="line">
      <Button kind="stop" data-testid="household-moved-out" onTap={() => close('moved_out')}>{t('visit.moved_out')}</Button>
      <Button kind="stop" data-testid="household-duplicate" onTap={() => close('duplicate')}>{t('visit.duplicate')}</Button>
      <Button onTap={() => setOpen(false)}>{t('act.cancel')}</Button>
    </div>
  );
}
