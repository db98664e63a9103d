/** A new household: door, one contact name, one telephone. Nothing else is asked (no identity number, no belief, no origin). */
import { useState } from 'preact/hooks';
import { newId } from '../../records/ids';
import * as lists from '../../records/lists';
import { tellSaved } from '../../records/save';
import type { Household } from '../../records/shapes';
import { useLive, useStore } from '../../records/store_context';
import { Zh } from '../../records/words';
import { t } from '../../text/text';
import { Button } from '../../ui/button';
import { OneOf } from '../../ui/chips';
import { TextField } from '../../ui/field';
import { Sheet } from '../../ui/sheet';
import { saveHousehold } from './actions';

export function HouseholdSheet({ grid, onClose, onSaved }: { grid: string; onClose: () => void; onSaved: (household: Household) => void }) {
  const store = useStore();
  const micros = (useLive((s) => lists.microGrids(s), ['micro_grid']) ?? []).filter((micro) => micro.grid_id === grid).sort((a, b) => a.code.localeCompare(b.code));
  const [micro, setMicro] = useState<string>();
  const [door, setDoor] = useState(''), [name, setName] = useState(''), [telephone, setTelephone] = useState('');
  const [asked, setAsked] = useState(false);
  const chosen = micro ?? (micros.length === 1 ? micros[0]?.id : undefined);
  const save = async () => {
    setAsked(true);
    if (!chosen || !door.trim() || !name.trim()) return;
    const household = { id: newId(), micro_grid_id: chosen, grid_id: grid, door: door.trim(), contact_name: name.trim(), contact_phone: telephone.trim() };
    if (tellSaved(await saveHousehold(store, household))) onSaved(household as unknown as Household);
  };
  const need = (text: string) => (asked && !text.trim() ? t('form.needed') : undefined);
  return (
    <Sheet title={t('visit.add_household')} closeWord={t('act.close')} onClose={onClose}>
      <OneOf label={t('visit.micro_grid')} showLabel value={chosen} onPick={setMicro} choices={micros.map((one) => ({ value: one.id, label: <Zh>{one.name}</Zh> }))} />
      {asked && !chosen && <p class="never" role="alert">{t('form.needed')}</p>}
      <TextField label={t('visit.door')} value={door} onText={setDoor} error={need(door)} testid="household-door" rest={{ maxLength: 100 }} />
      <TextField label={t('visit.contact')} value={name} onText={setName} error={need(name)} testid="household-contact" rest={{ maxLength: 50 }} />
      <TextField label={`${t('visit.telephone')} ${t('form.optional')}`} value={telephone} onText={setTelephone} testid="household-phone" rest={{ type: 'tel', inputMode: 'tel', maxLength: 20 }} />
      <p class="quiet">{t('visit.least')}</p>
      <Button kind="primary" wide data-testid="household-save" onTap={() => void save()}>{t('act.save')}</Button>
    </Sheet>
  );
}
