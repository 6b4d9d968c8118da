import { Module, type DynamicModule } from '@nestjs/common';
import { GuestMerge } from './guest-merge.js';
import { GuestsController } from './guests.controller.js';
import { Guests } from './guests.js';
import { MergeNotes } from './merge-notes.js';

/** Guests: sessions without an account, and what becomes of their data when they sign in. */
@Module({})
export class GuestsModule {
  static forRoot(imports: DynamicModule[]): DynamicModule {
    return {
      module: GuestsModule,
      imports,
      controllers: [GuestsController],
      providers: [GuestMerge, Guests, MergeNotes],
      exports: [GuestMerge],
    };
  }
}
