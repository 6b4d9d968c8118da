import {
  orderParams,
  pageQuery,
  PERMISSIONS,
  placeOrderBody,
  type Order,
  type OrderPage,
  type OrderParams,
  type PageQuery,
  type PlaceOrder,
} from '@holdfast/contracts';
import { CurrentSession, Roles, SessionPolicy, type ActiveSession } from '@holdfast/session-nest';
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { IdempotencyKey } from './idempotency-key.decorator.js';
import { OrderHistory } from './order-history.js';
import { OrderPlacement } from './order-placement.js';

/** A user's orders; a guest has a cart and signs in to order. */
@Roles(...PERMISSIONS['orders:own'])
@Controller('orders')
export class OrdersController {
  constructor(
    private readonly placement: OrderPlacement,
    private readonly history: OrderHistory,
  ) {}

  @SessionPolicy('critical')
  @Post()
  async place(
    @CurrentSession() { sessionId, userId }: ActiveSession,
    @IdempotencyKey() key: string,
    @Body({ schema: placeOrderBody.default({}) }) body: PlaceOrder,
  ): Promise<Order> {
    return this.placement.place({ userId, sessionId, key, body });
  }

  @Get()
  async list(
    @CurrentSession() { userId }: ActiveSession,
    @Query({ schema: pageQuery }) query: PageQuery,
  ): Promise<OrderPage> {
    return this.history.page(userId, query);
  }

  @Get(':id')
  async read(
    @CurrentSession() { userId }: ActiveSession,
    @Param({ schema: orderParams }) { id }: OrderParams,
  ): Promise<Order> {
    return this.history.read(userId, id);
  }
}
