/** Offered once and never in the way: put the app on the home screen before the first record, and what is collected. */
import { useState } from 'preact/hooks';
import { installPrompt, isAppleTouch, isInstalled } from '../../device/install';
import { oneFix } from '../../device/location';
import { useLive, useStore } from '../../records/store_context';
import { t } from '../../text/text';
import { Button } from '../../ui/button';
import { go } from '../../ui/route';

export function FirstCards({ hasRecords }: { hasRecords: boolean }) {
  const store = useStore();
  const seen = useLive(async (s) => ({ notice: await s.setting<boolean>('notice_seen'), install: await s.setting<boolean>('install_asked') }), ['setting', 'settings']);
  const [gone, setGone] = useState<string[]>([]);
  if (!seen) return null;
  const close = (name: string) => { setGone([...gone, name]); store.keepSetting(name, true).catch(() => {}); };
  const canInstall = installPrompt.value || isAppleTouch();
  return (
    <>
      {!seen.install && !gone.includes('install_asked') && !hasRecords && !isInstalled() && canInstall && (
        <section class="card" aria-label={t('install.title')}>
          <h2>{t('install.title')}</h2>
          <p>{installPrompt.value ? t('install.why') : t('install.apple')}</p>
          <div class="line">
            {installPrompt.value && <Button kind="act" icon="download" data-testid="install" onTap={() => { void installPrompt.value?.prompt(); close('install_asked'); }}>{t('install.now')}</Button>}
            <Button data-testid="install-later" onTap={() => close('install_asked')}>{t('act.later')}</Button>
          </div>
        </section>
      )}
      {!seen.notice && !gone.includes('notice_seen') && (
        <section class="card" aria-label={t('notice.title')}>
          <p>{t('notice.short')}</p>
          <div class="line"><Button data-testid="notice-open" onTap={() => go('/notice')}>{t('notice.read')}</Button><Button data-testid="notice-ok" onTap={() => { close('notice_seen'); void oneFix(5000); /* the browser asks for the location here, not over an open form */ }}>{t('act.understood')}</Button></div>
        </section>
      )}
    </>
  );
}
