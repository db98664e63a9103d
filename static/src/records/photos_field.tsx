/**
 * Photos of a form under the matter's policy: forbidden has no camera at all, optional offers one, needed asks and takes
 * a reason chip instead. It never blocks saving. Each picture is shrunk, then kept encrypted under its hash at once.
 */
import { useState } from 'preact/hooks';
import type { Photo } from '../store/api';
import { takeIn, CannotDecode, type Taken } from '../device/camera';
import { p } from '../text/phones';
import { t } from '../text/text';
import { Tappable } from '../ui/button';
import { OneOf } from '../ui/chips';
import { Icon } from '../ui/icons';
import { NoteLine } from '../ui/tag';
import { BlurSheet } from './blur_sheet';
import { PhotoImage } from './photo';
import { SafetyLine } from './safety_line';
import { Said } from './words';
import type { Matter, PhotoGap } from './shapes';
import { useLive, useStore } from './store_context';

/** In one record, of all its fields: the server takes no more. */
export const MOST_PHOTOS = 20;
export const GAPS: PhotoGap[] = ['dark', 'unsafe', 'refused', 'gone'];

interface PhotosFieldProps {
  policy: Matter['photo_policy'];
  reason?: string | undefined;
  document?: string | undefined;
  photos: Photo[];
  role?: 'scene' | 'after';
  label?: string;
  gap?: PhotoGap | undefined;
  onPhotos: (change: (photos: Photo[]) => Photo[]) => void;
  onGap?: (gap: PhotoGap | undefined) => void;
  onTaken?: (taken: Taken) => void;
  testid?: string;
}

export function PhotosField(props: PhotosFieldProps) {
  const store = useStore();
  const role = props.role ?? 'scene';
  const mine = props.photos.filter((photo) => photo.role === role);
  const [busy, setBusy] = useState(0);
  const [trouble, setTrouble] = useState<string>();
  const [open, setOpen] = useState<string>();
  const most = t('photo.most', { n: MOST_PHOTOS }), isFull = props.photos.length >= MOST_PHOTOS;
  const noRoom = useLive(async (s) => s.status().no_room) ?? false;

  if (props.policy === 'forbidden') return <NoteLine tone="plain" icon="obstructed">{t('photo.forbidden')}</NoteLine>;

  const take = async (files: FileList | null) => {
    setTrouble(undefined);
    const chosen = Array.from(files ?? []), room = MOST_PHOTOS - props.photos.length;
    if (chosen.length > room) setTrouble(most);
    for (const file of chosen.slice(0, room)) {
      setBusy((n) => n + 1);
      try {
        const taken = await takeIn(file);
        const sha256 = await store.keepPhoto(taken.bytes, taken.type);
        props.onPhotos((photos) => photos.length >= MOST_PHOTOS || photos.some((one) => one.sha256 === sha256) ? photos : [...photos, { sha256, role, ...(taken.taken_at ? { taken_at: taken.taken_at } : {}) }]);
        props.onTaken?.(taken);
      } catch (error) {
        setTrouble(error instanceof CannotDecode ? (error.message === 'image/heic' ? p('photo.heic') : t('photo.unreadable')) : t('photo.not_kept'));
      } finally { setBusy((n) => n - 1); }
    }
  };
  const remove = (sha256: string) => { props.onPhotos((photos) => photos.filter((one) => one.sha256 !== sha256)); setOpen(undefined); void store.dropPhoto(sha256); };
  const replace = async (old: string, bytes: Uint8Array) => {
    const sha256 = await store.keepPhoto(bytes, 'image/jpeg');
    props.onPhotos((photos) => photos.map((one) => (one.sha256 === old ? { ...one, sha256 } : one)));
    setOpen(undefined);
    if (sha256 !== old) void store.dropPhoto(old);
  };

  return (
    <section class="stack-s" aria-label={props.label ?? t('photo.title')}>
      <h2>{props.label ?? t('photo.title')}{props.policy === 'optional' && <span class="quiet"> {t('form.optional')}</span>}</h2>
      {props.policy === 'needed' && <p class="quiet"><Said>{t('photo.needed', { reason: props.reason ?? '', document: props.document ?? '' })}</Said></p>}
      {mine.length > 0 && (
        <div class="photos">
          {mine.map((photo, i) => (
            <Tappable class="photo" key={photo.sha256} aria-label={t('photo.open', { n: i + 1 })} onTap={() => setOpen(photo.sha256)}>
              <PhotoImage sha256={photo.sha256} alt="" />
            </Tappable>
          ))}
        </div>
      )}
      {noRoom || isFull ? <NoteLine tone="wait" icon="phone">{isFull ? most : t('photo.no_room')}</NoteLine> : (
        <div class="line">
          <label class="btn act take grow">
            <Icon name="camera" /><span>{mine.length ? t('photo.another') : t('photo.take')}</span>
            <input type="file" accept="image/*" capture="environment" multiple data-testid={props.testid ?? 'photo-input'} aria-label={props.label ?? t('photo.take')}
              onChange={(event) => { const input = event.currentTarget; void take(input.files).then(() => { input.value = ''; }); }} />
          </label>
          <label class="btn take">
            <span>{t('photo.choose')}</span>
            <input type="file" accept="image/*" multiple aria-label={t('photo.choose_long')}
              onChange={(event) => { const input = event.currentTarget; void take(input.files).then(() => { input.value = ''; }); }} />
          </label>
        </div>
      )}
      <SafetyLine />
      <div role="status" class="quiet">{busy > 0 && t('photo.shrinking', { n: busy })}</div>
      {trouble && !isFull && <NoteLine tone="stop" icon="refused" role="alert">{trouble}</NoteLine>}
      {props.policy === 'needed' && props.onGap && mine.length === 0 && (
        <OneOf label={t('photo.cannot')} showLabel clearable value={props.gap} onPick={props.onGap} choices={GAPS.map((gap) => ({ value: gap, label: t(`gap.${gap}`), testid: `photo-gap-${gap}` }))} />
      )}
      {open && <BlurSheet sha256={open} onClose={() => setOpen(undefined)} onRemove={() => remove(open)} onKeep={(bytes) => void replace(open, bytes)} />}
    </section>
  );
}

/** 受阻 (Art. 11): a reason without names. */
export function ObstructedChip({ on, onFlip }: { on: boolean; onFlip: (on: boolean) => void }) {
  return (
    <div class="line">
      <Tappable class="chip" aria-pressed={on} data-testid="obstructed" onTap={() => onFlip(!on)}>
        <Icon name={on ? 'check' : 'obstructed'} size={20} /><span>{t('form.obstructed')}</span>
      </Tappable>
      <span class="quiet grow">{t('form.obstructed_hint')}</span>
    </div>
  );
}

