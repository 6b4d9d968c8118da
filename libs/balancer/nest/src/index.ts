export {
  BalancerModule,
  type BalancerModuleAsyncOptions,
  type BalancerModuleOptions,
} from './balancer.module.js';
