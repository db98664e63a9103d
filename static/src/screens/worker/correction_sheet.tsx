/** Asks for a correction: what is wrong, in a few words; of a record, which one. */
import { useState } from 'preact/hooks';
import { ABOUT, MOST_WORDS, askCorrection, type About } from '../../records/correction_requests';
import { newId } from '../../records/ids';
import * as lists from '../../records/lists';
import { SafetyLine } from '../../records/safety_line';
import { tellSaved } from '../../records/save';
import { useLive, useStore } from '../../records/store_context';
import { kindWord } from '../../records/words';
import { c } from '../../text/corrections';
import { sayDay } from '../../text/days';
import { t } from '../../text/text';
import { Button } from '../../ui/button';
import { OneOf } from '../../ui/chips';
import { TextField } from '../../ui/field';
import { Sheet } from '../../ui/sheet';

const CHOICE = 6;

export function CorrectionSheet({ onClose }: { onClose: () => void }) {
  const store = useStore();
  const mine = useLive(async (s) => (await lists.records(s, { limit: 60 })).filter((one) => one.author_id === s.session.person.id && one.delivery === 'delivered').slice(0, CHOICE), ['record']) ?? [];
  const [about, setAbout] = useState<About>();
  const [record, setRecord] = useState<string>();
  const [words, setWords] = useState('');
  const [tried, setTried] = useState(false);
  const fault = !words.trim() ? c('missing.words') : [...words.trim()].length > MOST_WORDS ? c('too_long', { n: MOST_WORDS }) : undefined;
  const send = async () => {
    setTried(true);
    if (!about || fault) return;
    if (tellSaved(await askCorrection(store, { id: newId(), about, record_id: record, words }, Date.now()), c('sent'))) onClose();
  };
  return (
    <Sheet title={c('ask')} closeWord={t('act.close')} onClose={onClose} testid="correction-sheet">
      <OneOf<About> label={c('about')} showLabel layout="halves" value={about} onPick={(one) => one && setAbout(one)} choices={ABOUT.map((value) => ({ value, label: c(`about.${value}`), testid: `correction-${value}` }))} />
      {tried && !about && <p class="never" role="alert">{c('missing.about')}</p>}
      {about === 'record' && mine.length > 0 && <OneOf label={c('which')} showLabel layout="column" clearable value={record} onPick={setRecord} choices={mine.map((one) => ({ value: one.id, label: `${sayDay(one.day)} · ${kindWord(one.kind)}`, testid: 'correction-record' }))} />}
      <TextField long label={c('words')} value={words} onText={setWords} hint={<SafetyLine />} error={tried ? fault : undefined} testid="correction-words" />
      <Button kind="primary" wide icon="check" data-testid="correction-send" onTap={send}>{c('send')}</Button>
    </Sheet>
  );
}
