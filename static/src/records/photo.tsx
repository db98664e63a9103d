/** A photo small or large; when it cannot be shown, the words say why instead of a broken picture. */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { p } from '../text/phones';
import { t } from '../text/text';
import { Tappable } from '../ui/button';
import { Sheet } from '../ui/sheet';
import { usePhoto } from './photo_url';
import { useLive } from './store_context';

interface Shown { sha256: string; size?: 'thumb' | 'full'; alt: string; big?: boolean; /** what the row says of it; absent: the row does not say */ held?: boolean | undefined }

/** On its way is only what the server does not hold; what it has held for days just cannot be fetched now. */
export const whyMissing = (held: boolean | undefined, online: boolean): string => (held === false ? t('photo.on_the_road') : p(online ? 'photo.not_now' : 'photo.offline'));

export function PhotoImage({ sha256, size, alt, big, held }: Shown) {
  const online = useLive(async (s) => s.status().online && !!s.fetchPhoto, ['status']) ?? true;
  const [missing, setMissing] = useState(false), [tries, setTries] = useState(0);
  const source = usePhoto(sha256, size, tries), none = missing || source?.url === '';
  useEffect(() => { if (online && (none || (size === 'full' && source?.small))) { setTries(tries + 1); setMissing(false); } }, [online, held]); // the link is back, or it has come
  if (none) return <span class={big ? 'empty' : ''}>{whyMissing(held, online)}</span>;
  return source ? <img class={big ? 'big-photo' : ''} src={source.url} alt={alt} loading="lazy" decoding="async" onError={() => setMissing(true)} /> : <span />;
}

/** A picture that a tap shows whole. */
export function PhotoOpens({ sha256, n, alt, held, children, ...rest }: { sha256: string; n: number; alt: string; held?: boolean | undefined; class?: string; style?: string; children: ComponentChildren }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Tappable {...rest} aria-label={t('photo.open', { n })} data-testid="photo-open" onTap={() => setOpen(true)}>{children}</Tappable>
      {open && <Sheet title={alt} closeWord={t('act.close')} onClose={() => setOpen(false)} testid="photo-sheet"><PhotoImage big size="full" sha256={sha256} alt={alt} held={held} /></Sheet>}
    </>
  );
}
