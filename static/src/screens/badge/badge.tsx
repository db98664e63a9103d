/** 工作标识: bright, offline, with a code that changes by the minute; one tap shows the larger one for colleagues. */
import { useEffect, useState } from 'preact/hooks';
import { useAwake } from '../../device/awake';
import { KEYS, colleagueAddress, isKnown, publicAddress, wordsHold, type BadgeKeys, type BadgeRow } from '../../records/badge_codes';
import { useLive, useStore } from '../../records/store_context';
import { Zh } from '../../records/words';
import { ensureBadgeKeys } from '../../shell/badge_phone';
import { b } from '../../text/badges';
import { dayOf, sayDay } from '../../text/days';
import { language, word } from '../../text/text';
import { Button } from '../../ui/button';
import { Icon } from '../../ui/icons';
import { go } from '../../ui/route';
import { Empty } from '../../ui/tag';
import { dress } from './dress';
import { Qr } from './qr';

const CLOCK = { hour12: false, timeZone: 'Asia/Shanghai' } as const;
const TICK_MS = 1000, MINUTE_MS = 60_000;

export default function Badge() {
  dress();
  useAwake();
  const store = useStore();
  const badge = useLive(async (s) => ((await s.list('badge'))[0] as unknown as BadgeRow | undefined) ?? null, ['badge']);
  const keys = useLive((s) => s.setting<BadgeKeys>(KEYS), ['setting', 'badge']);
  const [large, setLarge] = useState(false);
  useEffect(() => { if (badge) void ensureBadgeKeys(store); }, [badge?.id, badge?.version]);
  return (
    <>
      <Button kind="bare" icon="back" style="align-self:flex-start" data-testid="badge-back" onTap={() => go('/me')}>{b('back')}</Button>
      {badge && <BadgeFace badge={badge} keys={isKnown(badge, keys) ? keys : undefined} large={large} />}
      {badge && <Button wide kind="act" icon="team" data-testid="badge-colleague" onTap={() => setLarge(!large)}>{b(large ? 'for_everybody' : 'for_colleague')}</Button>}
      {badge === null && <Empty icon="me"><p data-testid="badge-status" data-status="none">{b('none')}</p></Empty>}
      <Button wide icon="search" data-testid="badge-check" onTap={() => go('/me/check')}>{b('check')}</Button>
    </>
  );
}

function BadgeFace({ badge, keys, large }: { badge: BadgeRow; keys: BadgeKeys | undefined; large: boolean }) {
  const now = useNow(), today = dayOf(now);
  const usable = keys && (!large || wordsHold(badge, keys, now)) ? keys : undefined;
  const address = useAddress(badge, usable, large, Math.floor(now / MINUTE_MS));
  const is_good = badge.from_day <= today && today <= badge.last_day;
  return (
    <section class={`badge-face ${badge.tone}`} aria-label={b('title')}>
      <header>{language.value === 'en' ? badge.heading_en : badge.heading_zh}</header>
      <div class={`state ${is_good ? 'ok' : 'stop'}`} data-testid="badge-status" data-status={is_good ? 'valid' : 'over'}>
        <Icon name={is_good ? 'approve' : 'refused'} size={28} /><span>{b(is_good ? 'valid' : 'over')}</span>
        <span class="clock" aria-hidden="true">{new Date(now).toLocaleTimeString('zh-CN', CLOCK)}</span>
      </div>
      {!large && <div class="who">
        {badge.portrait && <img src={`data:image/jpeg;base64,${badge.portrait}`} alt={b('photo', { name: badge.name })} />}
        <div>
          <p class="name"><Zh>{badge.name}</Zh></p>
          <p>{word('role', badge.role)}</p>
          <p><Zh>{badge.grids.join('、')}</Zh></p>
          <p>{badge.number}</p>
          <p>{b('until')} {sayDay(badge.last_day)}</p>
        </div>
      </div>}
      <div class={`code ${large ? 'large' : ''}`}>
        {address && <Qr words={address} ecc={large ? 'L' : 'M'} label={b(large ? 'colleague_qr' : 'qr')} testid="badge-qr" />}
        <p>{b(large ? (usable ? 'colleague_hint' : 'colleague_not_yet') : usable ? 'each_minute' : 'not_yet')}</p>
      </div>
      <p class="foot"><Zh>{badge.issuer}</Zh> · {b('bright')}</p>
    </section>
  );
}

/** By the server's clock: the phone's own may be wrong. */
function useNow(): number {
  const store = useStore();
  const read = () => Date.now() + store.clock_skew_ms;
  const [now, setNow] = useState(read);
  useEffect(() => { const timer = setInterval(() => setNow(read()), TICK_MS); return () => clearInterval(timer); }, [store]);
  return now;
}

function useAddress(badge: BadgeRow, keys: BadgeKeys | undefined, large: boolean, minute: number): string | undefined {
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    let alive = true;
    const at = minute * MINUTE_MS;
    const made = keys ? (large ? colleagueAddress : publicAddress)(location.origin, badge, keys, at) : Promise.resolve(undefined);
    made.then((found) => { if (alive) setAddress(found); }, () => { if (alive) setAddress(undefined); });
    return () => { alive = false; };
  }, [badge, keys?.secret, large, minute]);
  return address;
}
