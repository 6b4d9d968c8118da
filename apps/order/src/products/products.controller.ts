import type { Product } from '@holdfast/contracts';
import { Public } from '@holdfast/session-nest';
import { Controller, Get } from '@nestjs/common';
import { Catalogue } from './catalogue.js';

@Controller('products')
export class ProductsController {
  constructor(private readonly catalogue: Catalogue) {}

  @Public()
  @Get()
  async list(): Promise<{ products: readonly Product[] }> {
    return { products: await this.catalogue.list() };
  }
}
