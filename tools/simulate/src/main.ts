import { fileURLToPath } from 'node:url';
import { writeGuide } from './index.js';

const guides = fileURLToPath(new URL('../../../docs/guides', import.meta.url));
for (const path of writeGuide(guides)) process.stdout.write(`wrote ${path}\n`);
