import { useState } from 'react';
import type { SessionView } from '../api/contracts.js';
import { money } from '../format/money.js';
import { plural } from '../format/number.js';
import { Link } from '../router/link.js';
import { addressOf, ROOT } from '../router/routes.js';
import { isSignedIn } from '../session/use-session.js';
import { Empty } from '../ui/empty.js';
import { Problem } from '../ui/problem.js';
import { Skeleton } from '../ui/skeleton.js';
import { CartLineRow } from './cart-line-row.js';
import { priceCart, type PricedCart } from './cart.js';
import { useAddToCart, useCart, usePlaceOrder, useProducts } from './use-cart.js';

/** What is in the cart, and the way to an order. */
export function CartPanel({ session }: { readonly session: SessionView | null | undefined }) {
  const { data: products } = useProducts();
  const { data: cart, error, refetch } = useCart();
  const change = useAddToCart();
  const priced = cart && products ? priceCart(cart, products) : undefined;
  return (
    <section className="card stack" aria-labelledby="cart">
      <div className="row spread">
        <h2 id="cart">Cart</h2>
        <span className="muted small" aria-live="polite" data-testid="cart-count">
          {priced && plural(priced.count, 'item')}
        </span>
      </div>
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      {!priced && !error && <Skeleton rows={2} height={40} />}
      {priced?.lines.length === 0 && <Empty icon="shop" title="Nothing in it yet" />}
      {priced && priced.lines.length > 0 && (
        <>
          <ul className="cart-lines">
            {priced.lines.map((line) => (
              <CartLineRow
                key={line.product.id}
                line={line}
                onChange={(by) => change.mutate({ productId: line.product.id, by })}
              />
            ))}
          </ul>
          <Checkout priced={priced} version={cart?.version ?? 0} canOrder={isSignedIn(session)} />
        </>
      )}
    </section>
  );
}

interface CheckoutProps {
  readonly priced: PricedCart;
  readonly version: number;
  readonly canOrder: boolean;
}

function Checkout({ priced, version, canOrder }: CheckoutProps) {
  const [key, setKey] = useState(() => crypto.randomUUID());
  const place = usePlaceOrder(key);
  const order = () => place.mutate(version, { onSuccess: () => setKey(crypto.randomUUID()) });
  return (
    <>
      <div className="row spread total">
        <strong>Total</strong>
        <strong className="price">{money(priced.totalMinor, priced.currency)}</strong>
      </div>
      {place.error && <Problem error={place.error} />}
      {canOrder ? (
        <button type="button" className="button primary" disabled={place.isPending} onClick={order}>
          {place.isPending ? 'Ordering …' : 'Place order'}
        </button>
      ) : (
        <Link to={addressOf('sign-in', { next: ROOT })} className="button primary">
          Sign in to order
        </Link>
      )}
    </>
  );
}
