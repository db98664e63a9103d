/** Handing a record back needs a reason; words are optional. */
import { useState } from 'preact/hooks';
import { SafetyLine } from '../../records/safety_line';
import { t } from '../../text/text';
import { Button } from '../../ui/button';
import { OneOf } from '../../ui/chips';
import { TextField } from '../../ui/field';
import { Sheet } from '../../ui/sheet';
import { REASONS, type Reason } from './decisions';

export function ReturnSheet({ onClose, onReturn }: { onClose: () => void; onReturn: (reason: Reason, words: string) => void }) {
  const [reason, setReason] = useState<Reason>();
  const [words, setWords] = useState('');
  const [asked, setAsked] = useState(false);
  const isBare = reason === 'other' && !words.trim(); // it names nothing that could be put right
  return (
    <Sheet title={t('return.title')} closeWord={t('act.close')} onClose={onClose}>
      <OneOf<Reason> label={t('return.why')} showLabel layout="column" value={reason} onPick={(picked) => picked && setReason(picked)}
        choices={REASONS.map((value, i) => ({ value, label: t(`reason.${value}`), testid: `return-reason-${i + 1}` }))} />
      {asked && !reason && <p class="never" role="alert">{t('return.choose')}</p>}
      <TextField long label={`${t('return.words')} ${t('form.optional')}`} value={words} onText={setWords} hint={<SafetyLine />} error={asked && isBare ? t('return.say') : undefined} testid="return-words" />
      <Button kind="primary" wide icon="returned" data-testid="return-confirm" onTap={() => { setAsked(true); if (reason && !isBare) onReturn(reason, words); }}>{t('return.confirm')}</Button>
    </Sheet>
  );
}
