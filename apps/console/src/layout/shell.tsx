import { useState, type ReactNode } from 'react';
import { Link } from '../router/link.js';
import { ROOT } from '../router/routes.js';
import { useSession } from '../session/use-session.js';
import { Dialog } from '../ui/dialog.js';
import { Icon } from '../ui/icon.js';
import { Nav } from './nav.js';
import { ThemeToggle } from './theme-toggle.js';
import { Who } from './who.js';

/** What stands around every page. On a narrow screen the menu is behind a button. */
export function Shell({ page, children }: { readonly page: string; readonly children: ReactNode }) {
  const { data: session } = useSession();
  const [isOpen, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <header className="bar">
        <button
          type="button"
          className="button quiet icon-only menu"
          aria-label="Menu"
          onClick={() => setOpen(true)}
        >
          <Icon name="menu" />
        </button>
        <Brand />
        <div className="side-nav">
          <Nav current={page} session={session} />
        </div>
        <div className="theme">
          <ThemeToggle />
        </div>
        <div className="bar-end">
          <Who session={session} />
        </div>
      </header>
      {isOpen && (
        <Dialog title="Menu" onClose={close}>
          <Nav current={page} session={session} onGo={close} />
        </Dialog>
      )}
      <main id="main" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

function Brand() {
  return (
    <Link to={ROOT} className="brand">
      <img src="/console/holdfast.svg" alt="" width="28" height="28" />
      Holdfast
    </Link>
  );
}
