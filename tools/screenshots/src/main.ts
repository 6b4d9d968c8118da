import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ApiClient, readRunFile } from '@holdfast/fleet-client';
import { findChromium } from '@holdfast/launcher';
import { chromium, type Browser, type Page } from 'playwright-core';
import { looksFor, readOptions, type Look } from './options.js';
import { SCENES, type Cast, type Scene } from './pages.js';
import { prepareStory } from './story.js';

const options = readOptions(process.argv.slice(2));
const run = await readRunFile(process.env['HOLDFAST_HOME'] ?? '.holdfast');
if (!run) throw new Error('no platform runs: start one with npm start');
const api = new ApiClient(run.gateway.url);
const browser = await chromium.launch({
  executablePath: await findChromium(),
  args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
mkdirSync(options.folder, { recursive: true });
for (const [name, scene] of Object.entries(SCENES)) {
  if (options.pages.length > 0 && !options.pages.includes(name)) continue;
  const cast = { url: run.gateway.url, api, admin: run.admin, ada: await prepareStory(api) };
  for (const look of looksFor(options)) {
    const file = join(options.folder, `console-${name}-${look.width}-${look.theme}.png`);
    await takePicture(browser, { look, scene, cast, file });
    process.stdout.write(`${file}\n`);
  }
}
await browser.close();

interface Picture {
  readonly look: Look;
  readonly scene: Scene;
  readonly cast: Cast;
  readonly file: string;
}

/** Of a long page its upper part, two and a half screens. */
async function upper(page: Page) {
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  return { x: 0, y: 0, width: 375, height: Math.min(height, 2_000) };
}

async function takePicture(from: Browser, { look, scene, cast, file }: Picture): Promise<void> {
  const { width, height, theme } = look;
  const context = await from.newContext({
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: 'reduce',
    locale: 'en-GB',
  });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') process.stderr.write(`  ${file}: ${message.text()}\n`);
  });
  await scene(page, cast);
  await page.mouse.move(0, 0);
  await page.evaluate(() => scrollTo(0, 0));
  await page.screenshot({ path: file, ...(width === 375 && { fullPage: true, clip: await upper(page) }) });
  await context.close();
}
