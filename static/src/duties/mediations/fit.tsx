/** One question before anything is written down: may this be mediated here? */
import type { ComponentChildren } from 'preact';
import type { Unsuited } from '../../records/shapes';
import { m } from '../../text/mediations';
import { t } from '../../text/text';
import { Button } from '../../ui/button';
import { AnyOf } from '../../ui/chips';
import { PinnedBar } from '../../ui/dock';
import { UNSUITED } from './rules';
import { TurnWords } from './turn_words';

export function Fit(p: { unsuited: Unsuited[]; onPick: (unsuited: Unsuited[]) => void; onGo: () => void; drop: ComponentChildren }) {
  const isReferral = p.unsuited.length > 0;
  return (
    <div class="stack">
      <h2>{m('fit.ask')}</h2>
      <p>{m('fit.hint')}</p>
      <AnyOf label={m('fit.ask')} layout="column" values={p.unsuited} onPick={p.onPick} choices={UNSUITED.map((value) => ({ value, label: m(`unsuited.${value}`), testid: `unsuited-${value}` }))} />
      {isReferral && <TurnWords unsuited={p.unsuited} />}
      {p.drop}
      <PinnedBar label={t('form.acts')}><Button kind="primary" icon="go" data-testid="fit-go" onTap={p.onGo}>{isReferral ? m('fit.some') : m('fit.none')}</Button></PinnedBar>
    </div>
  );
}
