import type { MouseEvent, ReactNode } from 'react';
import { go } from './use-place.js';

interface LinkProps {
  readonly to: string;
  readonly className?: string;
  readonly current?: boolean;
  readonly onGo?: (() => void) | undefined;
  readonly children: ReactNode;
}

/** A link within the console. What a browser does with a modified click (a new tab) it still does. */
export function Link({ to, className, current = false, onGo, children }: LinkProps) {
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
    onGo?.();
  };
  return (
    <a href={to} className={className} aria-current={current ? 'page' : undefined} onClick={follow}>
      {children}
    </a>
  );
}
