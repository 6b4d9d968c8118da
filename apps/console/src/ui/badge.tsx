import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon.js';

/** How something stands. */
export type Tone = 'ok' | 'warn' | 'bad' | 'plain' | 'accent';

const ICONS: Readonly<Record<Tone, IconName | undefined>> = {
  ok: 'ok',
  warn: 'warn',
  bad: 'bad',
  plain: undefined,
  accent: undefined,
};

/** A word on how something stands, with a shape: never the colour alone. */
export function Badge({ tone = 'plain', children }: { readonly tone?: Tone; readonly children: ReactNode }) {
  const icon = ICONS[tone];
  return (
    <span className={`badge ${tone}`}>
      {icon && <Icon name={icon} size={14} />}
      {children}
    </span>
  );
}
