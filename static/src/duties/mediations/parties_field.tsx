/** Who is at odds: a name to call them by, a telephone, which side. Nothing else is asked, and no photo is taken. */
import { useState } from 'preact/hooks';
import type { Party } from '../../records/shapes';
import { m } from '../../text/mediations';
import { t } from '../../text/text';
import { Button } from '../../ui/button';
import { OneOf } from '../../ui/chips';
import { TextField } from '../../ui/field';
import { anotherParty } from './rules';

const MOST = 10;
interface PartiesProps { parties: Party[]; isOptional: boolean; error: string | undefined; onParties: (edit: (parties: Party[]) => Party[]) => void }

export function PartiesField({ parties, isOptional, error, onParties }: PartiesProps) {
  const [open, setOpen] = useState(false);
  const isHidden = isOptional && !open && parties.every((party) => !party.name && !party.phone);
  const shown = isHidden ? [] : parties;
  const edit = (id: string, part: Partial<Party>) => onParties((all) => all.map((party) => (party.id === id ? { ...party, ...part } : party)));
  const add = () => { if (isHidden) setOpen(true); else onParties(anotherParty); };
  return (
    <section class="card" aria-label={m('parties.title')}>
      <h2>{m('parties.title')}</h2>
      <p class="quiet">{m('parties.least')}</p>
      {error && <p class="never" role="alert">{error}</p>}
      {shown.map((party, at) => (
        <fieldset class="stack-s party" key={party.id}>
          <legend class="strong">{m('parties.nth', { n: at + 1 })}</legend>
          <OneOf label={`${m('parties.part')} ${at + 1}`} layout="halves" value={party.part} onPick={(part) => part && edit(party.id, { part })} choices={(['applicant', 'other'] as const).map((value) => ({ value, label: m(`part.${value}`) }))} />
          <TextField label={m('parties.name')} value={party.name} onText={(name) => edit(party.id, { name })} testid={`party-name-${at + 1}`} rest={{ maxLength: 40 }} />
          <TextField label={`${m('parties.phone')} ${t('form.optional')}`} value={party.phone ?? ''} onText={(phone) => edit(party.id, { phone })} testid={`party-phone-${at + 1}`} rest={{ maxLength: 20, inputMode: 'tel' }} />
          {shown.length > 1 && <div class="line"><Button icon="trash" aria-label={m('parties.remove', { name: party.name.trim() || m('parties.nth', { n: at + 1 }) })} onTap={() => onParties((all) => all.filter((one) => one.id !== party.id))}>{m('parties.remove', { name: '' }).trim()}</Button></div>}
        </fieldset>
      ))}
      {shown.length < MOST && <Button wide icon="add" data-testid="party-add" onTap={add}>{shown.length ? m('parties.add') : m('parties.add_first')}</Button>}
    </section>
  );
}
