/** 我的数据: what is collected and why, what of it lies here, who looked, and whom to ask for a correction. */
import { useEffect, useState } from 'preact/hooks';
import { useStore } from '../../records/store_context';
import { Said, kindWord } from '../../records/words';
import { phone, status } from '../../shell/session';
import { sayDay, sayMoment } from '../../text/days';
import { say } from '../../text/lock';
import { language, t } from '../../text/text';
import { Tappable } from '../../ui/button';
import { Icon, type IconName } from '../../ui/icons';
import { go } from '../../ui/route';
import { Corrections } from './corrections';
import { Guarantees } from './guarantees';

interface Look { at: number; by_name: string; kind: string; day: string }
interface LooksDoor { looksAtMine(): Promise<Look[]> }

export default function MyData() {
  const units = [...new Set(useStore().session.roles.map((held) => held.org_unit_name))];
  return (
    <>
      <p>{say('mine.what')}</p>
      <section class="card flat"><div class="rows">
        <Go icon="information" to="/notice" words={t('notice.title')} testid="me-notice" />
        <Go icon="pin" to="/fixes" words={t('me.fixes')} testid="me-fixes" />
      </div></section>
      <Guarantees />
      <Corrections />
      <Looks />
      <section class="card"><h2>{say('mine.ask')}</h2><p><Said>{say('mine.ask_what', { units: units.join(language.value === 'zh' ? '、' : ', ') })}</Said></p></section>
    </>
  );
}

function Looks() {
  const [looks, setLooks] = useState<Look[] | 'offline'>();
  useEffect(() => { (phone.value as unknown as Partial<LooksDoor>).looksAtMine?.().then(setLooks, () => setLooks('offline')); }, [status.value?.online]); // as devices.tsx: the phone may not have spoken yet
  return (
    <section class="card" aria-label={say('mine.looks')} data-testid="my-looks">
      <h2>{say('mine.looks')}</h2>
      <p class="quiet">{say('mine.looks_what')}</p>
      {looks === 'offline' && <p>{say('mine.offline')}</p>}
      {Array.isArray(looks) && (looks.length
        ? <ul class="stack-s">{looks.map((look) => <li key={`${look.at}${look.by_name}`} data-testid="look"><Said>{say('mine.look', { name: look.by_name, when: sayMoment(look.at), day: sayDay(look.day), kind: kindWord(look.kind) })}</Said></li>)}</ul>
        : <p>{say('mine.no_looks')}</p>)}
    </section>
  );
}

function Go(p: { icon: IconName; to: string; words: string; testid: string }) {
  return <Tappable class="row" data-testid={p.testid} onTap={() => go(p.to)}><Icon name={p.icon} /><span class="grow title">{p.words}</span><Icon name="go" size={20} /></Tappable>;
}
