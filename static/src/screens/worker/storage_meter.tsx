/** How much room the app uses on this phone, in a bar and in words; and whether the browser promised to keep it. */
import type { SyncStatus } from '../../store/api';
import { t } from '../../text/text';

const mb = (bytes: number): string => (bytes / 1_048_576).toFixed(bytes < 10_485_760 ? 1 : 0);

export function StorageMeter({ storage }: { storage: SyncStatus['storage'] }) {
  if (!storage?.quota) return null;
  const share = Math.min(100, (storage.used / storage.quota) * 100);
  return (
    <div class="stack-s">
      <p>{t('storage.used', { used: mb(storage.used), quota: mb(storage.quota) })}</p>
      <div class="meter" role="meter" aria-label={t('storage.title')} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(share)}><i style={`width:${Math.max(1, share)}%`} /></div>
      <p class="quiet">{storage.persisted ? t('storage.persisted') : t('storage.not_persisted')}</p>
    </div>
  );
}
