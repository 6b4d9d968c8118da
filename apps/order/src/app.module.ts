import {
  DatabaseModule,
  ServiceDefaultsModule,
  type Identified,
  type ServiceExtras,
} from '@holdfast/service-defaults';
import { Module, type DynamicModule } from '@nestjs/common';
import { CartController } from './cart/cart.controller.js';
import { Carts } from './cart/carts.js';
import type { OrderConfig } from './config.js';
import { Database } from './db/database.js';
import { IdempotencyKeys } from './orders/idempotency-keys.js';
import { OrderHistory } from './orders/order-history.js';
import { OrderPlacement } from './orders/order-placement.js';
import { OrdersController } from './orders/orders.controller.js';
import { Settlement } from './orders/settlement.js';
import { SettlementSweep } from './orders/settlement-sweep.js';
import { Catalogue } from './products/catalogue.js';
import { ProductsController } from './products/products.controller.js';

/** The order service: products, carts and orders. */
@Module({})
export class AppModule {
  /** `jwks`: where public keys come from; auth's by default. */
  static forRoot(config: Identified<OrderConfig>, jwks?: ServiceExtras['jwks']): DynamicModule {
    const database = DatabaseModule.forRoot(config.DATABASE_URL);
    return {
      module: AppModule,
      imports: [ServiceDefaultsModule.forRoot(config, { name: 'order', database, ...(jwks && { jwks }) })],
      controllers: [ProductsController, CartController, OrdersController],
      providers: [
        Database,
        Catalogue,
        Carts,
        IdempotencyKeys,
        Settlement,
        SettlementSweep,
        OrderPlacement,
        OrderHistory,
      ],
    };
  }
}
