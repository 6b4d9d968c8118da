import type { DynamicModule, FactoryProvider, ModuleMetadata, Type } from '@nestjs/common';

/** Something that a service makes itself, out of modules of its own. */
export type Provided<T> = Pick<ModuleMetadata, 'imports'> & {
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory: FactoryProvider<T>['useFactory'];
};

/** A module that provides it under a token. */
export function moduleOf(
  module: Type,
  token: symbol,
  { imports = [], inject = [], useFactory }: Provided<unknown>,
): DynamicModule {
  return { module, imports, providers: [{ provide: token, inject, useFactory }], exports: [token] };
}
