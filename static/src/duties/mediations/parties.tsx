/** Parties as a reader sees them: masked until they are asked for, and asking is noted, offline too. */
import { useState } from 'preact/hooks';
import { noteLook } from '../../records/sensitive';
import type { MediationBody, RecordRow } from '../../records/shapes';
import { useStore } from '../../records/store_context';
import { Zh } from '../../records/words';
import { m } from '../../text/mediations';
import { p } from '../../text/phones';
import { t } from '../../text/text';
import { Button } from '../../ui/button';
import { Icon } from '../../ui/icons';
import { toast } from '../../ui/toast';
import { maskedName, maskedPhone } from './rules';

export function Parties({ record }: { record: Pick<RecordRow, 'id' | 'version' | 'body'> }) {
  const store = useStore();
  const [shown, setShown] = useState(false);
  const { parties = [] } = record.body as unknown as MediationBody;
  if (!parties.length) return <p class="quiet">{m('parties.none')}</p>;
  const show = async () => {
    // what the platform does not have yet only its author can see
    if (record.version === undefined || (await noteLook(store, 'record', record.id))) setShown(true);
    else toast(p('look.not_kept'), { ms: 8000 });
  };
  return (
    <section class="stack-s" aria-label={m('parties.title')} data-testid="parties" data-shown={shown}>
      <ul class="stack-s">
        {parties.map((party) => (
          <li key={party.id} class="stack-s" data-testid="party">
            <p><span class="quiet">{m(`part.${party.part}`)}</span> <span class="strong"><Zh>{shown ? party.name : maskedName(party.name)}</Zh></span>{party.phone && !shown && <> · {maskedPhone(party.phone)}</>}</p>
            {party.phone && shown && <a class="btn wide" href={`tel:${party.phone}`} aria-label={t('act.call', { number: party.phone })}><Icon name="call" /><span>{party.phone}</span></a>}
          </li>
        ))}
      </ul>
      {!shown && <><Button wide icon="information" data-testid="parties-show" onTap={() => void show()}>{m('parties.show')}</Button><p class="quiet">{m('parties.show_hint')}</p></>}
    </section>
  );
}
