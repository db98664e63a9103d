/** 我的记录: did it arrive, was it good? This month by duty, then every own record with both axes. */
import { useState } from 'preact/hooks';
import { AnnouncedCard } from '../../records/announced';
import * as lists from '../../records/lists';
import { RecordRow as OneRecord } from '../../records/row';
import { announcements } from '../../records/still_out';
import { useLive, useStore } from '../../records/store_context';
import type { RecordKind, RecordRow } from '../../records/shapes';
import { kindIcon, kindWord } from '../../records/words';
import { sayDay, today } from '../../text/days';
import { t } from '../../text/text';
import { PartMissing } from '../../shell/part_missing';
import { Button } from '../../ui/button';
import { OneOf } from '../../ui/chips';
import { Icon } from '../../ui/icons';
import { lazy } from '../../ui/lazy';
import { route } from '../../ui/route';
import { Empty } from '../../ui/tag';
import { Older } from './older';

const scores = () => import('../score/index');
const Nothing = () => null;
const Scores = lazy<object>(async () => ({ default: (await scores()).Scores }), Nothing);
const ScorePage = lazy<{ id: string }>(async () => ({ default: (await scores()).ScorePage }), PartMissing);
if (navigator.onLine) setTimeout(() => void scores().then((piece) => piece.fetchReckoning(), () => undefined), 8000); // kept for when there is no network

const PAGE = 60;
const REACH = 1000; // older ones are read online from the archive
type Filter = 'all' | 'unsent' | 'returned';

/** What another entered counts once its author has said that it is theirs. */
const countsAsOwn = (record: RecordRow): boolean => !record.confirmation || record.confirmation === 'confirmed';

export const monthCounts = (records: RecordRow[], month: string): Record<RecordKind, number> => {
  const counts = { patrol: 0, hazard: 0, visit: 0, emergency: 0, publicity: 0, information: 0, mediation: 0 };
  for (const record of records) if (record.day.startsWith(month) && countsAsOwn(record) && record.kind in counts) counts[record.kind]++;
  return counts;
};

/** The score sheets are a part of this screen: `/records/score/<id>`. */
export default function Records() {
  const [, part, id] = route.value.parts;
  return part === 'score' && id ? <ScorePage key={id} id={id} /> : <OwnRecords />;
}

function OwnRecords() {
  const store = useStore();
  const me = store.session.person.id;
  const [filter, setFilter] = useState<Filter>('all');
  const [shown, setShown] = useState(PAGE);
  const known = useLive(async (s) => ({ records: (await lists.records(s, { limit: REACH })).filter((record) => record.author_id === me), matters: await lists.matterByCode(s), announced: (await announcements(s)).filter((row) => row.person_id === me) }), ['record', 'matter', 'outbox', 'announced']);
  if (!known) return null;
  const counts = monthCounts(known.records, today().slice(0, 7));
  const list = known.records.filter((record) => filter === 'all' || (filter === 'unsent' ? record.delivery !== 'delivered' : record.review.status === 'returned' || record.review.status === 'disputed'));
  let day = '';
  return (
    <>
      <section aria-label={t('records.month')} class="stack-s">
        <h2>{t('records.month')}</h2>
        <div class="months">{(Object.keys(counts) as RecordKind[]).map((kind) => <div key={kind}><Icon name={kindIcon[kind]} /><div class="number">{counts[kind]}</div><div class="quiet">{kindWord(kind)}</div></div>)}</div>
      </section>
      <Scores />
      {known.announced.map((row) => <AnnouncedCard key={row.id} row={row} mine />)}
      <OneOf<Filter> label={t('records.filter')} value={filter} onPick={(value) => value && setFilter(value)} choices={(['all', 'unsent', 'returned'] as const).map((value) => ({ value, label: t(`records.${value}`), testid: `records-${value}` }))} />
      <section class="card flat" aria-label={t('tab.records')}>
        <div class="rows">
          {list.slice(0, shown).map((record) => {
            const head = record.day !== day && ((day = record.day), (<h3 key={record.day} style="padding:10px 16px 2px" class="quiet">{record.day === today() ? t('day.today') : sayDay(record.day)}</h3>));
            return <>{head}<OneRecord key={record.id} record={record} matter={known.matters.get(record.matter_code ?? '')} /></>;
          })}
          {!list.length && <Empty icon="records"><p>{t('records.none')}</p></Empty>}
        </div>
      </section>
      {list.length > shown && <Button wide onTap={() => setShown(shown + PAGE)}>{t('act.more')}</Button>}
      {filter === 'all' && list.length <= shown && <Older />}
    </>
  );
}
