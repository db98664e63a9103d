/** The person's own phones, when the phone's door can list them; revoking one hands its work over and wipes it. */
import { useEffect, useState } from 'preact/hooks';
import { phone, status, type Device } from '../../shell/session';
import { sayMoment } from '../../text/days';
import { t } from '../../text/text';
import { Button } from '../../ui/button';
import { Icon } from '../../ui/icons';
import { Zh } from '../../records/words';
import { toast } from '../../ui/toast';

interface DeviceDoor { devices(): Promise<Device[]>; revokeDevice(id: string): Promise<void> }
const doorOf = (): Partial<DeviceDoor> => (phone.value ?? {}) as Partial<DeviceDoor>;

export function Devices() {
  const [devices, setDevices] = useState<Device[]>();
  const [asked, setAsked] = useState<string>();
  const load = () => { void doorOf().devices?.().then(setDevices, () => undefined); };
  useEffect(load, [status.value?.online]); // the phone may not have spoken yet when this page is the first one
  const revoke = (id: string) => { setAsked(undefined); void doorOf().revokeDevice?.(id).then(load, () => toast(t('me.revoke_failed'))); };
  if (!devices?.length) return null;
  return (
    <section class="card flat" aria-label={t('me.devices')}>
      <h2 style="padding:12px 16px 4px">{t('me.devices')}</h2>
      <div class="rows">{devices.map((device) => (
        <div class="entry" key={device.device_id} data-testid="device">
          <div class="row"><Icon name="phone" /><span class="grow"><span class="title"><Zh>{device.label}</Zh></span>{device.last_use && <span class="quiet">{sayMoment(device.last_use)}</span>}</span>
            {device.this_one ? <span class="quiet">{t('me.this_phone')}</span> : asked !== device.device_id && <Button kind="stop" data-testid="revoke" onTap={() => setAsked(device.device_id)}>{t('me.revoke')}</Button>}</div>
          {asked === device.device_id && (
            <div class="stack-s" style="padding:0 16px 12px" role="status">
              <p>{t('me.revoke_sure', { device: device.label })}</p>
              <div class="line"><Button onTap={() => setAsked(undefined)}>{t('act.cancel')}</Button><Button kind="stop" icon="trash" data-testid="revoke-sure" onTap={() => revoke(device.device_id)}>{t('me.revoke_now')}</Button></div>
            </div>
          )}
        </div>
      ))}</div>
    </section>
  );
}
