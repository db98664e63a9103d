/** Text fields with a real label, a hint and the message at the field. */
import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';

interface FieldProps {
  label: ComponentChildren;
  value: string;
  onText: (text: string) => void;
  hint?: ComponentChildren;
  error?: string | undefined;
  long?: boolean;
  testid?: string;
  rest?: JSX.IntrinsicElements['input'];
}

export function TextField({ label, value, onText, hint, error, long, testid, rest }: FieldProps) {
  const id = useId();
  const shared = {
    // off: a browser writes what stands in other fields into its own session file, in clear
    id, class: 'input', value, 'data-testid': testid, autoComplete: 'off' as const, 'aria-invalid': error ? ('true' as const) : undefined,
    'aria-describedby': hint || error ? `${id}-more` : undefined,
    onInput: (event: Event) => onText((event.currentTarget as HTMLInputElement).value),
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {(hint || error) && <div id={`${id}-more`} class="hint">{error && <strong class="never">{error}</strong>}{hint}</div>}
      {long ? <textarea {...shared} rows={3} maxLength={2000} /> : <input {...shared} {...(rest as object)} />}
    </div>
  );
}

export function Switch(p: { label: string; hint?: string; on: boolean; onFlip: (on: boolean) => void }) {
  return (
    <label class="switch-row">
      <span class="grow"><span class="strong">{p.label}</span>{p.hint && <span class="quiet" style="display:block">{p.hint}</span>}</span>
      <input type="checkbox" role="switch" checked={p.on} onChange={(event) => p.onFlip(event.currentTarget.checked)} />
    </label>
  );
}
