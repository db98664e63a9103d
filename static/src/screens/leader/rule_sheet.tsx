/** A disputed return: the adviser lifts it (the record passes) or lets it stand. */
import { useState } from 'preact/hooks';
import { SafetyLine } from '../../records/safety_line';
import { t } from '../../text/text';
import { Button } from '../../ui/button';
import { TextField } from '../../ui/field';
import { Sheet } from '../../ui/sheet';

export function RuleSheet({ onClose, onRule }: { onClose: () => void; onRule: (upheld: boolean, words: string) => void }) {
  const [words, setWords] = useState('');
  return (
    <Sheet title={t('dispute.decide')} closeWord={t('act.close')} onClose={onClose}>
      <TextField long label={`${t('return.words')} ${t('form.optional')}`} value={words} onText={setWords} hint={<SafetyLine />} testid="rule-words" />
      <Button kind="primary" wide icon="check" data-testid="rule-uphold" onTap={() => onRule(true, words)}>{t('dispute.uphold')}</Button>
      <Button kind="stop" wide icon="returned" data-testid="rule-reject" onTap={() => onRule(false, words)}>{t('dispute.reject')}</Button>
    </Sheet>
  );
}
