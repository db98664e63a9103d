/** Lines under the header that the person must know and that never stop the work. */
import { opensOffline } from '../device/offline';
import { t } from '../text/text';
import { Button } from '../ui/button';
import { isDockTaken } from '../ui/dock';
import { NoteLine } from '../ui/tag';
import { useLive } from '../records/store_context';
import { CalloutStrip, PlainBar } from './parts';
import { leave, phone, status, store } from './session';
import { replaceWith } from '../ui/route';

export function Bars() {
  const now = status.value;
  const called = useLive((s) => s.list('callout', { state: 'open' }), ['callout']);
  if (!now) return null;
  const forms = isDockTaken();
  return (
    <>
      {!!called?.length && <CalloutStrip />}
      {(now.in_memory_only || now.loose || opensOffline.value === false) && <PlainBar />}
      {now.emptied !== undefined && <NoteLine tone="stop" icon="refused" role="alert">{t('bar.emptied', { n: now.emptied })}</NoteLine>}
      {now.no_room && now.emptied === undefined && <NoteLine tone="wait" icon="phone" role="alert">{t('bar.no_room')}</NoteLine>}
      {now.lost && <NoteLine tone="stop" icon="refused" role="alert">{t('bar.lost', { n: now.lost.count })}</NoteLine>}
      {store.value?.session.restricted && <NoteLine tone="wait" icon="me" role="status">{t('bar.restricted')}</NoteLine>}
      {now.signed_out && !forms && (
        <NoteLine tone="wait" icon="me" role="status">
          <p>{t('bar.signed_out')}</p><Button data-testid="sign-in-again" onTap={() => { replaceWith('#/sign-in?again'); leave(); }}>{t('sign_in.again')}</Button>
        </NoteLine>
      )}
      {now.update_ready && !forms && (
        <NoteLine tone="plain" icon="download" role="status">
          <p>{t('bar.update')}</p><Button onTap={() => void phone.value?.applyUpdate()}>{t('bar.update_now')}</Button>
        </NoteLine>
      )}
    </>
  );
}
