import { runService } from '@holdfast/service-defaults';
import { AppModule } from './app.module.js';
import { readConfig } from './config.js';

await runService({ name: 'order', module: (config) => AppModule.forRoot(config), readConfig });
