/** Offered once and never in the way: put the app on the home screen before the first record, and what is collected. */
import { useState } from 'preact/hooks';
import { installPrompt, isAppleTouch, isInstalled } from '../../device/install';
import { opensOffline } from '../../device/offline';
import { oneFix } from '../../device/location';
import { useLive, useStore } from '../../records/store_context';
import { phone, status } from '../../shell/session';
import { p } from '../../text/phones';
import { t } from '../../text/text';
import { Button } from '../../ui/button';
import { go } from '../../ui/route';

/** Never promised where it would not open offline, nor before that is known. */
const isWorthInstalling = (): boolean => !isInstalled() && phone.value?.canKeep === true && opensOffline.value === true;
/** A Safari tab and the app on the home screen keep their data apart: what is unsent must leave before the move. */
const mustSendFirst = (): boolean => isAppleTouch() && !!status.value?.waiting;

/** How to install on an iPhone; also on Me, for as long as the app runs in a tab. */
export function AppleHint() {
  if (!isAppleTouch() || !isWorthInstalling()) return null;
  const waiting = status.value?.waiting ?? 0;
  return waiting
    ? <div class="stack-s" data-testid="install-send-first"><h2>{p('install.send_first')}</h2><p>{p('install.apart', { n: waiting })}</p></div>
    : <div class="stack-s" data-testid="install-apple"><h2>{p('install.title')}</h2><p>{p('install.apple')}</p></div>;
}

export function FirstCards({ hasRecords }: { hasRecords: boolean }) {
  const store = useStore();
  const seen = useLive(async (s) => ({ notice: await s.setting<boolean>('notice_seen'), install: await s.setting<boolean>('install_asked') }), ['setting', 'settings']);
  const [gone, setGone] = useState<string[]>([]);
  if (!seen) return null;
  const close = (name: string) => { setGone([...gone, name]); store.keepSetting(name, true).catch(() => {}); };
  const canInstall = isWorthInstalling() && (installPrompt.value || isAppleTouch());
  return (
    <>
      {!seen.install && !gone.includes('install_asked') && (!hasRecords || mustSendFirst()) && canInstall && (
        <section class="card" aria-label={p('install.title')}>
          {installPrompt.value ? <><h2>{p('install.title')}</h2><p>{p('install.why')}</p></> : <AppleHint />}
          <div class="line">
            {installPrompt.value && <Button kind="act" icon="download" data-testid="install" onTap={() => { void installPrompt.value?.prompt(); close('install_asked'); }}>{p('install.now')}</Button>}
            <Button data-testid="install-later" onTap={() => close('install_asked')}>{t('act.later')}</Button>
          </div>
        </section>
      )}
      {!seen.notice && !gone.includes('notice_seen') && (
        <section class="card" aria-label={t('notice.title')}>
          <p>{p('notice.short')}</p>
          <div class="line"><Button data-testid="notice-open" onTap={() => go('/notice')}>{p('notice.read')}</Button><Button data-testid="notice-ok" onTap={() => { close('notice_seen'); void oneFix(5000); /* the browser asks for the location here, not over an open form */ }}>{t('act.understood')}</Button></div>
        </section>
      )}
    </>
  );
}
