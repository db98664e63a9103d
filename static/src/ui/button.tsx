/** Buttons: 48 px at least, one tap counts once, the text says the act. */
import type { ComponentChildren, JSX } from 'preact';
import { Icon, type IconName } from './icons';
import { useTap } from './tap';

type Native = Omit<JSX.HTMLAttributes<HTMLButtonElement>, 'onClick' | 'icon'>;
export interface ButtonProps extends Native {
  kind?: 'primary' | 'act' | 'stop' | 'ok' | 'bare';
  wide?: boolean;
  icon?: IconName;
  onTap?: (event: Event) => unknown;
  children?: ComponentChildren;
  disabled?: boolean;
  'data-testid'?: string;
}

export function Button({ kind, wide, icon, onTap, children, ...rest }: ButtonProps) {
  const tap = useTap(onTap);
  return (
    <button type="button" class={['btn', kind, wide && 'wide'].filter(Boolean).join(' ')} onClick={tap} {...rest}>
      {icon && <Icon name={icon} />}
      {children != null && <span>{children}</span>}
    </button>
  );
}

/** A row, tile or band that is one target: same guard, free layout. */
export function Tappable({ onTap, children, ...rest }: Omit<ButtonProps, 'kind' | 'wide' | 'icon'>) {
  const tap = useTap(onTap);
  return <button type="button" onClick={tap} {...rest}>{children}</button>;
}
