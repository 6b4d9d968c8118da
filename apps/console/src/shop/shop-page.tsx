import { isSignedIn, useSession } from '../session/use-session.js';
import { Page } from '../ui/page.js';
import { CartPanel } from './cart-panel.js';
import { Orders } from './orders.js';
import { ProductGrid } from './product-grid.js';
import { ServedBy } from './served-by.js';

/** A small shop, so that a browser carries a session through whatever happens. */
export function ShopPage() {
  const { data: session } = useSession();
  return (
    <Page
      title="Shop"
      lead="Everything for a good cup. Fill the cart, then break the platform: the cart stays."
    >
      <div className="with-aside">
        <ProductGrid />
        <aside className="stack">
          <CartPanel session={session} />
          <ServedBy session={session} />
          {isSignedIn(session) && <Orders />}
        </aside>
      </div>
    </Page>
  );
}
