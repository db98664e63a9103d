/** A number of people or things: typed, or put together with a gloved thumb from steps. */
import { TextField } from './field';
import { Tappable } from './button';

const STEPS = [1, 5, 20];

/** `name` begins the test ids; `addWord` says a step, `clearWord` the way back to nothing. */
export function CountField(p: { label: string; value: number; most: number; name: string; addWord: (n: number) => string; clearWord: string; onCount: (count: number) => void }) {
  const keep = (count: number) => p.onCount(Math.min(p.most, Math.max(0, count)));
  return (
    <div class="stack-s">
      <TextField label={p.label} value={p.value ? String(p.value) : ''} testid={p.name} onText={(text) => keep(Number(text.replace(/\D/g, '').slice(0, 9)))}
        rest={{ inputMode: 'numeric', pattern: '[0-9]*', placeholder: '0' }} />
      <div class="line">
        {STEPS.map((step) => <Tappable key={step} class="chip" data-testid={`${p.name}-add-${step}`} aria-label={`${p.label}: ${p.addWord(step)}`} onTap={() => keep(p.value + step)}><span>{p.addWord(step)}</span></Tappable>)}
        {p.value > 0 && <Tappable class="chip" data-testid={`${p.name}-clear`} aria-label={`${p.label}: ${p.clearWord}`} onTap={() => keep(0)}><span>{p.clearWord}</span></Tappable>}
      </div>
    </div>
  );
}
