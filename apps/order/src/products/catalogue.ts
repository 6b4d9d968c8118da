import type { Product } from '@holdfast/contracts';
import { Injectable } from '@nestjs/common';
import { asc, inArray } from 'drizzle-orm';
import { Database, type Executor } from '../db/database.js';
import { products } from '../db/schema.js';

/** What can be bought, as it is now. */
@Injectable()
export class Catalogue {
  constructor(private readonly database: Database) {}

  async list(): Promise<readonly Product[]> {
    return this.database.orm.select().from(products).orderBy(asc(products.id));
  }

  async has(id: string): Promise<boolean> {
    return (await this.find([id])).has(id);
  }

  /** Those of `ids` that there are, by id. */
  async find(
    ids: readonly string[],
    executor: Executor = this.database.orm,
  ): Promise<ReadonlyMap<string, Product>> {
    const found = await executor
      .select()
      .from(products)
      .where(inArray(products.id, [...ids]));
    return new Map(found.map((product) => [product.id, product]));
  }
}
