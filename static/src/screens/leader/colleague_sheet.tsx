/** One colleague of the team: days off duty, and writing for them what they did. */
import { useState } from 'preact/hooks';
import { AwayDays, AwaySheet } from '../../records/away_sheet';
import { newId } from '../../records/ids';
import { gridsLed } from '../../records/roles';
import type { RecordKind, Staff } from '../../records/shapes';
import { useStore } from '../../records/store_context';
import { Said, kindIcon, kindWord } from '../../records/words';
import { t } from '../../text/text';
import { Button } from '../../ui/button';
import { go } from '../../ui/route';
import { Sheet } from '../../ui/sheet';

const FORMS: RecordKind[] = ['visit', 'hazard', 'information', 'publicity'];

export function ColleagueSheet({ person, onClose }: { person: Staff; onClose: () => void }) {
  const { session } = useStore();
  const [telling, setTelling] = useState(false);
  if (telling) return <AwaySheet absent={person} onClose={onClose} />;
  const isOther = person.person_id !== session.person.id && gridsLed(session).includes(person.grid_id);
  return (
    <Sheet title={<Said>{person.name}</Said>} closeWord={t('act.close')} onClose={onClose} testid="colleague-sheet">
      <AwayDays days={person.away} absent={person} />
      <Button wide icon="today" data-testid="away-tell" onTap={() => setTelling(true)}>{t('away.tell')}</Button>
      {isOther && (
        <section class="stack-s" aria-label={t('record.entered_by_other')}>
          <h3><Said>{t('behalf.line', { name: person.name })}</Said></h3>
          {FORMS.map((form) => <Button key={form} wide icon={kindIcon[form]} data-testid={`behalf-${form}`} onTap={() => { onClose(); go(`/log/${form}/${newId()}?for=${person.person_id}&grid=${person.grid_id}`); }}>{kindWord(form)}</Button>)}
        </section>
      )}
    </Sheet>
  );
}
