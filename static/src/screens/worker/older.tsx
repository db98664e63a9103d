/** 更早的记录: own records that have left the phone, read online page by page; each can be looked at, none changed. */
import { useState } from 'preact/hooks';
import { History } from '../../records/history';
import * as lists from '../../records/lists';
import { PhotoImage } from '../../records/photo';
import type { Matter, RecordRow } from '../../records/shapes';
import { useLive } from '../../records/store_context';
import { ReviewTag } from '../../records/tags';
import { MatterName, Zh, kindIcon, kindWord } from '../../records/words';
import { phone } from '../../shell/session';
import { sayMoment } from '../../text/days';
import { older } from '../../text/older';
import { t } from '../../text/text';
import { Button, Tappable } from '../../ui/button';
import { Icon } from '../../ui/icons';
import { Sheet } from '../../ui/sheet';
import { cards } from '../cards';

interface Door { engine?: { older(after?: RecordRow): Promise<{ rows: RecordRow[]; more: boolean }> } }

export function Older() {
  const [rows, setRows] = useState<RecordRow[]>();
  const [more, setMore] = useState(true), [offline, setOffline] = useState(false);
  const [shown, setShown] = useState<RecordRow>();
  const matters = useLive((s) => lists.matterByCode(s), ['matter']);
  const read = async () => {
    try {
      const { engine } = phone.value as unknown as Door;
      const page = await engine!.older(rows?.at(-1));
      setRows([...(rows ?? []), ...page.rows]);
      setMore(page.more);
      setOffline(false);
    } catch { setOffline(true); } // or the code that asks is not there yet
  };
  return (
    <section class="stack-s" aria-label={older('open')} data-testid="older">
      {rows && <h2>{older('open')}</h2>}
      {!!rows?.length && <div class="card flat"><div class="rows">{rows.map((record) => <Row key={record.id} record={record} matter={matters?.get(record.matter_code ?? '')} onOpen={() => setShown(record)} />)}</div></div>}
      <div role="status">{offline ? <p>{older('offline')}</p> : rows && !more ? <p class="quiet">{older(rows.length ? 'all' : 'none')}</p> : null}</div>
      {more && <Button wide data-testid="older-read" onTap={read}>{rows ? t('act.more') : older('open')}</Button>}
      {!rows && <p class="quiet">{older('what')}</p>}
      {shown && <OlderSheet record={shown} matter={matters?.get(shown.matter_code ?? '')} onClose={() => setShown(undefined)} />}
    </section>
  );
}

function Row({ record, matter, onOpen }: { record: RecordRow; matter: Matter | undefined; onOpen: () => void }) {
  return (
    <Tappable class="row" data-testid="older-row" data-id={record.id} onTap={onOpen}>
      <Icon name={kindIcon[record.kind]} />
      <span class="grow stack-s">
        <span><span class="title">{kindWord(record.kind)}{matter && <> · <MatterName matter={matter} short /></>}</span><span class="quiet">{sayMoment(record.acted_at)}{!!record.body.place_words && <> · <Zh>{String(record.body.place_words)}</Zh></>}</span></span>
        <span class="line"><ReviewTag status={record.review.status} /></span>
      </span>
      <Icon name="go" size={20} />
    </Tappable>
  );
}

function OlderSheet({ record, matter, onClose }: { record: RecordRow; matter: Matter | undefined; onClose: () => void }) {
  const Card = cards[record.kind];
  return (
    <Sheet title={kindWord(record.kind)} closeWord={t('act.close')} onClose={onClose} testid="older-sheet">
      <p class="quiet">{sayMoment(record.acted_at)}{matter && <> · <MatterName matter={matter} short /></>}</p>
      {record.photos.map((photo, i) => <figure key={photo.sha256}><PhotoImage big sha256={photo.sha256} size="full" held={photo.held} alt={t('photo.alt', { n: i + 1, role: t(`photo.role_${photo.role}`) })} /></figure>)}
      {Card && <Card record={record} matter={matter} />}
      <h2>{t('record.history')}</h2><History record={record} />
    </Sheet>
  );
}
