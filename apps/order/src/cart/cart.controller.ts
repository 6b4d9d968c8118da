import {
  addQuantityBody,
  cartItemParams,
  CodedError,
  setQuantityBody,
  type AddQuantity,
  type Cart,
  type CartItemParams,
  type SetQuantity,
} from '@holdfast/contracts';
import { CurrentSession, type ActiveSession } from '@holdfast/session-nest';
import { Body, Controller, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { Catalogue } from '../products/catalogue.js';
import { addQuantity, setQuantity, type CartState } from './cart-state.js';
import { Carts } from './carts.js';

@Controller('cart')
export class CartController {
  constructor(
    private readonly carts: Carts,
    private readonly catalogue: Catalogue,
  ) {}

  @Get()
  async read(@CurrentSession() { sessionId }: ActiveSession): Promise<Cart> {
    return this.carts.view(sessionId);
  }

  @Put('items/:productId')
  async set(
    @CurrentSession() { sessionId }: ActiveSession,
    @Param({ schema: cartItemParams }) { productId }: CartItemParams,
    @Body({ schema: setQuantityBody }) { quantity }: SetQuantity,
  ): Promise<Cart> {
    return this.#change(sessionId, productId, (cart) => setQuantity(cart, productId, quantity));
  }

  @HttpCode(200)
  @Post('items/:productId/add')
  async add(
    @CurrentSession() { sessionId }: ActiveSession,
    @Param({ schema: cartItemParams }) { productId }: CartItemParams,
    @Body({ schema: addQuantityBody }) { by }: AddQuantity,
  ): Promise<Cart> {
    return this.#change(sessionId, productId, (cart) => addQuantity(cart, productId, by));
  }

  async #change(sessionId: string, productId: string, change: (cart: CartState) => CartState): Promise<Cart> {
    const exists = await this.catalogue.has(productId);
    await this.carts.change(sessionId, (cart) => {
      // What left the catalogue can still leave the cart.
      if (!exists && !cart.items.some((item) => item.productId === productId)) {
        throw new CodedError('ERR_NOT_FOUND', `There is no product ${productId}.`);
      }
      return change(cart);
    });
    return this.carts.view(sessionId);
  }
}
