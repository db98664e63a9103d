/** The place of a hazard or an emergency: one fix, shown on the map with its accuracy; a tap, a drag or words correct it. */
import { PlacePicker } from '../maps/place_picker';
import { isInside } from '../maps/projection';
import type { Grid, PlaceOfHazard } from './shapes';
import { useStore } from './store_context';
import { t } from '../text/text';
import { Button } from '../ui/button';
import { TextField } from '../ui/field';
import { Icon } from '../ui/icons';

interface PlaceFieldProps {
  grid: Grid | undefined;
  place: PlaceOfHazard;
  words: string;
  looking: boolean;
  onPlace: (place: PlaceOfHazard) => void;
  onWords: (words: string) => void;
  /** Asks for one more fix. */
  onLocate: () => void;
}

export function placeWords(place: PlaceOfHazard, looking: boolean): string {
  if (place.source === 'fix') return place.accuracy_m !== undefined ? t('place.fix', { m: place.accuracy_m }) : t('place.photo');
  if (place.source === 'map') return t('place.map');
  if (place.source === 'place') return t('place.known');
  return looking ? t('place.looking') : t('place.none');
}

export function PlaceField(p: PlaceFieldProps) {
  const source = useStore().session.policy.map;
  const at = p.place.lng !== undefined && p.place.lat !== undefined ? { lng: p.place.lng, lat: p.place.lat } : undefined;
  const outside = at && p.grid && !isInside(at, p.grid.outline);
  return (
    <section class="stack-s" data-testid="place" data-source={p.place.source} data-lng={at?.lng} data-lat={at?.lat} aria-label={t('place.title')}>
      <h2>{t('place.title')}</h2>
      <p class="line"><Icon name="pin" size={20} /><span class="grow">{placeWords(p.place, p.looking)}</span></p>
      {outside && <p class="quiet">{t('place.outside')}</p>}
      {p.grid && (
        <PlacePicker source={source} grounds={[p.grid.outline]} at={at} accuracy_m={p.place.source === 'fix' ? p.place.accuracy_m : undefined} label={t('place.picker', { grid: p.grid.name })}
          onMove={(moved) => p.onPlace({ lng: round(moved.lng), lat: round(moved.lat), source: 'map' })} />
      )}
      <div class="line">
        <Button icon="pin" data-testid="place-locate" disabled={p.looking} onTap={p.onLocate}>{t('place.locate')}</Button>
        {at && <Button data-testid="place-clear" onTap={() => p.onPlace({ source: 'none' })}>{t('place.clear')}</Button>}
      </div>
      <TextField label={t('place.words')} value={p.words} onText={p.onWords} testid="place-words" rest={{ placeholder: t('place.words_hint'), maxLength: 200 }} />
    </section>
  );
}

const round = (degrees: number): number => Math.round(degrees * 1e7) / 1e7;
