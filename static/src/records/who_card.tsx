/** Whom the visit is for, with the telephone as a call button. */
import { useState } from 'preact/hooks';
import type { Household, Place } from './shapes';
import { Zh } from './words';
import { t } from '../text/text';
import { Button } from '../ui/button';
import { Icon } from '../ui/icons';
import { HouseholdSheet } from './household_sheet';

export function WhoCard(p: { household: Household | undefined; place: Place | undefined; door?: string | undefined; label?: string; onOther: (() => void) | undefined }) {
  const [changing, setChanging] = useState(false);
  const door = p.household?.door ?? p.place?.name ?? p.door;
  const telephone = p.household?.contact_phone;
  return (
    <section class="card" aria-label={p.label ?? t('visit.whom')}>
      <div class="line">
        <Icon name="visits" />
        <span class="grow"><span class="strong" style="display:block"><Zh>{door}</Zh></span>{p.household && <Zh>{p.household.contact_name}</Zh>}{p.place && <Zh>{p.place.address}</Zh>}</span>
      </div>
      {telephone && <a class="btn wide" href={`tel:${telephone}`} aria-label={t('act.call', { number: telephone })}><Icon name="call" /><span>{telephone}</span></a>}
      <div class="line">
        {p.onOther && <Button icon="search" data-testid="household-other" onTap={p.onOther}>{t('visit.other')}</Button>}
        {p.household && p.onOther && <Button icon="edit" data-testid="household-change" aria-label={t('visit.change_household')} onTap={() => setChanging(true)}>{t('act.change')}</Button>}
      </div>
      {changing && p.household && <HouseholdSheet grid={p.household.grid_id} household={p.household} onClose={() => setChanging(false)} onSaved={(kept) => { setChanging(false); if (!kept) p.onOther?.(); }} />}
    </section>
  );
}
