import { money } from '../format/money.js';
import { Icon } from '../ui/icon.js';
import type { CartLine } from './cart.js';

interface CartLineRowProps {
  readonly line: CartLine;
  readonly onChange: (by: number) => void;
}

/** One thing in the cart, with more and less of it. */
export function CartLineRow({ line: { product, quantity, totalMinor }, onChange }: CartLineRowProps) {
  return (
    <li>
      <span className="cart-name">{product.name}</span>
      <span className="stepper">
        <button
          type="button"
          className="button quiet icon-only"
          aria-label={`One ${product.name} less`}
          onClick={() => onChange(-1)}
        >
          <Icon name="minus" size={16} />
        </button>
        <span className="num" aria-label={`${quantity} of them`}>
          {quantity}
        </span>
        <button
          type="button"
          className="button quiet icon-only"
          aria-label={`One ${product.name} more`}
          onClick={() => onChange(1)}
        >
          <Icon name="plus" size={16} />
        </button>
      </span>
      <span className="price">{money(totalMinor, product.currency)}</span>
    </li>
  );
}
