/** 我: how the app looks, what this phone holds, and the ways out. Nothing here stands in the way of work. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { ownAbsences } from '../../records/away';
import { AwayDays, AwaySheet } from '../../records/away_sheet';
import { Messages } from '../../records/messages';
import { newId } from '../../records/ids';
import { modesOf } from '../../records/roles';
import { stillOut } from '../../records/still_out';
import { useLive, useStore } from '../../records/store_context';
import { Said, Zh } from '../../records/words';
import { changeLook, look, type Look } from '../../shell/look';
import { PartMissing } from '../../shell/part_missing';
import { homeOf, leave, mode, phone, status, store as shownStore, tabsOf } from '../../shell/session';
import { syncWords } from '../../shell/sync_words';
import { sayMoment } from '../../text/days';
import { o } from '../../text/outside';
import { p } from '../../text/phones';
import { k } from '../../text/tasks';
import { language, t, word } from '../../text/text';
import { Button, Tappable } from '../../ui/button';
import { OneOf } from '../../ui/chips';
import { Switch } from '../../ui/field';
import { Icon, type IconName } from '../../ui/icons';
import { lazy } from '../../ui/lazy';
import { go, route } from '../../ui/route';
import { toast } from '../../ui/toast';
import { problemWords } from '../../records/words';
import { AppleHint } from './first_cards';
import { Devices } from './devices';
import { Outside } from './outside';
import { Reminders } from './reminders';
import { StorageMeter } from './storage_meter';
import { OwnTasks } from './tasks';

const badges = () => import('../badge/index');
const Badge = lazy<object>(async () => ({ default: (await badges()).Badge }), PartMissing);
const CheckColleague = lazy<{ scanned?: string | undefined }>(async () => ({ default: (await badges()).CheckColleague }), PartMissing);

/** `#/me/badge` and `#/me/check/…` lie under 我: the first page need not know them. */
export default function Me() {
  const [, second, third] = route.value.parts;
  if (second === 'badge') return <Badge />;
  if (second === 'check') return <CheckColleague key={third} scanned={third} />;
  return <OwnPage />;
}

function OwnPage() {
  const store = useStore();
  const person = store.session.person;
  const isField = modesOf(store.session.roles).length > 0, hasTasksTab = tabsOf(mode.value).includes('tasks');
  const grids = useLive(async (s) => new Map((await s.list('grid')).map((grid) => [grid.id, String(grid.name)])), ['grid']);
  return (
    <>
      <section class="card">
        <p class="strong" style="font-size:var(--text-m)"><Zh>{person.name}</Zh></p>
        <ul>{store.session.roles.map((held) => <li key={held.role + (held.grid_id ?? '') + (held.acting_for ?? '')}>{word('role', held.role)}{held.acting_for && <Said>{t('role.acting', { name: held.acting_for })}</Said>} · <Zh>{(held.grid_id && grids?.get(held.grid_id)) || held.org_unit_name}</Zh></li>)}</ul>
        {store.session.demo && <p class="quiet">{t('me.demo')}</p>}
        {store.session.filing_no && <p class="quiet" data-testid="filing-no">{p('filing')} <Zh>{store.session.filing_no}</Zh></p>}
      </section>
      {mode.value === 'leader' && <Messages />}
      {mode.value === 'leader' && <section class="card flat"><Go icon="records" to="/records" words={t('tab.records')} testid="me-records" /></section>}
      {isField && !hasTasksTab && <OwnTasks title={k('to_me')} />}
      {isField && <OffDuty />}
      <Reminders />
      <LookCard />
      <ThisPhone />
      <section class="card flat"><div class="rows">
        {isField && <Go icon="me" to="/me/badge" words={p('badge.open')} testid="me-badge" />}
        <Go icon="information" to="/mydata" words={t('me.data')} testid="me-data" />
        {isField && hasTasksTab && <Go icon="refused" to={`/log/outside_order/${newId()}`} words={o('open')} testid="me-outside" />}
      </div></section>
      {isField && !hasTasksTab && <Outside />}
      <section class="card"><a class="btn" href="/office/voice" data-testid="me-voice">{o('voice')}</a><a class="btn" href="/office/heard" data-testid="me-heard">{o('heard')}</a></section>
      <Devices />
      <WaysOut />
    </>
  );
}

function Go(p: { icon: IconName; to: string; words: string; testid: string }) {
  return <Tappable class="row" data-testid={p.testid} onTap={() => go(p.to)}><Icon name={p.icon} /><span class="grow title">{p.words}</span><Icon name="go" size={20} /></Tappable>;
}

/** 不在岗: one's own days, and telling new ones. */
function OffDuty() {
  const own = useLive(ownAbsences, ['absence']);
  const [telling, setTelling] = useState(false);
  return (
    <section class="card" aria-label={t('away.title')}>
      <AwayDays days={own} />
      <Button wide icon="today" data-testid="away-tell" onTap={() => setTelling(true)}>{t('away.tell')}</Button>
      {telling && <AwaySheet onClose={() => setTelling(false)} />}
    </section>
  );
}

function LookCard() {
  const store = useStore();
  const change = (part: Partial<Look>) => void changeLook(part, store);
  const pick = <V extends string>(label: string, value: V, values: readonly V[], wordOf: (value: V) => ComponentChildren, set: (value: V) => void, id: string) => (
    <OneOf<V> label={label} showLabel value={value} onPick={(chosen) => chosen && set(chosen)} choices={values.map((one) => ({ value: one, label: wordOf(one), testid: `${id}-${one}` }))} />
  );
  const now = look.value;
  return (
    <section class="card" aria-label={t('me.look')}>
      {pick(t('me.size'), now.size, ['normal', 'large', 'elder'] as const, (v) => t(`size.${v}`), (size) => change({ size }), 'size')}
      {pick(t('me.theme'), now.theme, ['sun', 'night'] as const, (v) => t(`theme.${v}`), (theme) => change({ theme }), 'theme')}
      {pick(t('me.hand'), now.hand, ['right', 'left'] as const, (v) => t(`hand.${v}`), (hand) => change({ hand }), 'hand')}
      {pick(t('me.language'), language.value, ['zh', 'en'] as const, (v) => (v === 'zh' ? <span lang="zh-CN">中文</span> : <span lang="en">English</span>), (chosen) => change({ language: chosen }), 'language')}
      <div style="margin:0 -16px -16px">
        <Switch label={t('me.vibration')} on={now.vibration} onFlip={(vibration) => change({ vibration })} />
        <Switch label={t('me.sound')} on={now.sound} onFlip={(sound) => change({ sound })} />
      </div>
    </section>
  );
}

function ThisPhone() {
  const store = useStore();
  const now = status.value;
  const out = useLive(stillOut, ['outbox', 'announced', 'status']);
  const [exporting, setExporting] = useState(false);
  const save = async () => {
    setExporting(true);
    try {
      const url = URL.createObjectURL(await store.exportSealed());
      const link = Object.assign(document.createElement('a'), { href: url, download: `gridwalk-${store.session.person.username}-${new Date().toISOString().slice(0, 10)}.sealed` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    } catch { toast(t('export.failed')); } finally { setExporting(false); }
  };
  return (
    <section class="card" aria-label={t('me.this_phone')}>
      <h2>{t('me.this_phone')}</h2>
      <p>{now?.waiting ? t('me.unsent', { n: now.waiting }) : syncWords(now, out).words}</p>
      {now?.last_contact && <p class="quiet">{t('me.last_contact', { when: sayMoment(now.last_contact) })}</p>}
      <AppleHint />
      <StorageMeter storage={now?.storage} />
      <WifiOnly />
      <Button wide icon="download" data-testid="export-sealed" disabled={exporting} onTap={save}>{t('export.do')}</Button>
      <p class="quiet">{t('export.what')}</p>
    </section>
  );
}

/** Photos over Wi-Fi only: a promise that can be kept where the browser tells what the link is, and is not made elsewhere. */
function WifiOnly() {
  const store = useStore();
  const on = useLive((s) => s.setting<boolean>('wifi_only'), ['setting']);
  const link = (navigator as { connection?: { type?: string } }).connection?.type;
  if (!link) return <p class="quiet" data-testid="wifi-unknown">{p('wifi.unknown')}</p>;
  const flip = (wanted: boolean) => void store.keepSetting('wifi_only', wanted).then(() => store.retry());
  return <div style="margin:0 -16px" data-testid="wifi-only"><Switch label={p('wifi.only')} hint={p('wifi.hint')} on={on === true} onFlip={flip} /></div>;
}

const SIGN_OUT_MS = 3000;

function WaysOut() {
  const store = useStore();
  const [asking, setAsking] = useState(false);
  const [said, setSaid] = useState<string>();
  const out = async () => {
    await Promise.race([phone.value?.signOut(), new Promise((late) => setTimeout(late, SIGN_OUT_MS))]); // the server may be told later
    if (shownStore.value !== store) return; // somebody else has come in meanwhile
    leave();
    go(homeOf(mode.value));
  };
  const remove = async () => {
    const answer = await phone.value?.removeFromPhone(store.session.person.id);
    if (answer && 'problem' in answer) { setAsking(false); setSaid(problemWords(answer.problem)); return; }
    leave();
    go('/today');
  };
  return (
    <section class="card" aria-label={t('me.ways_out')}>
      <Button wide icon="swap" data-testid="sign-out" onTap={out}>{t('me.sign_out')}</Button>
      {said && <p class="never" role="alert">{said}</p>}
      {asking
        ? <div class="stack-s"><p><Said>{t('me.remove_sure', { name: store.session.person.name })}</Said></p><div class="line"><Button onTap={() => setAsking(false)}>{t('act.cancel')}</Button><Button kind="stop" icon="trash" data-testid="remove-confirm" onTap={() => void remove()}>{t('me.remove_now')}</Button></div></div>
        : <Button kind="stop" wide icon="trash" data-testid="remove-person" onTap={() => setAsking(true)}>{t('me.remove')}</Button>}
    </section>
  );
}
