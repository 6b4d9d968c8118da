import { register } from 'node:module';

// For processes that a spec starts from its sources: `node --conditions=@holdfast/source --import <this> x.ts`.
register('./ts-hooks.mjs', import.meta.url);
