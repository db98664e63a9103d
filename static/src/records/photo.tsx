/** A photo small or large; when it is still on the road, the words say so instead of a broken picture. */
import { useState } from 'preact/hooks';
import { t } from '../text/text';
import { usePhoto } from './photo_url';

export function PhotoImage({ sha256, size, alt, big }: { sha256: string; size?: 'thumb' | 'full'; alt: string; big?: boolean }) {
  const source = usePhoto(sha256, size);
  const [missing, setMissing] = useState(false);
  if (missing) return <span class={big ? 'empty' : ''}>{t('photo.on_the_road')}</span>;
  return source ? <img class={big ? 'big-photo' : ''} src={source.url} alt={alt} loading="lazy" decoding="async" onError={() => setMissing(true)} /> : <span />;
}
