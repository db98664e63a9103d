/** Choices as chips. A chosen one carries a tick and a thick outline, never colour alone. */
import type { ComponentChildren } from 'preact';
import { Icon } from './icons';
import { Tappable } from './button';

export interface Choice<V extends string> {
  value: V;
  label: ComponentChildren;
  testid?: string;
}
interface Shared<V extends string> {
  label: string;
  choices: Choice<V>[];
  layout?: 'column' | 'halves';
  showLabel?: boolean;
}

function Chip<V extends string>(p: { choice: Choice<V>; on: boolean; role?: 'radio'; tap: () => void }) {
  const state = p.role ? { role: 'radio' as const, 'aria-checked': p.on } : { 'aria-pressed': p.on };
  return (
    <Tappable class="chip" data-testid={p.choice.testid} onTap={p.tap} {...state}>
      {p.on && <Icon name="check" size={20} />}
      <span>{p.choice.label}</span>
    </Tappable>
  );
}

/** One of several; tapping the chosen one again lets it go when `clearable`. */
export function OneOf<V extends string>(p: Shared<V> & { value: V | undefined; onPick: (value: V | undefined) => void; clearable?: boolean }) {
  return (
    <div class="field">
      {p.showLabel && <span class="label" aria-hidden="true">{p.label}</span>}
      <div class={`chips ${p.layout ?? ''}`} role={p.clearable ? 'group' : 'radiogroup'} aria-label={p.label}>
        {p.choices.map((choice) => (
          <Chip key={choice.value} choice={choice} on={p.value === choice.value} {...(p.clearable ? {} : { role: 'radio' as const })}
            tap={() => p.onPick(p.clearable && p.value === choice.value ? undefined : choice.value)} />
        ))}
      </div>
    </div>
  );
}

/** Any number of several. */
export function AnyOf<V extends string>(p: Shared<V> & { values: V[]; onPick: (values: V[]) => void }) {
  const flip = (value: V) => p.onPick(p.values.includes(value) ? p.values.filter((v) => v !== value) : [...p.values, value]);
  return (
    <div class="field">
      {p.showLabel && <span class="label" aria-hidden="true">{p.label}</span>}
      <div class={`chips ${p.layout ?? ''}`} role="group" aria-label={p.label}>
        {p.choices.map((choice) => <Chip key={choice.value} choice={choice} on={p.values.includes(choice.value)} tap={() => flip(choice.value)} />)}
      </div>
    </div>
  );
}
