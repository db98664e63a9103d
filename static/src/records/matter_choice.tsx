/** Choosing the matter: the usual ones as rows, 更多 for the rest; once chosen it folds into one line. */
import { useState } from 'preact/hooks';
import { t } from '../text/text';
import { Button, Tappable } from '../ui/button';
import { Icon } from '../ui/icons';
import type { Matter } from './shapes';
import { MatterName } from './words';

interface MatterChoiceProps {
  matters: Matter[];
  usual: Matter[];
  value: Matter | undefined;
  onPick: (matter: Matter | undefined) => void;
  error?: string | undefined;
  /** Information and planned visits that have arrived keep their matter. */
  locked?: boolean;
}

export function MatterChoice(p: MatterChoiceProps) {
  const [all, setAll] = useState(false);
  const [again, setAgain] = useState(false);
  if (p.value && !again) {
    return (
      <section class="card" aria-label={t('form.matter')}>
        <div class="line">
          <span class="grow strong" data-testid={`matter-${p.value.code}`} data-chosen="true"><MatterName matter={p.value} /></span>
          {!p.locked && <Button icon="edit" data-testid="matter-change" onTap={() => setAgain(true)}>{t('act.change')}</Button>}
        </div>
        {p.value.demo === true && <p class="quiet">{t('matter.demo')}</p>}
      </section>
    );
  }
  const shown = all ? p.matters : p.usual;
  return (
    <section class="card flat" aria-label={t('form.matter')}>
      <h2 style="padding:12px 16px">{t('form.which_matter')}</h2>
      {p.error && <p class="never" role="alert" style="padding:0 16px 8px">{p.error}</p>}
      <div class="rows">
        {shown.map((matter) => (
          <Tappable class="row" key={matter.code} data-testid={`matter-${matter.code}`} onTap={() => { setAgain(false); p.onPick(matter); }}>
            <span class="grow"><span class="title"><MatterName matter={matter} short /></span></span><Icon name="go" size={20} />
          </Tappable>
        ))}
        {!all && p.matters.length > shown.length && <Tappable class="row" data-testid="matter-more" onTap={() => setAll(true)}><span class="grow title">{t('form.more_matters', { n: p.matters.length - shown.length })}</span></Tappable>}
        {!p.matters.length && <p class="empty">{t('form.no_matters')}</p>}
      </div>
    </section>
  );
}
