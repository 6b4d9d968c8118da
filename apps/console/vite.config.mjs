import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { defineConfig } from 'vite';

const outDir = fileURLToPath(new URL('dist/site', import.meta.url));
/** Where the platform runs while the console is developed with `npx nx serve console`. */
const platform = process.env.HOLDFAST_URL ?? 'http://127.0.0.1:8080';
const API = '^/(auth|users|products|cart|orders|platform|metrics|healthz)(/|$|\\?)';

/** Writes `.gz` and `.br` beside each file, once, so that the gateway never compresses while it serves. */
const compressed = {
  name: 'compressed',
  apply: 'build',
  closeBundle() {
    const best = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
    for (const name of readdirSync(outDir, { recursive: true })) {
      if (!/\.(html|js|css|svg)$/.test(name)) continue;
      const content = readFileSync(join(outDir, name));
      writeFileSync(join(outDir, `${name}.gz`), gzipSync(content, { level: 9 }));
      writeFileSync(join(outDir, `${name}.br`), brotliCompressSync(content, best));
    }
  },
};

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/console/',
  // Polyfills of what every browser of the last years has would only be something more to load.
  build: {
    outDir,
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      // 'use client' says something to servers that render, and there is none.
      onLog: (level, log, next) => log.code !== 'MODULE_LEVEL_DIRECTIVE' && next(level, log),
    },
  },
  plugins: [compressed],
  server: {
    // The platform takes cookies from its own origin alone, and here the console comes from another.
    proxy: { [API]: { target: platform, headers: { origin: new URL(platform).origin } } },
  },
});
