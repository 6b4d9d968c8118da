import { Store } from '../api/store.js';

/** What the reader chose; `auto`: as their system does. */
export type Theme = 'auto' | 'light' | 'dark';

const KEY = 'holdfast.theme';
const ORDER: readonly Theme[] = ['auto', 'light', 'dark'];

/** The theme. `public/before.js` applies it before the first paint. */
export const theme = new Store<Theme>(chosen());

/** The next of auto, light, dark. */
export function nextTheme(current: Theme): Theme {
  return ORDER[(ORDER.indexOf(current) + 1) % ORDER.length] ?? 'auto';
}

/** Changes it, now and for later visits. */
export function chooseTheme(wanted: Theme): void {
  theme.set(wanted);
  if (wanted === 'auto') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = wanted;
  try {
    localStorage.setItem(KEY, wanted);
  } catch {
    // Storage is blocked: it holds for this page.
  }
}

function chosen(): Theme {
  try {
    return ORDER.find((one) => one === localStorage.getItem(KEY)) ?? 'auto';
  } catch {
    return 'auto';
  }
}
