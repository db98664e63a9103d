/** The person's own phones, when the phone's door can list them; revoking one hands its work over and wipes it. */
import { useEffect, useState } from 'preact/hooks';
import { phone, type Device } from '../../shell/session';
import { sayMoment } from '../../text/days';
import { t } from '../../text/text';
import { Button } from '../../ui/button';
import { Icon } from '../../ui/icons';

interface DeviceDoor { devices(): Promise<Device[]>; revokeDevice(id: string): Promise<void> }
const doorOf = (): Partial<DeviceDoor> => (phone.value ?? {}) as Partial<DeviceDoor>;

export function Devices() {
  const [devices, setDevices] = useState<Device[]>();
  const load = () => { void doorOf().devices?.().then(setDevices, () => undefined); };
  useEffect(load, []);
  if (!devices?.length) return null;
  return (
    <section class="card flat" aria-label={t('me.devices')}>
      <h2 style="padding:12px 16px 4px">{t('me.devices')}</h2>
      <div class="rows">{devices.map((device) => (
        <div class="row" key={device.device_id}><Icon name="phone" /><span class="grow"><span class="title">{device.label}</span>{device.last_use && <span class="quiet">{sayMoment(device.last_use)}</span>}</span>
          {device.this_one ? <span class="quiet">{t('me.this_phone')}</span> : <Button kind="stop" onTap={() => void doorOf().revokeDevice?.(device.device_id).then(load)}>{t('me.revoke')}</Button>}</div>
      ))}</div>
    </section>
  );
}
