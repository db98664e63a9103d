/** Where the parties of what is not mediated here may turn, in words to read out; violence comes with the call button. */
import type { Unsuited } from '../../records/shapes';
import { m } from '../../text/mediations';
import { t } from '../../text/text';
import { Icon } from '../../ui/icons';
import { NoteLine } from '../../ui/tag';

export function TurnWords({ unsuited }: { unsuited: Unsuited[] }) {
  const isViolent = unsuited.includes('violence');
  return (
    <NoteLine tone={isViolent ? 'stop' : 'wait'} icon="information">
      <p class="strong" data-testid="turn-words">{m('turn.title')}</p>
      {unsuited.length ? unsuited.map((reason) => <p key={reason}>{m(`turn.${reason}`)}</p>) : <p>{m('turn.passed_on')}</p>}
      {isViolent && <a class="btn wide" href="tel:110" aria-label={t('act.call', { number: '110' })}><Icon name="call" /><span>110</span></a>}
    </NoteLine>
  );
}
