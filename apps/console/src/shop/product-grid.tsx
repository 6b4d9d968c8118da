import type { Product } from '../api/contracts.js';
import { money } from '../format/money.js';
import { Icon } from '../ui/icon.js';
import { Problem } from '../ui/problem.js';
import { drawingOf } from './pictures.js';
import { useAddToCart, useProducts } from './use-cart.js';

/** What can be bought. */
export function ProductGrid() {
  const { data: products, error, refetch } = useProducts();
  const add = useAddToCart();
  if (error) return <Problem error={error} onRetry={() => void refetch()} />;
  return (
    <section aria-label="Products" className="stack">
      {add.error && <Problem error={add.error} />}
      <ul className="products" aria-busy={!products}>
        {products
          ? products.map((product) => (
              <ProductCard
                key={product.id}
                product={product}
                onAdd={() => add.mutate({ productId: product.id, by: 1 })}
              />
            ))
          : Array.from({ length: 8 }, (_, index) => <li key={index} className="skeleton product" />)}
      </ul>
    </section>
  );
}

function ProductCard({ product, onAdd }: { readonly product: Product; readonly onAdd: () => void }) {
  return (
    <li className="card product">
      <svg className="drawing" viewBox="0 0 64 64" aria-hidden="true">
        <path d={drawingOf(product.id)} />
      </svg>
      <h2>{product.name}</h2>
      <div className="row spread">
        <span className="price">{money(product.priceMinor, product.currency)}</span>
        <button
          type="button"
          className="button"
          aria-label={`Add ${product.name} to the cart`}
          onClick={onAdd}
        >
          <Icon name="plus" size={16} />
          Add
        </button>
      </div>
    </li>
  );
}
