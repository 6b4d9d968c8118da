import type { Order } from '../api/contracts.js';
import { money } from '../format/money.js';
import { plural } from '../format/number.js';
import { Ago } from '../ui/ago.js';
import { useOrders } from './use-cart.js';

/** The latest orders. */
export function Orders() {
  const { data } = useOrders();
  if (!data || data.orders.length === 0) return null;
  return (
    <section className="card stack" aria-labelledby="orders">
      <h2 id="orders">Your orders</h2>
      <ul className="lines">
        {data.orders.map((order) => (
          <li key={order.id} className="row spread" title={order.id}>
            <span>
              {plural(countOf(order), 'item')}{' '}
              <small className="muted">
                <Ago at={order.createdAt} />
              </small>
            </span>
            <span className="price">{money(order.totalMinor, order.currency)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function countOf({ items }: Order): number {
  return items.reduce((sum, { quantity }) => sum + quantity, 0);
}
