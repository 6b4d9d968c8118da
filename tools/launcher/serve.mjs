// `nx serve <app>`: one app, built already, against the platform that runs. Ctrl+C and SIGTERM reach the app itself.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { giveUp, root } from './bootstrap.mjs';

const APPS = ['gateway', 'auth', 'user', 'order'];

const [app = ''] = process.argv.slice(2);
if (!APPS.includes(app)) giveUp(`"${app}" is no app of the platform; there are: ${APPS.join(', ')}.`, 2);

const home = resolve(root, process.env.HOLDFAST_HOME || '.holdfast');
const envFile = join(home, 'env', `${app}.env`);
if (!existsSync(envFile) || !existsSync(join(home, 'run.json'))) {
  giveUp(
    `No platform runs in ${home}. Start one with "npm start" in another terminal, then serve ${app} again.`,
  );
}
const main = join(root, 'apps', app, 'dist', 'main.js');
if (!existsSync(main)) giveUp(`${app} is not built: run "npx nx build ${app}", then serve it again.`);

// What the reader has set wins over what the launcher wrote.
for (const [name, value] of Object.entries(parseEnv(readFileSync(envFile, 'utf8'))))
  process.env[name] ??= value;
// The running gateway has its port; a second one takes any other, unless told.
if (app === 'gateway') process.env.PORT ??= '0';
await import(main);
