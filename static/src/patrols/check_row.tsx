/** One check point with what is looked at there: the whole upper part is 正常 in one tap; hazard and not reached stand below it. */
import type { CheckDone, Matter, Place } from '../records/shapes';
import { MatterName, Zh } from '../records/words';
import { sayClock } from '../text/days';
import { t } from '../text/text';
import { Button, Tappable } from '../ui/button';
import { Icon } from '../ui/icons';
import type { CheckResult } from './rules';

const looks: Record<CheckResult, { tone: string; icon: 'check' | 'hazards' | 'obstructed' }> = {
  normal: { tone: 'done', icon: 'check' }, hazard: { tone: 'found', icon: 'hazards' }, not_reached: { tone: 'missed', icon: 'obstructed' },
};

export function CheckRow({ place, matters, check, onMark }: { place: Place; matters: Map<string, Matter>; check: CheckDone | undefined; onMark: (result: CheckResult | undefined) => void }) {
  const look = check && looks[check.result];
  return (
    <div class={`check-row ${look ? `answered ${look.tone}` : ''}`}>
      <Tappable class={`btn wide check ${look ? '' : 'act'}`} data-testid="patrol-checkpoint" data-id={place.id} data-result={check?.result ?? 'open'} aria-pressed={check?.result === 'normal'}
        onTap={() => { if (!check) onMark('normal'); }}>
        <Icon name={look?.icon ?? 'pin'} size={28} />
        <span class="grow">
          <span class="name"><Zh>{place.name}</Zh></span>
          <span class="quiet">{check ? <>{t(`check.${check.result}`)} · {sayClock(check.at)}{check.fix && <> · {t(`inside.${check.fix.inside}`)}</>}</> : <><Zh>{place.address}</Zh>{(place.matters ?? []).map((code) => <> · <MatterName matter={matters.get(code)} code={code} short /></>)}</>}</span>
        </span>
        {!check && <strong>{t('check.normal')}</strong>}
      </Tappable>
      <div class="line">
        {check
          ? <Button icon="undo" data-testid="check-undo" aria-label={t('check.change', { place: place.name })} onTap={() => onMark(undefined)}>{t('act.change')}</Button>
          : <>
              <Button icon="hazards" class="btn grow" data-testid="check-hazard" aria-label={t('check.hazard_at', { place: place.name })} onTap={() => onMark('hazard')}>{t('check.hazard')}</Button>
              <Button icon="obstructed" class="btn grow" data-testid="check-not-reached" aria-label={t('check.not_reached_at', { place: place.name })} onTap={() => onMark('not_reached')}>{t('check.not_reached')}</Button>
            </>}
      </div>
    </div>
  );
}
