/** 我的定位: every fix this phone took, kept here alone for 90 days. */
import { useLive } from '../../records/store_context';
import { kindWord, Zh } from '../../records/words';
import { sayMoment } from '../../text/days';
import { t } from '../../text/text';
import { Icon } from '../../ui/icons';
import { Empty } from '../../ui/tag';

export default function OwnFixes() {
  const fixes = useLive((s) => s.fixes());
  return (
    <>
      <p>{t('fixes.what')}</p>
      <section class="card flat"><div class="rows">
        {(fixes ?? []).slice().sort((a, b) => b.at - a.at).map((fix) => (
          <div class="row"><Icon name="pin" /><span class="grow"><span class="title">{sayMoment(fix.at)}</span>
            <span class="quiet">{fix.for === 'hazard' || fix.for === 'emergency' ? kindWord(fix.for) : <Zh>{fix.for}</Zh>} · {t('place.fix', { m: fix.accuracy_m })} · {fix.lat.toFixed(5)}, {fix.lng.toFixed(5)}</span></span></div>
        ))}
        {fixes && !fixes.length && <Empty icon="pin"><p>{t('fixes.none')}</p></Empty>}
      </div></section>
    </>
  );
}
