import { Injectable } from '@nestjs/common';
import { Registry } from 'prom-client';

/** What `/metrics` answers: this process's own, unless `collect` is replaced by who speaks for several. */
@Injectable()
export class Exposition {
  collect: () => Promise<string>;

  constructor(private readonly registry: Registry) {
    this.collect = () => registry.metrics();
  }

  get contentType(): string {
    return this.registry.contentType;
  }
}
