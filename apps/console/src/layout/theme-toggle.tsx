import { useStore } from '../api/use-store.js';
import { Icon, type IconName } from '../ui/icon.js';
import { chooseTheme, nextTheme, theme, type Theme } from './theme.js';

const LOOKS: Readonly<Record<Theme, readonly [IconName, string]>> = {
  auto: ['auto', 'as the system'],
  light: ['sun', 'light'],
  dark: ['moon', 'dark'],
};

/** Goes through auto, light and dark. */
export function ThemeToggle() {
  const current = useStore(theme);
  const [icon, name] = LOOKS[current];
  const label = `Theme: ${name}`;
  return (
    <button
      type="button"
      className="button quiet icon-only"
      aria-label={label}
      title={label}
      onClick={() => chooseTheme(nextTheme(current))}
    >
      <Icon name={icon} />
    </button>
  );
}
