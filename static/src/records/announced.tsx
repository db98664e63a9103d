/**
 * What a phone announced and has not brought: by kind and time. When that phone's storage was wiped these lines are all
 * that is left, and nobody can know what was made after them; the card says so.
 */
import { sayMoment } from '../text/days';
import { hasWord, t, word } from '../text/text';
import { Icon } from '../ui/icons';
import type { Announcement } from './still_out';
import { Said, Zh } from './words';

export function AnnouncedCard({ row, mine }: { row: Announcement; mine?: boolean }) {
  return (
    <section class="card" data-testid="announced" data-id={row.id} data-count={row.items.length} aria-label={t('announced.title')}>
      <h2>{t('announced.title')}</h2>
      <p>{!mine && <><Zh>{row.person_name}</Zh> · </>}<Said>{t('announced.told', { device: row.device_label, when: sayMoment(row.at), n: row.items.length })}</Said></p>
      <ul class="stack-s">
        {row.items.map((item) => (
          <li class="line" key={item.id} data-testid="announced-item" data-name={item.name}><Icon name="phone" size={20} /><span class="grow">{hasWord('act_name', item.name) ? word('act_name', item.name) : item.name}</span><span class="quiet">{sayMoment(item.made_at)}</span></li>
        ))}
      </ul>
      <p class="quiet">{t('announced.unknown')}</p>
    </section>
  );
}
